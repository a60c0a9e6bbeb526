package main

import (
	"context"
	"errors"
	"math"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/pcapio/filter"
	"github.com/reeftools/reef/pcapio/live"
)

// source is where packets come from.
type source struct {
	pcapio.RecordReader
	close func() error
}

// open opens the input. A live one tells the time to advance now and then when no packet comes.
func (o *options) open(p *cli.Program, advance func(int64) error) (*source, error) {
	if o.iface != "" {
		match, err := p.Filter()
		if err != nil {
			return nil, err
		}
		return o.openLive(p, match, advance)
	}
	p.Libpcap = o.semantics == "classic"
	in, err := p.OpenFiles(o.file)
	if err != nil {
		return nil, err
	}
	matching, err := p.Matching(in)
	if err != nil {
		return nil, errors.Join(err, in.Close())
	}
	src := &source{matching, in.Close}
	if o.seconds > 0 && o.semantics == "modern" { // classic does it itself, and pads
		src.RecordReader = firstSeconds(src.RecordReader, duration(o.seconds))
	}
	return src, nil
}

// openLive captures until -s has passed or the program is interrupted.
func (o *options) openLive(p *cli.Program, match *filter.Filter, advance func(int64) error) (*source, error) {
	limit := duration(o.seconds)
	if limit == 0 {
		limit = math.MaxInt64
	}
	limited, cancel := context.WithTimeout(context.Background(), limit)
	ctx, unnotify := signal.NotifyContext(limited, os.Interrupt, syscall.SIGTERM)
	stop := func() { unnotify(); cancel() }
	cfg := live.Config{SnapLen: 256, Promiscuous: !o.selfish}
	cfg.Filter = match
	if advance != nil {
		// Packets may wait for the timeout before they are handed over, so the clock is kept behind
		// by twice that.
		cfg.Idle = func() error { return advance(time.Now().Add(-2 * live.DefaultTimeout).UnixNano()) }
	}
	src, err := cfg.Open(ctx, o.iface)
	if err != nil {
		stop()
		return nil, err
	}
	p.Dropped(src)
	return &source{src, func() error { stop(); return src.Close() }}, nil
}

// firstSeconds returns the records of src up to d after the first. It reads on behind that, since
// packets may be out of order.
func firstSeconds(src pcapio.RecordReader, d time.Duration) pcapio.RecordReader {
	begun, end := false, int64(0)
	return pcapio.RecordReaderFunc(func(r *pcapio.Record) error {
		for {
			if err := src.ReadRecord(r); err != nil {
				return err
			}
			if !begun {
				begun, end = true, r.Time+min(int64(d), math.MaxInt64-max(r.Time, 0))
			}
			if r.Time <= end {
				return nil
			}
		}
	})
}
