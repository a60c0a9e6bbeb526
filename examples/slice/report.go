package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/internal/quote"
	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/pcapio/edit"
)

// report prints times instead of cutting, as tcpslice -R, -r, -t and -d do.
func (o *options) report(p *cli.Program, start, end string, names []string) error {
	if len(names) == 0 {
		return cli.Usagef("no FILE given")
	}
	var errs []error
	first, last := int64(math.MaxInt64), int64(math.MinInt64)
	for _, name := range names {
		a, b, err := p.CaptureConfig().Span(name)
		var damage *pcapio.FileError
		switch {
		case err == io.EOF:
			err = fmt.Errorf("%s: no packets", quote.Name(name))
		// what was good counts
		case err == nil || errors.As(err, &damage) && (damage.Record > 1 || damage.Record < 0):
			first, last = min(first, a), max(last, b)
			o.line(p, name, a, b)
		}
		errs = append(errs, err)
	}
	if o.window && first <= last {
		w, err := edit.ParseWindow(start, end, first, time.Local)
		if err != nil {
			return errors.Join(append(errs, windowError(start, end, err))...)
		}
		if start == "" {
			w.Start = first
		}
		if end == "" {
			w.End = last
		}
		fmt.Fprintf(p.Stdout, "start\t%s\nstop\t%s\n", decimal(w.Start), decimal(w.End))
	}
	return errors.Join(errs...)
}

// line prints the times of a file in each form that was asked for.
func (o *options) line(p *cli.Program, name string, first, last int64) {
	for _, form := range []struct {
		asked  bool
		format func(int64) string
	}{{o.raw, decimal}, {o.human, date}, {o.units, inUnits}} {
		if form.asked {
			fmt.Fprintf(p.Stdout, "%s\t%s\t%s\n", quote.Name(name), form.format(first), form.format(last))
		}
	}
}

// decimal is seconds since 1970 with six decimals, or nine where there are nanoseconds.
func decimal(ns int64) string {
	sign := ""
	if ns < 0 {
		sign = "-"
	}
	sec, rest := max(ns/1e9, -(ns/1e9)), max(ns%1e9, -(ns%1e9))
	if rest%1000 == 0 {
		return fmt.Sprintf("%s%d.%06d", sign, sec, rest/1000)
	}
	return fmt.Sprintf("%s%d.%09d", sign, sec, rest)
}

func date(ns int64) string { return time.Unix(0, ns).Format(time.ANSIC) }

// inUnits is a time as START can be: in seconds where the clock shows it twice and units mean the
// first one.
func inUnits(ns int64) string {
	t := time.Unix(0, ns)
	text := t.Format("2006y01m02d15h04m05s") + fmt.Sprintf("%06du", t.Nanosecond()/1000)
	if spec, err := edit.ParseTimeSpec(text); err == nil {
		if at, err := spec.At(0, time.Local); err != nil || at/1e9 != ns/1e9 {
			return decimal(ns)
		}
	}
	return text
}
