package edit

import (
	"math"
	"testing"
	"time"
)

func zoneOf(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Skip("no time zones here:", err)
	}
	return zone
}

// at is the instant of an RFC 3339 time.
func at(t *testing.T, text string) int64 {
	t.Helper()
	when, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return when.UnixNano()
}

// Clocks are set: in Santiago at midnight to 1:00 on 2024-09-08 and at midnight back to 23:00 on
// 2024-04-07, in New York at 2:00 to 3:00 on 2024-03-10 and back to 1:00 on 2024-11-03, on Lord
// Howe Island at 2:00 by half an hour to 1:30 on 2024-04-07, and Apia had no 2011-12-30.
func TestTimeSpecClockSet(t *testing.T) {
	for _, test := range []struct{ zone, base, text, want string }{
		{"America/Santiago", "2024-09-08T12:00:00Z", "2024y9m8d", "2024-09-08T01:00:00-03:00"},
		{"America/Santiago", "2024-09-08T12:00:00Z", "8d", "2024-09-08T01:00:00-03:00"},
		{"America/Santiago", "2024-09-08T12:00:00Z", "0h30m", "2024-09-08T01:00:00-03:00"},
		{"America/Santiago", "2024-09-08T12:00:00Z", "2024-09-08T00:30", "2024-09-08T01:00:00-03:00"},
		{"America/Santiago", "2024-09-07T04:30:00Z", "+1d", "2024-09-08T01:00:00-03:00"},
		{"America/Santiago", "2024-08-08T04:30:00Z", "+1m0d", "2024-09-08T01:00:00-03:00"},
		{"America/Santiago", "2024-09-08T12:00:00Z", "9d", "2024-09-09T00:00:00-03:00"},
		{"America/Santiago", "2024-04-06T12:00:00Z", "23h", "2024-04-06T23:00:00-03:00"},
		// base's hour is the second
		{"America/Santiago", "2024-04-07T03:30:00Z", "10m5s", "2024-04-06T23:10:05-04:00"},
		{"America/Santiago", "2024-04-07T03:30:00Z", "5s", "2024-04-06T23:30:05-04:00"},
		{"America/Santiago", "2024-04-07T03:30:00Z", "+1h", "2024-04-07T00:30:00-04:00"},
		{"America/Santiago", "2024-04-07T03:30:00Z", "+0d", "2024-04-06T23:30:00-04:00"},
		{"America/New_York", "2024-03-10T12:00:00Z", "2h30m", "2024-03-10T03:00:00-04:00"},
		{"America/New_York", "2024-03-10T12:00:00Z", "1h59m59s", "2024-03-10T01:59:59-05:00"},
		{"America/New_York", "2024-03-09T07:30:00Z", "+1d", "2024-03-10T03:00:00-04:00"},
		{"America/New_York", "2024-11-03T12:00:00Z", "1h30m", "2024-11-03T01:30:00-04:00"},
		{"America/New_York", "2024-11-03T12:00:00Z", "2h", "2024-11-03T02:00:00-05:00"},
		{"America/New_York", "2024-11-02T05:30:00Z", "+1d1h", "2024-11-03T01:30:00-05:00"},
		// base is 1:45 for the second time
		{"Australia/Lord_Howe", "2024-04-06T15:15:00Z", "40m", "2024-04-07T01:40:00+10:30"},
		// was only once
		{"Australia/Lord_Howe", "2024-04-06T15:15:00Z", "10m", "2024-04-07T01:10:00+11:00"},
		{"Pacific/Apia", "2011-12-31T12:00:00Z", "2011y12m30d5h", "2011-12-31T00:00:00+14:00"},
		// base is the 29th, 2:00
		{"Pacific/Apia", "2011-12-29T12:00:00Z", "+1d", "2011-12-31T00:00:00+14:00"},
		{"UTC", "2024-01-31T12:00:00Z", "+1m0d", "2024-03-02T12:00:00Z"},
	} {
		t.Run(test.zone+" "+test.text, func(t *testing.T) {
			spec, err := ParseTimeSpec(test.text)
			if err != nil {
				t.Fatal(err)
			}
			got, err := spec.At(at(t, test.base), zoneOf(t, test.zone))
			if want := at(t, test.want); err != nil || got != want {
				t.Errorf("%v, want %v; %v", time.Unix(0, got).In(zoneOf(t, test.zone)), test.want, err)
			}
		})
	}
	spec, _ := ParseTimeSpec("2023y2m29d")
	if _, err := spec.At(0, time.UTC); err == nil {
		t.Error("a 29th of February 2023")
	}
}

