package intervalstat

import (
	"fmt"
	"math"

	"github.com/reeftools/reef/internal/sat"
)

// timeline sorts times into intervals and tells when each has ended. T is what the owner keeps for
// an interval.
//
// Intervals are numbered from 1. An interval is open from the first packet at or behind it until
// the clock, which is the latest time seen, has passed its end by Config.Lateness. So the open ones
// are those from base to that of the clock, and they fit into a ring of fixed size, each in the
// place of its number modulo that size.
type timeline[T any] struct {
	cfg   Config
	width uint64
	// gives an interval out; content is nil for an empty one
	emit  func(iv *interval, content *T) error
	reset func(content *T) // empties the content for another interval

	begun    bool
	origin   int64 // start of interval 1
	earliest int64 // of the packets that were not late
	clock    int64
	base     uint64 // oldest open interval
	ring     []slot[T]
	last     *slot[T] // that of the last packet
	lo       int64    // span times from lo on belong to it and end no other interval
	span     uint64
	started  bool   // an interval was given out
	omitted  uint64 // empty intervals left out since the last that was given out
	err      error  // of emit; sticky
	stats    Stats
}

type slot[T any] struct {
	number  uint64
	used    bool
	content T
}

// interval is where an interval lies; see Bucket.
type interval struct {
	number     uint64
	start, end int64
	from, to   int64
	omitted    uint64
}

func newTimeline[T any](cfg Config, emit func(*interval, *T) error, reset func(*T)) timeline[T] {
	if cfg.MaxEmpty == 0 {
		cfg.MaxEmpty = DefaultMaxEmpty
	}
	return timeline[T]{cfg: cfg, width: uint64(cfg.width()), emit: emit, reset: reset, ring: make([]slot[T], cfg.open())}
}

// at returns the content for a packet at time t, after giving out the intervals that ended before
// it. late tells that the content is not of the interval of t; with LateDrop it is then nil.
func (l *timeline[T]) at(t int64) (content *T, late bool, err error) {
	if content := l.recent(t); content != nil {
		return content, false, nil
	}
	return l.find(t)
}

// recent returns the content for a packet at time t if it is that of the last packet, else nil.
func (l *timeline[T]) recent(t int64) *T {
	if uint64(t)-uint64(l.lo) >= l.span {
		return nil
	}
	l.clock, l.earliest = max(l.clock, t), min(l.earliest, t)
	return &l.last.content
}

// find is at for any time.
func (l *timeline[T]) find(t int64) (*T, bool, error) {
	switch {
	case l.err != nil:
		return nil, false, l.err
	case l.ring == nil:
		return nil, false, fmt.Errorf("%w: the zero value takes no packets, use NewSeries or NewGroups", ErrConfig)
	}
	if !l.begun {
		l.begin(t)
	}
	if err := l.advance(t); err != nil {
		return nil, false, err
	}
	number, late := l.number(t), t < l.origin
	if late = late || number < l.base; late {
		if l.cfg.Late == LateDrop {
			return nil, true, nil
		}
		number = l.base
	} else {
		l.earliest = min(l.earliest, t)
	}
	s := &l.ring[number%uint64(len(l.ring))]
	if !s.used {
		l.reset(&s.content)
		s.number, s.used = number, true
	}
	if !late {
		lo, hi := l.bounds(number)
		if _, end := l.bounds(l.base); l.cfg.Lateness > 0 {
			hi = min(hi, sat.Later(end, uint64(l.cfg.Lateness)))
		}
		l.last, l.lo, l.span = s, lo, sat.AddUint(uint64(hi)-uint64(lo), 1) // all times but the last are enough
	}
	return &s.content, late, nil
}

// begin lays the grid for a first packet at t.
func (l *timeline[T]) begin(t int64) {
	l.begun, l.earliest, l.clock, l.origin, l.base = true, t, t, t, 1
	switch {
	case l.cfg.Whole:
		l.origin = math.MinInt64
	case l.cfg.Align: // far enough back that earlier packets within Lateness have their intervals
		back := sat.Earlier(t, uint64(l.cfg.Lateness))
		phase := back % int64(l.width)
		if phase < 0 {
			phase += int64(l.width)
		}
		l.origin = sat.Earlier(back, uint64(phase))
	}
}

