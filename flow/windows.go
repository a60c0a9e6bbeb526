package flow

import (
	"fmt"
	"math"
	"time"

	"github.com/reeftools/reef/internal/cascade"
	"github.com/reeftools/reef/internal/sat"
	"github.com/reeftools/reef/pcapio"
)

// WindowsConfig says how [Windows] cut time. The zero value makes the whole capture one window.
type WindowsConfig struct {
	// Length of a window. 0 means that it has no end.
	Length time.Duration
	// Align lets windows start at multiples of Length since 1970 UTC, else the first packet starts
	// the first one.
	Align bool
}

// Validate reports contradictions; the error is an [ErrConfig].
func (c *WindowsConfig) Validate() error {
	switch {
	case c.Length < 0:
		return fmt.Errorf("%w: Length %v is negative", ErrConfig, c.Length)
	case c.Align && c.Length == 0:
		return fmt.Errorf("%w: Align without Length", ErrConfig)
	}
	return nil
}

// Windows cut packet time into windows of one length and give the packets of each to a writer of
// its own: a table, so that all flows end with their window, or any other analysis. It is a
// [pcapio.PacketWriter]. It is not safe for concurrent use.
//
// A window takes the packets of start <= t < start + Length, and those that come late for an
// earlier one. Windows without packets are left out, except the single window of Length 0.
type Windows struct {
	length int64
	align  bool
	begin  func(start int64) (pcapio.PacketWriter, error)

	w      pcapio.PacketWriter // of the open window, or nil
	end    int64               // of the latest window; MaxInt64 if it has none
	opened bool                // there was a window
	err    error               // sticky
}

// NewWindows returns Windows that call begin for the writer of each window, with the window's start
// in ns since 1970 UTC. When a window is over, its writer is flushed if it is a [pcapio.Flusher].
// begin may return the same writer each time.
func NewWindows(cfg WindowsConfig, begin func(start int64) (pcapio.PacketWriter, error)) (*Windows, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if begin == nil {
		return nil, fmt.Errorf("%w: no function to begin a window", ErrConfig)
	}
	return &Windows{length: int64(cfg.Length), align: cfg.Align, begin: begin}, nil
}

// WritePacket gives p to the writer of its window. An error of that, or of begin, is returned by
// all later calls too.
func (w *Windows) WritePacket(p *pcapio.Packet) error {
	if w.err != nil {
		return w.err
	}
	if w.w == nil || p.Time >= w.end && w.end < math.MaxInt64 {
		if err := w.next(p.Time); err != nil {
			return err
		}
	}
	w.err = w.w.WritePacket(p)
	return w.err
}

// next ends the open window and begins the one that holds now.
func (w *Windows) next(now int64) error {
	if w.begin == nil {
		return errZeroWindows
	}
	open := w.w
	w.w = nil
	if w.err = cascade.Flush(w.err, open); w.err != nil {
		return w.err
	}
	start := now
	switch {
	case w.length == 0:
	case w.opened && now >= w.end: // unsigned, since the two may lie more than an int64 apart
		start = w.end + int64((uint64(now)-uint64(w.end))/uint64(w.length)*uint64(w.length))
	case w.align:
		start = sat.Floor(now, w.length)
	}
	w.end, w.opened = math.MaxInt64, true
	if w.length > 0 && start < math.MaxInt64-w.length {
		w.end = start + w.length
	}
	begun, err := w.begin(start)
	if err == nil {
		w.w = begun
	}
	w.err = err
	return err
}

// Flush ends the open window: it flushes its writer. Packets after it begin a new one.
func (w *Windows) Flush() error {
	if w.begin == nil {
		return errZeroWindows
	}
	if w.length == 0 && !w.opened && w.err == nil {
		if err := w.next(0); err != nil {
			return err
		}
	}
	open := w.w
	w.w = nil
	w.err = cascade.Flush(w.err, open)
	return w.err
}