func TestAlignedPeriod(t *testing.T) {
	for _, test := range []struct {
		name       string
		zone, now  string
		length     time.Duration
		start, end string
	}{
		{"day without midnight", "America/Santiago", "2024-09-08T15:00:00Z", 24 * time.Hour, "2024-09-08T01:00:00-03:00", "2024-09-09T00:00:00-03:00"},
		{"day of 25 hours", "America/Santiago", "2024-04-07T03:30:00Z", 24 * time.Hour, "2024-04-06T00:00:00-03:00", "2024-04-07T00:00:00-04:00"},
		{"day of 23 hours", "America/New_York", "2024-03-10T12:00:00Z", 24 * time.Hour, "2024-03-10T00:00:00-05:00", "2024-03-11T00:00:00-04:00"},
		{"night of the lost hour", "America/New_York", "2024-03-10T05:30:00Z", 24 * time.Hour, "2024-03-10T00:00:00-05:00", "2024-03-11T00:00:00-04:00"},
		{"first hour of two", "America/New_York", "2024-11-03T05:30:00Z", time.Hour, "2024-11-03T01:00:00-04:00", "2024-11-03T01:00:00-05:00"},
		{"second hour of two", "America/New_York", "2024-11-03T06:30:00Z", time.Hour, "2024-11-03T01:00:00-05:00", "2024-11-03T02:00:00-05:00"},
		{"two hours of three", "America/New_York", "2024-11-03T06:30:00Z", 2 * time.Hour, "2024-11-03T00:00:00-04:00", "2024-11-03T02:00:00-05:00"},
		{"two hours of one", "America/New_York", "2024-03-10T07:30:00Z", 2 * time.Hour, "2024-03-10T03:00:00-04:00", "2024-03-10T04:00:00-04:00"},
		{"half-hour zone", "Asia/Kolkata", "2024-03-10T07:10:00Z", time.Hour, "2024-03-10T12:00:00+05:30", "2024-03-10T13:00:00+05:30"},
		{"before 1970", "UTC", "1969-12-31T23:59:59Z", time.Hour, "1969-12-31T23:00:00Z", "1970-01-01T00:00:00Z"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := alignedPeriod(at(t, test.now), int64(test.length), zoneOf(t, test.zone))
			if want := (period{at(t, test.start), at(t, test.end)}); got != want {
				t.Errorf("%v to %v, want %s to %s", time.Unix(0, got.start).UTC(), time.Unix(0, got.end).UTC(), test.start, test.end)
			}
		})
	}
}

// Every five minutes of most of a year, periods are those that the definition gives: one begins
// where the clock shows a multiple, or is set to where it shows the next of another one.
func TestAlignedPeriodsFollow(t *testing.T) {
	const minute = int64(time.Minute)
	for _, name := range []string{"America/New_York", "America/Santiago", "Australia/Lord_Howe", "UTC"} {
		zone := zoneOf(t, name)
		for _, length := range []int64{20 * minute, 60 * minute, 120 * minute, 1440 * minute, 7 * 1440 * minute} {
			shown := func(now int64) int64 {
				_, offset := time.Unix(0, now).In(zone).Zone()
				return now + int64(offset)*1e9
			}
			from := at(t, "2024-01-01T00:00:00Z")
			p := alignedPeriod(from, length, zone)
			for now := from + 5*minute; now < from+330*1440*minute; now += 5 * minute {
				starts := shown(now)%length == 0 || shown(now)/length != shown(now-5*minute)/length
				if starts != (now == p.end) {
					t.Fatalf("%s, %v: at %v: begins %v, but the period ends %v", name, time.Duration(length), time.Unix(0, now).In(zone), starts, time.Unix(0, p.end).In(zone))
				}
				if starts {
					next := alignedPeriod(now, length, zone)
					if next.start != now || alignedPeriod(now-1, length, zone) != p || alignedPeriod(next.end-1, length, zone) != next {
						t.Fatalf("%s, %v: %v and %v", name, time.Duration(length), p, next)
					}
					p = next
				}
			}
		}
	}
	// Two changes a year of a period that is longer than what is left of time: it ends with it.
	for _, length := range []int64{4702137283990122517, 9040897525711548327} {
		now := at(t, "2024-07-01T00:00:00Z")
		if p := alignedPeriod(now, length, zoneOf(t, "America/New_York")); p.start > now || p.end <= now {
			t.Errorf("%d: %v", length, p)
		}
	}
	for _, extreme := range []int64{math.MaxInt64, 0, -1} {
		if p := alignedPeriod(extreme, int64(24*time.Hour), zoneOf(t, "America/New_York")); p.start > extreme || p.end < extreme {
			t.Errorf("%d: %v", extreme, p)
		}
	}
}
