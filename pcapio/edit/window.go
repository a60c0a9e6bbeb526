package edit

import (
	"math"
	"time"
)

// Window is a stretch of time, in nanoseconds since 1970. It includes both ends unless it is
// HalfOpen.
type Window struct {
	Start, End int64
	HalfOpen   bool // End is outside, so that windows that follow each other share no packet
}

// AllTime is the window that holds every record.
var AllTime = Window{Start: math.MinInt64, End: math.MaxInt64}

// Contains tells whether t is in w.
func (w Window) Contains(t int64) bool {
	return t >= w.Start && (t < w.End || t == w.End && !w.HalfOpen)
}

// after tells whether t is later than all that w contains.
func (w Window) after(t int64) bool { return t > w.End || t == w.End && w.HalfOpen }

// ParseWindow makes a Window of a start and an end, as [ParseTimeSpec] understands them, for a
// capture that begins at first. A relative end counts from the start. A missing start is the begin
// of time, a missing end its end.
func ParseWindow(start, end string, first int64, zone *time.Location) (Window, error) {
	w := AllTime
	base := first
	if start != "" {
		spec, err := ParseTimeSpec(start)
		if err != nil {
			return w, err
		}
		if w.Start, err = spec.At(first, zone); err != nil {
			return w, err
		}
		base = w.Start
	}
	if end != "" {
		spec, err := ParseTimeSpec(end)
		if err != nil {
			return w, err
		}
		if w.End, err = spec.At(base, zone); err != nil {
			return w, err
		}
	}
	return w, nil
}
