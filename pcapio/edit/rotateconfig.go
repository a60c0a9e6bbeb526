package edit

import (
	"fmt"
	"strconv"
	"time"

	"github.com/reeftools/reef/internal/sat"
	"github.com/reeftools/reef/internal/strftime"
	"github.com/reeftools/reef/pcapio"
)

// RotateConfig says how a [Rotator] spreads records over files. Limits that are 0 do not end a
// file, so the zero value with a Name makes one file. When several limits are set, the first that
// is reached ends the file.
type RotateConfig struct {
	// Name is the template of names: "%i" is the number of the file, other conversions are those of
	// strftime, applied to the start of the file's period, or to its first record's time if there
	// are no periods. When a name comes up again, a count is put behind it, as tcpdump does:
	// out.pcap, out.pcap1, out.pcap2. Directories must exist.
	Name   string
	Digits int            // "%i" has at least this many digits, with zeros in front
	Zone   *time.Location // of the times in names and of Align; nil is UTC
	// Writer says what the files are like; Name decides their format and compression if it does not.
	Writer pcapio.WriterConfig

	Size     int64         // bytes of a file, before and after compression: never exceeded
	Records  int64         // records of a file
	Interval time.Duration // length of a file's period
	// periods start where the clock in Zone shows multiples of Interval, such as full hours; else
	// with the first record
	Align    bool
	WallTime bool // periods are of the clock on the wall; else of the times of records

	Ring int // keep only the newest files, this many with the open one: older ones are removed
	// "%i" counts from 0 to Ring-1 and around, as tcpdump -W does; else from 1 without end
	Wrap     bool
	MaxFiles int // after this many files [Rotator.WriteRecord] returns [ErrMaxFiles]

	Sync bool // wait until each file is on the disk before it gets its name

	// Finished, if not nil, is called with each file that is complete and has its name.
	Finished func(RotatedFile)
}

const maxDigits = 20 // of "%i"

// Validate says what is wrong with c, if anything; the error is an [ErrConfig], or that of Writer.
func (c *RotateConfig) Validate() error {
	if err := c.Writer.Validate(); err != nil {
		return err
	}
	if _, err := c.Writer.ByName(c.Name); err != nil {
		return err
	}
	switch {
	case c.Name == "":
		return fmt.Errorf("%w: RotateConfig without a Name", ErrConfig)
	case c.Size < 0:
		return fmt.Errorf("%w: RotateConfig.Size %d is negative", ErrConfig, c.Size)
	case c.Records < 0:
		return fmt.Errorf("%w: RotateConfig.Records %d is negative", ErrConfig, c.Records)
	case c.Interval < 0:
		return fmt.Errorf("%w: RotateConfig.Interval %v is negative", ErrConfig, c.Interval)
	case c.Ring < 0:
		return fmt.Errorf("%w: RotateConfig.Ring %d is negative", ErrConfig, c.Ring)
	case c.MaxFiles < 0:
		return fmt.Errorf("%w: RotateConfig.MaxFiles %d is negative", ErrConfig, c.MaxFiles)
	case c.Digits < 0 || c.Digits > maxDigits:
		return fmt.Errorf("%w: RotateConfig.Digits %d is not 0 to %d", ErrConfig, c.Digits, maxDigits)
	case c.Align && c.Interval == 0:
		return fmt.Errorf("%w: RotateConfig.Align without Interval", ErrConfig)
	case c.Wrap && c.Ring == 0:
		return fmt.Errorf("%w: RotateConfig.Wrap without Ring", ErrConfig)
	}
	name, err := c.name(0, time.Unix(0, 0).UTC())
	if err != nil {
		return fmt.Errorf("%w: RotateConfig.Name: %w", ErrConfig, err)
	}
	if name == "" {
		return fmt.Errorf("%w: RotateConfig.Name makes an empty name", ErrConfig)
	}
	if c.Wrap && !c.numbered() {
		return fmt.Errorf("%w: RotateConfig.Wrap needs %%i in Name", ErrConfig)
	}
	return nil
}

// numbered tells whether the template has the number of the file, so that no name comes up twice
// unless it is meant to.
func (c *RotateConfig) numbered() bool {
	digits := RotateConfig{Name: c.Name}
	first, err := digits.name(0, time.Time{})
	second, _ := digits.name(1, time.Time{})
	return err == nil && first != second
}

// name fills the template in for the n-th file, counted from 0.
func (c *RotateConfig) name(n int64, t time.Time) (string, error) {
	if c.Zone != nil {
		t = t.In(c.Zone)
	}
	shown := n + 1
	if c.Wrap {
		shown = n % int64(c.Ring)
	}
	b, err := strftime.Append(nil, c.Name, t, func(b []byte, letter byte) ([]byte, bool) {
		if letter != 'i' {
			return b, false
		}
		digits := strconv.FormatInt(shown, 10)
		for i := len(digits); i < c.Digits; i++ {
			b = append(b, '0')
		}
		return append(b, digits...), true
	})
	return string(b), err
}

// period is a stretch of time, in nanoseconds since 1970, that goes into one file.
type period struct{ start, end int64 }

// firstPeriod is the one that holds now.
func (c *RotateConfig) firstPeriod(now int64) period {
	if !c.Align {
		return period{now, sat.Add(now, int64(c.Interval))}
	}
	zone := c.Zone
	if zone == nil {
		zone = time.UTC
	}
	return alignedPeriod(now, int64(c.Interval), zone)
}

// next is the period that holds now, which is not before the end of p.
func (c *RotateConfig) next(p period, now int64) period {
	start := p.end + (now-p.end)/int64(c.Interval)*int64(c.Interval)
	return period{start, sat.Add(start, int64(c.Interval))}
}
