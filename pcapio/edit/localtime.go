package edit

import (
	"math"
	"time"
)

// The clock of a calendar may be set: hours, midnights and whole days do not exist or exist twice.
// time.Date leaves open which instant it means then, so this file says it. Time.ZoneBounds is of no
// use for that: after 2037 it takes the ends of years for changes.

// instant returns when the clock of a zone first shows a date and time, whose numbers may be beyond
// their ranges. Where the clock is set forward over it, that is the first instant behind it: a day
// without a midnight begins with the first instant that it has.
func instant(year, month, day, hour, minute, second, nanosecond int, zone *time.Location) time.Time {
	shown := time.Date(year, time.Month(month), day, hour, minute, second, nanosecond, time.UTC)
	const most = 26 * time.Hour // no clock is farther from UTC
	for _, side := range []time.Duration{-most, most} {
		offset := offsetOf(shown.Add(side), zone)
		if t := shown.Add(-offset); offsetOf(t, zone) == offset {
			return t.In(zone)
		}
	}
	return firstChange(shown.Add(-most), shown.Add(most), zone).In(zone)
}

// offsetOf is how far the clock of a zone is before UTC.
func offsetOf(t time.Time, zone *time.Location) time.Duration {
	_, seconds := t.In(zone).Zone()
	return time.Duration(seconds) * time.Second
}

// changeStep is less than the time between two changes of a clock.
const changeStep = 7 * 24 * time.Hour

// firstChange returns the first instant after from and not after to at which the clock of a zone is
// set, or the zero time.
func firstChange(from, to time.Time, zone *time.Location) time.Time {
	for from.Before(to) {
		next := from.Add(changeStep)
		if next.After(to) {
			next = to
		}
		if offsetOf(from, zone) != offsetOf(next, zone) {
			return changeIn(from, next, zone)
		}
		from = next
	}
	return time.Time{}
}

// lastChange is the last such instant.
func lastChange(from, to time.Time, zone *time.Location) time.Time {
	for from.Before(to) {
		next := to.Add(-changeStep)
		if next.Before(from) {
			next = from
		}
		if offsetOf(next, zone) != offsetOf(to, zone) {
			return changeIn(next, to, zone)
		}
		to = next
	}
	return time.Time{}
}

// changeIn finds the second at which the clock is set, after from and not after to.
func changeIn(from, to time.Time, zone *time.Location) time.Time {
	before := offsetOf(from, zone)
	low, high := from.Unix(), to.Unix() // before, at or after the change
	for high-low > 1 {
		middle := low + (high-low)/2
		if offsetOf(time.Unix(middle, 0), zone) == before {
			low = middle
		} else {
			high = middle
		}
	}
	return time.Unix(high, 0)
}

// alignedPeriod returns the period that holds now of those that begin where the clock of a zone
// shows a multiple of a length. Where the clock is set, a period ends if the clock then shows
// another multiple or is just at one. Else it goes on, and is longer or shorter than the others: a
// day is what has one date.
func alignedPeriod(now, length int64, zone *time.Location) period {
	at := time.Unix(0, now)
	into := past(shownAt(at, zone), length)
	multiple := shownAt(at, zone) - into // that the clock shows at the start
	start, end := at.Add(-time.Duration(into)), at.Add(time.Duration(length-into))
	for to := at; ; { // back over each change of the clock within the period
		change := lastChange(latest(start, firstTime), to, zone)
		if change.IsZero() {
			break
		}
		to = change.Add(-1)
		shown := shownAt(to, zone)
		rest := past(shown, length)
		if shown-rest != multiple || past(shownAt(change, zone), length) == 0 {
			start = change
			break
		}
		start = to.Add(-time.Duration(rest))
	}
	for from := at; ; { // and on
		change := firstChange(from, earliest(end, lastTime), zone)
		if change.IsZero() {
			break
		}
		from = change
		shown := shownAt(change, zone)
		rest := past(shown, length)
		if shown-rest != multiple || rest == 0 {
			end = change
			break
		}
		end = change.Add(time.Duration(length - rest))
	}
	return period{nanos(start), nanos(end)}
}

// shownAt is what the clock of a zone shows, in nanoseconds since it showed the begin of 1970.
func shownAt(t time.Time, zone *time.Location) int64 { return nanos(t.Add(offsetOf(t, zone))) }

// The first and the last time that a record can have.
var firstTime, lastTime = time.Unix(0, math.MinInt64), time.Unix(0, math.MaxInt64)

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// nanos is t in nanoseconds since 1970, or the nearest number there is.
func nanos(t time.Time) int64 {
	switch {
	case t.Before(firstTime):
		return math.MinInt64
	case t.After(lastTime):
		return math.MaxInt64
	}
	return t.UnixNano()
}

// past is how far behind a multiple of length t is.
func past(t, length int64) int64 {
	rest := t % length
	if rest < 0 {
		rest += length
	}
	return rest
}
