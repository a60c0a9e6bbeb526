package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// DurationVar adds a flag whose value is as [ParseDuration] takes it.
func (p *Program) DurationVar(d *time.Duration, name string, value time.Duration, usage string) {
	*d = value
	p.Flags.Var((*duration)(d), name, withForm(usage, "duration", "90 or 1m30s"))
}

// Duration is DurationVar for a new variable.
func (p *Program) Duration(name string, value time.Duration, usage string) *time.Duration {
	d := new(time.Duration)
	p.DurationVar(d, name, value, usage)
	return d
}

// SizeVar adds a flag whose value is as [ParseSize] takes it.
func (p *Program) SizeVar(n *int64, name string, value int64, usage string) {
	*n = value
	p.Flags.Var((*sizeValue)(n), name, withForm(usage, "size", "64k, 10M or 1G"))
}

// Size is SizeVar for a new variable.
func (p *Program) Size(name string, value int64, usage string) *int64 {
	n := new(int64)
	p.SizeVar(n, name, value, usage)
	return n
}

// withForm gives a flag's value a name in the help, if usage has none, and says what it looks like.
func withForm(usage, name, as string) string {
	if strings.Contains(usage, "`") {
		return fmt.Sprintf("%s, as %s", usage, as)
	}
	return fmt.Sprintf("%s; a `%s` as %s", usage, name, as)
}

// ParseDuration reads seconds, as 90 or 0.5, or a duration with units, as 1m30s.
func ParseDuration(text string) (time.Duration, error) {
	if strings.Trim(text, "0123456789.+-") == "" {
		text += "s"
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, errors.New("want seconds, as 90, or a duration, as 1m30s")
	}
	return d, nil
}

// ParseSize reads a number of bytes with a unit of 1000, as 64k, 10M or 1G, or of 1024, as 64Ki, or
// none.
func ParseSize(text string) (int64, error) {
	number := strings.TrimRight(text, "BKkMGTi")
	unit, ok := units[strings.TrimSuffix(text[len(number):], "B")]
	f, err := strconv.ParseFloat(number, 64)
	f *= float64(unit)
	whole, intErr := strconv.ParseInt(number, 10, 64)
	switch {
	case ok && intErr == nil && whole*unit/unit == whole:
		return whole * unit, nil
	case !ok || err != nil || intErr == nil || strings.Trim(number, "0123456789.-") != "" || !(f > -1<<63 && f < 1<<63):
		return 0, errors.New("want bytes, as 65536, 64k, 10M or 1G")
	}
	return int64(f), nil
}

var units = map[string]int64{"": 1, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "Ki": 1 << 10, "ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "Ti": 1 << 40}

type duration time.Duration

func (d *duration) String() string { return time.Duration(*d).String() }

func (d *duration) Set(text string) error {
	v, err := ParseDuration(text)
	*d = duration(v)
	return err
}

type sizeValue int64

func (n *sizeValue) String() string { return strconv.FormatInt(int64(*n), 10) }

func (n *sizeValue) Set(text string) error {
	v, err := ParseSize(text)
	*n = sizeValue(v)
	return err
}
