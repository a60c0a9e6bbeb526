package edit

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// TimeSpec is a point in time as people write it, perhaps relative to another. Make it with
// [ParseTimeSpec].
type TimeSpec struct {
	text     string
	relative bool      // began with +
	plain    bool      // seconds, with a fraction: since 1970, or to be added
	nanos    int64     // of a plain one
	absolute time.Time // of RFC 3339; zero otherwise
	fields   [numTimeFields]int
	given    [numTimeFields]bool
}

// The fields in the order in which they are written.
const (
	fieldYear = iota
	fieldMonth
	fieldDay
	fieldHour
	fieldMinute
	fieldSecond
	fieldMicro
	numTimeFields
)

var timeFieldNames = [numTimeFields]string{"year", "month", "day", "hour", "minute", "second", "microsecond"}

// ParseTimeSpec understands the notations of tcpslice, and RFC 3339:
//
//	1300475168.5              seconds since 1970, with up to nine decimals
//	2011y3m18d19h6m8s500000u  year, month, day, hour, minute, second, microsecond: any of them, in that order
//	19h6m                     larger units that are missing come from the base time, smaller ones are the least there is
//	+0.25                     seconds after the base time
//	+1d12h                    units after the base time, by the calendar: +1m1d is a month and a day
//	2011-03-18T19:06:08Z      RFC 3339; without a zone in the local one
//
// "m" is a month if a day follows, else a minute. A year of two digits is 1970 to 2069. Days that a
// month does not have run on into the next: a month after January 31 is March 3, or 2 in a leap
// year.
//
// Where the clock is set forward, a time that it does not show is the first one behind it: a day
// without a midnight begins at 1:00. Where it is set back, a time that it shows twice is the first
// one, but the hour of the base time is always that one.
func ParseTimeSpec(text string) (TimeSpec, error) {
	s := TimeSpec{text: text}
	rest, relative := strings.CutPrefix(text, "+")
	s.relative = relative
	var err error
	switch {
	case strings.Contains(rest, "-"):
		if relative {
			return s, &TimeError{text, whyForm}
		}
		s.absolute, err = parseDate(text)
	case strings.ContainsAny(rest, "ymdhsu"):
		err = s.parseUnits(rest)
	default:
		s.plain = true
		s.nanos, err = parseSeconds(text, rest)
	}
	if err == nil && !relative {
		err = s.checkFields()
	}
	return s, err
}

// IsTimeSpec tells whether an argument of a command line is meant as a time and not as the name of
// a file: it has the form of one. Files with such names need a "./" before them.
func IsTimeSpec(text string) bool {
	_, err := ParseTimeSpec(text)
	if err == nil {
		return true
	}
	var e *TimeError
	return errors.As(err, &e) && e.Why != whyForm
}

const whyForm = "want seconds, units such as 19h6m8s, or RFC 3339"

// parseDate parses RFC 3339. The zero time stands for "none", so the year 1 is out of reach, as it
// is for int64 nanoseconds.
func parseDate(text string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t, nil
	}
	// Without a zone it is local, which is known only in At: it is kept here as if it were UTC,
	// marked by a zone of its own.
	// a fraction is taken too
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if t, err := time.ParseInLocation(layout, text, localMark); err == nil {
			return t, nil
		}
	}
	return time.Time{}, &TimeError{text, whyForm}
}

var localMark = time.FixedZone("local", 0)