// advance moves the clock to t, if that is later, and gives out the intervals that ended.
func (l *timeline[T]) advance(t int64) error {
	if l.err != nil || !l.begun || t <= l.clock {
		return l.err
	}
	l.clock = t
	return l.closeBefore(l.number(sat.Earlier(t, uint64(l.cfg.Lateness))))
}

// closeBefore gives out the open intervals below next.
func (l *timeline[T]) closeBefore(next uint64) error {
	for l.base < next {
		s := &l.ring[l.base%uint64(len(l.ring))]
		if !s.used || s.number != l.base {
			if err := l.closeEmpty(next); err != nil {
				return err
			}
			continue
		}
		iv := l.interval(l.base)
		s.used, l.span = false, 0
		l.base++
		l.started = true
		l.stats.Buckets++
		if l.err = l.emit(&iv, &s.content); l.err != nil {
			return l.err
		}
	}
	return nil
}

// closeEmpty gives out the run of empty intervals from base on, as far as wanted, and leaves base
// at the next used one or at next.
func (l *timeline[T]) closeEmpty(next uint64) error {
	for i := range l.ring {
		if s := &l.ring[i]; s.used && s.number >= l.base {
			next = min(next, s.number)
		}
	}
	run := next - l.base
	if l.cfg.Empty && l.started {
		n := run
		if n > uint64(l.cfg.MaxEmpty) {
			n = 0
		}
		for range n {
			iv := l.interval(l.base)
			l.base++
			l.stats.Buckets++
			if l.err = l.emit(&iv, nil); l.err != nil {
				return l.err
			}
		}
		l.omitted += run - n
		l.stats.Omitted += run - n
	}
	l.base = next
	return nil
}

// flush gives out all open intervals and makes l begin anew with the next packet.
func (l *timeline[T]) flush() error {
	if l.err != nil || !l.begun {
		return l.err
	}
	next := l.base
	for i := range l.ring {
		if s := &l.ring[i]; s.used {
			next = max(next, s.number+1)
		}
	}
	err := l.closeBefore(next)
	l.begun, l.started = false, false
	return err
}

// maxNumber keeps one more than any number from overflowing. It matters for intervals of 1 ns over
// all times that there are.
const maxNumber = math.MaxUint64 - 2

// number returns the number of the interval of t. Times before the origin give 1.
func (l *timeline[T]) number(t int64) uint64 {
	switch {
	case l.cfg.Whole || t <= l.origin:
		return 1
	case l.cfg.Align:
		return 1 + min((uint64(t)-uint64(l.origin))/l.width, maxNumber)
	}
	return 1 + min((uint64(t)-uint64(l.origin)-1)/l.width, maxNumber)
}

// interval returns where an interval lies, given that the clock has reached it, and takes the count
// of omitted ones.
func (l *timeline[T]) interval(number uint64) interval {
	iv := interval{number: number, start: l.earliest, end: l.clock, omitted: l.omitted}
	l.omitted = 0
	if !l.cfg.Whole {
		iv.start = int64(uint64(l.origin) + (number-1)*l.width)
		iv.end = sat.Later(iv.start, l.width)
	}
	iv.from = min(max(iv.start, l.earliest), iv.end)
	iv.to = max(min(iv.end, l.clock), iv.from)
	return iv
}

// bounds returns the first and the last time that belong to an interval.
func (l *timeline[T]) bounds(number uint64) (lo, hi int64) {
	if l.cfg.Whole {
		return math.MinInt64, math.MaxInt64
	}
	lo = int64(uint64(l.origin) + (number-1)*l.width)
	hi = sat.Later(lo, l.width)
	if l.cfg.Align {
		return lo, sat.Earlier(hi, 1)
	}
	if number > 1 {
		lo = sat.Later(lo, 1)
	}
	return lo, hi
}
