package main

import (
	"errors"
	"io"
	"math"
	"os"
	"time"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/intervalstat"
	"github.com/reeftools/reef/intervalstat/tcpstat"
	"github.com/reeftools/reef/pcapio"
)

// measure reads the capture through the analysis that the flags ask for.
func (o *options) measure(p *cli.Program) error {
	outputs := tcpstat.Outputs{Stdout: p.Stdout, Open: openFD}
	newAnalysis := o.modern
	if o.semantics == "classic" {
		newAnalysis = o.classic
	}
	rowEnd := func() error { return nil }
	if o.flush || !isRegular(o.file) {
		rowEnd = p.Stdout.Flush
	}
	a, err := newAnalysis(outputs, rowEnd)
	if errors.Is(err, tcpstat.ErrFormat) || errors.Is(err, tcpstat.ErrConfig) || errors.Is(err, intervalstat.ErrConfig) {
		return cli.Usagef("%v", err)
	} else if err != nil {
		return err
	}
	decode, err := p.DecodeConfig()
	if err != nil {
		return err
	}
	p.AtEnd(func() { a.tell(p) })
	src, err := o.open(p, a.advance)
	if err != nil {
		return err
	}
	if decode.Tunnels == 0 && decode.TPIDs == nil {
		_, err = pcapio.CopyRecords(a.dst, src.RecordReader)
	} else {
		_, err = pcapio.Copy(a.dst, p.NewDecoder(src, decode))
	}
	return errors.Join(cli.Finish(err, a.flush), src.close())
}

// modern returns the analysis with reef's numbers.
func (o *options) modern(outputs tcpstat.Outputs, rowEnd func() error) (*analysis, error) {
	size, err := intervalstat.ParseSize(o.size)
	if err != nil {
		return nil, err
	}
	if o.link {
		size = intervalstat.SizeWire
	}
	cfg := intervalstat.Config{Width: duration(o.width), Whole: o.whole, Align: o.align, Empty: true, MaxEmpty: o.maxEmpty, Size: size}
	rows, err := tcpstat.NewPrinter(o.format, outputs)
	if err != nil {
		return nil, err
	}
	rows.HideEmpty, rows.Relative = o.hideEmpty, int64(duration(o.relative))
	rows.Configure(&cfg)
	var jumps gaps
	var dst intervalstat.BucketWriter = intervalstat.BucketWriterFunc(func(b *intervalstat.Bucket) error {
		if !o.hideEmpty { // or they are not wanted
			jumps.add(b.Start, b.Omitted, b.End-b.Start)
		}
		return cli.Finish(rows.WriteBucket(b), rowEnd)
	})
	summary := func() error { return nil }
	switch account, band := (&tcpstat.Account{}), o.bandwidth(); {
	case band != nil:
		dst, summary = band, func() error { return writeTo(band, outputs.Stdout) }
	case o.account:
		dst, summary = account, func() error { return writeTo(account, outputs.Stdout) }
	}
	series, err := intervalstat.NewSeries(cfg, dst)
	if err != nil {
		return nil, err
	}
	return &analysis{series, func() error { return cli.Finish(series.Flush(), summary) }, series.Advance, jumps.tell}, nil
}

// classic returns the analysis with tcpstat's numbers.
func (o *options) classic(outputs tcpstat.Outputs, rowEnd func() error) (*analysis, error) {
	rows, err := tcpstat.NewClassicPrinter(o.format, outputs)
	if err != nil {
		return nil, err
	}
	rows.HideEmpty, rows.Relative = o.hideEmpty, o.relative
	dst := tcpstat.IntervalWriterFunc(func(v *tcpstat.Interval) error { return cli.Finish(rows.WriteInterval(v), rowEnd) })
	summary := func() error { return nil }
	var last float64 // width of the last interval with packets
	switch account, band := (&tcpstat.Account{}), o.bandwidth(); {
	case band != nil:
		dst = func(v *tcpstat.Interval) error { last = v.Width; return band.WriteInterval(v) }
		summary = func() error { band.Double(last); return writeTo(band, outputs.Stdout) }
	case o.account:
		dst = func(v *tcpstat.Interval) error { last = v.Width; return account.WriteInterval(v) }
		summary = func() error { account.Double(last); return writeTo(account, outputs.Stdout) }
	}
	cfg := tcpstat.ClassicConfig{Width: o.width, Whole: o.whole, Seconds: o.seconds, LinkHeader: o.link, MaxEmpty: o.maxEmpty}
	c, err := tcpstat.NewClassic(cfg, dst)
	if err != nil {
		return nil, err
	}
	tell := func(p *cli.Program) {
		if !o.hideEmpty {
			p.Bound(c.Stats().Omitted, "%d empty intervals were not printed; -max-empty says how many in a row are", c.Stats().Omitted)
		}
	}
	return &analysis{c, func() error { return cli.Finish(c.Flush(), summary) }, nil, tell}, nil
}

// bandwidth returns what -b or -B asks for, or nil.
func (o *options) bandwidth() *tcpstat.Bandwidth {
	switch {
	case o.carry > 0:
		return &tcpstat.Bandwidth{Limit: o.carry, CarryOver: true}
	case o.raw > 0:
		return &tcpstat.Bandwidth{Limit: o.raw}
	}
	return nil
}

func duration(seconds float64) time.Duration { return time.Duration(math.Round(seconds * 1e9)) }

func writeTo(r io.WriterTo, w io.Writer) error {
	_, err := r.WriteTo(w)
	return err
}

// openFD returns a file that the process was given by its parent, or standard error.
func openFD(fd int) (io.Writer, error) {
	f := os.NewFile(uintptr(fd), "")
	if f == nil {
		return nil, os.ErrInvalid
	}
	if _, err := f.Stat(); err != nil {
		return nil, err
	}
	return f, nil
}

func isRegular(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}
