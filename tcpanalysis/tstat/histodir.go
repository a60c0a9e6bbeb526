package tstat

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/reeftools/reef/internal/partfile"
)

// HistogramDir writes the histograms of each step as Tstat does: a folder for each hour, named by
// its first moment in UTC (YYYY_MM_DD_HH_MM.out), in it a folder for each step (000 to 011; LAST
// for the step in which the input ends), in that a text file for each histogram. Flush adds two
// tables for plotting over the whole time, cumulative.csv and time.csv. It is a [StepWriter].
//
// Every file gets its name when it is complete.
type HistogramDir struct {
	Sync bool // wait until each file is on the disk before it gets its name

	dir   string
	total *Set
	times *bufio.Writer // time.csv
	file  *partfile.File
	done  bool
	err   error // sticky
}

// NewHistogramDir returns a HistogramDir that writes below dir, which it makes.
func NewHistogramDir(dir string) (*HistogramDir, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	f, err := partfile.Create(filepath.Join(dir, "time.csv"))
	if err != nil {
		return nil, err
	}
	d := &HistogramDir{dir: dir, total: NewSet(), times: bufio.NewWriterSize(f, 1<<16), file: f}
	d.times.WriteString("step_start_s,step_end_s,histogram,bin,count\n")
	return d, nil
}

// WriteStep writes the files of one step. After an error nothing more is written.
func (d *HistogramDir) WriteStep(s *Set) error {
	if d.err == nil {
		d.err = d.writeStep(s)
	}
	return d.err
}

func (d *HistogramDir) writeStep(s *Set) error {
	const perHour = int64(time.Hour / Step)
	hour := time.Unix(0, s.Start-int64(s.Index)%perHour*int64(Step)).UTC()
	step := fmt.Sprintf("%03d", int64(s.Index)%perHour)
	if s.Last {
		step = "LAST"
	}
	dir := filepath.Join(d.dir, hour.Format("2006_01_02_15_04")+".out", step)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for h := range s.All() {
		err := d.write(filepath.Join(dir, h.Name), func(w io.Writer) error { return h.writeTo(bufio.NewWriter(w)) })
		if err != nil {
			return err
		}
		for i, c := range h.Counts {
			if c > 0 {
				d.writeTime(s, h, i, c)
			}
		}
	}
	d.total.Merge(s)
	return nil
}

// write makes a whole file, or none.
func (d *HistogramDir) write(name string, content func(io.Writer) error) error {
	f, err := partfile.Create(name)
	if err != nil {
		return err
	}
	return d.complete(f, content(f))
}

// complete gives f its name, or removes it after a failure.
func (d *HistogramDir) complete(f *partfile.File, err error) error {
	f.Sync = d.Sync
	if err == nil {
		err = f.Commit()
	}
	if err != nil {
		return errors.Join(err, f.Abort())
	}
	return nil
}

func (d *HistogramDir) writeTime(s *Set, h *Histogram, i int, count uint64) {
	b := d.times.AvailableBuffer()
	b = appendWholeSeconds(b, s.Start)
	b = appendWholeSeconds(append(b, ','), s.End)
	b = append(append(append(b, ','), h.Name...), ',')
	b = append(strconv.AppendInt(b, h.Edge(i), 10), ',')
	d.times.Write(append(strconv.AppendUint(b, count, 10), '\n')) // keeps its error for Flush
}

// appendWholeSeconds writes ns as seconds with 6 decimals.
func appendWholeSeconds(b []byte, ns int64) []byte { return appendDecimal(b, ns/1000) }

// Flush completes time.csv and writes cumulative.csv, the last files. After an error, also one of
// WriteStep, what is not complete is removed.
func (d *HistogramDir) Flush() error {
	if d.done {
		return d.err
	}
	d.done = true
	if d.err == nil {
		d.err = d.times.Flush()
	}
	d.err = d.complete(d.file, d.err)
	if d.err == nil {
		d.err = d.write(filepath.Join(d.dir, "cumulative.csv"), d.total.WriteCumulative)
	}
	return d.err
}

// WriteCumulative writes all histograms as one table of comma-separated values: for each bin that
// is not empty its lower edge, its count, its share of all samples of the histogram, and the share
// of it and all bins before.
func (s *Set) WriteCumulative(w io.Writer) error {
	b := bufio.NewWriterSize(w, 1<<16)
	b.WriteString("histogram,bin,count,share,cumulative_share\n")
	for h := range s.All() {
		all, sum := h.Samples(), uint64(0)
		for i, c := range h.Counts {
			if c == 0 {
				continue
			}
			sum += c
			line := append(append(b.AvailableBuffer(), h.Name...), ',')
			line = append(strconv.AppendInt(line, h.Edge(i), 10), ',')
			line = append(strconv.AppendUint(line, c, 10), ',')
			line = append(strconv.AppendFloat(line, float64(c)/float64(all), 'f', 9, 64), ',')
			line = append(strconv.AppendFloat(line, float64(sum)/float64(all), 'f', 9, 64), '\n')
			b.Write(line)
		}
	}
	return b.Flush()
}
