package main

import (
	"bufio"
	"errors"
	"io"
	"math"

	"github.com/reeftools/reef/flow"
	"github.com/reeftools/reef/flow/coral"
	"github.com/reeftools/reef/internal/sat"
	"github.com/reeftools/reef/pcapio"
)

// windows cuts packet time into intervals and gives each its own file, if there is a template for
// names. All flows end with their interval. Intervals without packets have no file, but a whole
// capture without any has one.
type windows struct {
	length   int64 // ns; 0 makes the whole capture one interval
	align    bool
	files    *coral.Files // nil: everything goes to stdout
	stdout   *bufio.Writer
	newMeter func(io.Writer) (meter, error)

	meter meter       // of the open interval; on stdout one for all
	done  flow.Stats  // of the meters before
	file  *coral.File // of the open interval
	end   int64       // where the open interval ends
	open  bool
}

// WritePacket counts p in its interval, or in the open one if p comes late.
func (w *windows) WritePacket(p *pcapio.Packet) error {
	if !w.open || p.Time >= w.end {
		if err := w.next(p.Time); err != nil {
			return err
		}
	}
	return w.meter.WritePacket(p)
}

// next ends the open interval and begins the one that holds now.
func (w *windows) next(now int64) error {
	first := !w.open
	if !first {
		if err := w.Flush(); err != nil {
			return err
		}
	}
	start := now
	switch {
	case w.length == 0:
	case first && w.align:
		start = sat.Floor(now, w.length)
	case !first: // unsigned, since the two may lie more than an int64 apart
		start = w.end + int64((uint64(now)-uint64(w.end))/uint64(w.length)*uint64(w.length))
	}
	w.end, w.open = math.MaxInt64, true
	if w.length > 0 && start < math.MaxInt64-w.length {
		w.end = start + w.length
	}
	if w.files == nil {
		return nil // the meter of New goes on
	}
	var err error
	if w.file, err = w.files.Create(start); err != nil {
		return err
	}
	w.done = w.stats()
	w.meter, err = w.newMeter(w.file)
	return err
}

// stats returns the counts of all intervals.
func (w *windows) stats() flow.Stats {
	all, open := w.done, tableStats(w.meter)
	all.Merge(&open)
	return all
}

// check makes the meter for standard output, so that flags it cannot take are found before any
// packet.
func (w *windows) check() (err error) {
	if w.files != nil {
		w.meter, err = w.newMeter(io.Discard)
	} else {
		w.meter, err = w.newMeter(w.stdout)
	}
	return err
}

// Flush ends all flows and completes the open file. What goes to standard output is seen at once,
// since the next interval may be long in coming.
func (w *windows) Flush() error {
	if w.files != nil && !w.open && w.length == 0 {
		if err := w.next(0); err != nil {
			return err
		}
	}
	err := w.meter.Flush()
	if w.files == nil {
		if err == nil {
			err = w.stdout.Flush()
		}
		return err
	}
	if w.file == nil {
		return err
	}
	file := w.file
	w.file = nil
	if err != nil {
		return errors.Join(err, file.Abort())
	}
	return file.Commit()
}