// parseSeconds parses seconds with a fraction to nanoseconds, exactly.
func parseSeconds(text, rest string) (int64, error) {
	whole, fraction, dot := strings.Cut(rest, ".")
	if !digits(whole) || dot && !digits(fraction) {
		return 0, &TimeError{text, whyForm}
	}
	if len(fraction) > 9 {
		return 0, &TimeError{text, "more than nine decimals"}
	}
	sec, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || sec >= math.MaxInt64/1_000_000_000 {
		return 0, &TimeError{text, "more than 292 years"}
	}
	nanos, err := strconv.ParseInt((fraction + "000000000")[:9], 10, 64)
	return sec*1e9 + nanos, err
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// parseUnits parses numbers each followed by the letter of a unit.
func (s *TimeSpec) parseUnits(rest string) error {
	next := 0 // the first field that may still come
	for rest != "" {
		end := strings.IndexAny(rest, "ymdhsu")
		if end < 0 || !digits(rest[:end]) {
			return &TimeError{s.text, whyForm}
		}
		field := strings.IndexByte("y?dh?su", rest[end])
		if rest[end] == 'm' {
			field = fieldMinute
			after := strings.TrimLeft(rest[end+1:], "0123456789")
			if strings.HasPrefix(after, "d") && len(after) < len(rest[end+1:]) {
				field = fieldMonth
			}
		}
		if field < next {
			return &TimeError{s.text, whyForm}
		}
		n, err := strconv.Atoi(rest[:end])
		if err != nil || n > math.MaxInt32 {
			return &TimeError{s.text, timeFieldNames[field] + " is too large"}
		}
		s.fields[field], s.given[field] = n, true
		next = field + 1
		rest = rest[end+1:]
	}
	return nil
}

// checkFields checks the ranges of an absolute time. Whether the day exists is known only once
// month and year are.
func (s *TimeSpec) checkFields() error {
	if s.given[fieldYear] {
		switch y := &s.fields[fieldYear]; {
		case *y < 70:
			*y += 2000
		case *y < 100:
			*y += 1900
		case *y < 1970 || *y > 2261:
			return &TimeError{s.text, fmt.Sprintf("year %d is not from 1970 to 2261", *y)}
		}
	}
	for field, limits := range [numTimeFields][2]int{fieldYear: {0, 2261}, fieldMonth: {1, 12}, fieldDay: {1, 31}, fieldHour: {0, 23},
		fieldMinute: {0, 59}, fieldSecond: {0, 59}, fieldMicro: {0, 999_999}} {
		if n := s.fields[field]; s.given[field] && (n < limits[0] || n > limits[1]) {
			return &TimeError{s.text, fmt.Sprintf("%s %d is not from %d to %d", timeFieldNames[field], n, limits[0], limits[1])}
		}
	}
	return nil
}

// Relative tells whether s depends on a base time as a distance from it.
func (s TimeSpec) Relative() bool { return s.relative }

// String returns the text that s was parsed from.
func (s TimeSpec) String() string { return s.text }

// At returns the time in nanoseconds since 1970. Base is the time that it is relative to or that
// gives the larger units that are missing: the first packet's, or for the end of a window its
// start. Zone is that of the calendar.
func (s TimeSpec) At(base int64, zone *time.Location) (int64, error) {
	if s.plain {
		if !s.relative {
			return s.nanos, nil
		}
		if base > 0 && s.nanos > math.MaxInt64-base {
			return 0, &TimeError{s.text, "beyond the year 2262"}
		}
		return base + s.nanos, nil
	}
	t := s.absolute
	switch {
	case s.relative:
		t = s.add(time.Unix(0, base).In(zone))
	case t.IsZero():
		var err error
		if t, err = s.onCalendar(time.Unix(0, base).In(zone)); err != nil {
			return 0, err
		}
	case t.Location() == localMark:
		t = instant(t.Year(), int(t.Month()), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), zone)
	}
	if t.Before(firstTime) || t.After(lastTime) {
		return 0, &TimeError{s.text, "not from 1677 to 2262"}
	}
	return t.UnixNano(), nil
}

// add adds the fields to a time: years, months and days by the calendar, the rest as lengths of
// time.
func (s TimeSpec) add(t time.Time) time.Time {
	f := &s.fields
	// else the clock may show t twice, and t is one of them
	if f[fieldYear] > 0 || f[fieldMonth] > 0 || f[fieldDay] > 0 {
		t = instant(t.Year()+f[fieldYear], int(t.Month())+f[fieldMonth], t.Day()+f[fieldDay], t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
	}
	for field, unit := range map[int]time.Duration{fieldHour: time.Hour, fieldMinute: time.Minute, fieldSecond: time.Second, fieldMicro: time.Microsecond} {
		for n := f[field]; n > 0; { // in steps that a Duration can hold
			step := min(n, 1_000_000)
			t = t.Add(time.Duration(step) * unit)
			n -= step
		}
	}
	return t
}

// onCalendar takes units larger than the largest given one from base, and the least for those that
// are missing below it.
func (s TimeSpec) onCalendar(base time.Time) (time.Time, error) {
	f := s.fields
	month, day := int(base.Month()), base.Day()
	above := true // no field was given yet
	for field, b := range [numTimeFields]int{base.Year(), month, day, base.Hour(), base.Minute(), base.Second(), 0} {
		switch {
		case s.given[field]:
			above = false
		case above:
			f[field] = b
		case field == fieldMonth || field == fieldDay:
			f[field] = 1
		default:
			f[field] = 0
		}
	}
	if f[fieldDay] > time.Date(f[fieldYear], time.Month(f[fieldMonth])+1, 0, 0, 0, 0, 0, time.UTC).Day() {
		return base, &TimeError{s.text, fmt.Sprintf("day %d is not in month %d of %d", f[fieldDay], f[fieldMonth], f[fieldYear])}
	}
	// base's hour, which may be the second of that number
	if !s.given[fieldYear] && !s.given[fieldMonth] && !s.given[fieldDay] && !s.given[fieldHour] {
		_, offset := base.Zone()
		zone := time.FixedZone("", offset)
		t := time.Date(f[fieldYear], time.Month(f[fieldMonth]), f[fieldDay], f[fieldHour], f[fieldMinute], f[fieldSecond], f[fieldMicro]*1000, zone).In(base.Location())
		if _, same := t.Zone(); same == offset {
			return t, nil
		}
	}
	return instant(f[fieldYear], f[fieldMonth], f[fieldDay], f[fieldHour], f[fieldMinute], f[fieldSecond], f[fieldMicro]*1000, base.Location()), nil
}
