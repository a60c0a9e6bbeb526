package edit

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"
)

const march18 = 1300475167_096535000 // 2011-03-18 19:06:07.096535 UTC

// TestTimeSpec holds what tcpslice 1.5 -d prints for a capture that begins at march18, and beyond
// it notations of reef's own.
func TestTimeSpec(t *testing.T) {
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Skip("no time zones here:", err)
	}
	for _, test := range []struct {
		text        string
		utc, inZone int64 // microseconds
	}{
		{"1300475168.5", 1300475168_500000, 1300475168_500000},
		{"1300475168.123456", 1300475168_123456, 1300475168_123456},
		{"0", 0, 0},
		{"+0.5", 1300475167_596535, 1300475167_596535},
		{"+1s500000u", 1300475168_596535, 1300475168_596535},
		{"+1m", 1300475227_096535, 1300475227_096535},
		{"+1y", 1332097567_096535, 1332097567_096535},
		{"+1h", 1300478767_096535, 1300478767_096535},
		{"+1d", 1300561567_096535, 1300561567_096535},
		{"+5u", 1300475167_096540, 1300475167_096540},
		{"19h6m9s", 1300475169_000000, 1300489569_000000},
		{"2011y", 1293840000_000000, 1293858000_000000},
		{"3m18d", 1300406400_000000, 1300420800_000000},
		{"18d", 1300406400_000000, 1300420800_000000},
		{"6m8s", 1300475168_000000, 1300475168_000000},
		{"11y3m18d19h6m8s500000u", 1300475168_500000, 1300489568_500000},
		{"5u", 1300475167_000005, 1300475167_000005},
		{"70y", 0, 18000_000000},
		{"69y", 3124224000_000000, 3124242000_000000},
		{"3m", 1300474980_000000, 1300474980_000000},
		{"3m18d5m", 1300406700_000000, 1300421100_000000},
		{"2011y3m", 1293840180_000000, 1293858180_000000},
		// Where tcpslice is wrong or refuses.
		{"+1m2d", 1303326367_096535, 1303326367_096535}, // it adds one month less
		{"+31d", 1303153567_096535, 1303153567_096535},
		{"+90s", 1300475257_096535, 1300475257_096535},
		{"+1500000u", 1300475168_596535, 1300475168_596535},
		// Not in tcpslice.
		{"2011-03-18T19:06:08Z", 1300475168_000000, 1300475168_000000},
		{"2011-03-18T19:06:08.25+02:00", 1300467968_250000, 1300467968_250000},
		{"2011-03-18T19:06:08.5", 1300475168_500000, 1300489568_500000},
		{"2011-03-18T19:06", 1300475160_000000, 1300489560_000000},
	} {
		t.Run(test.text, func(t *testing.T) {
			spec, err := ParseTimeSpec(test.text)
			if err != nil {
				t.Fatal(err)
			}
			for zone, want := range map[*time.Location]int64{time.UTC: test.utc, newYork: test.inZone} {
				if got, err := spec.At(march18, zone); err != nil || got != want*1000 {
					t.Errorf("in %v: %d, want %d; %v", zone, got/1000, want, err)
				}
			}
			if !IsTimeSpec(test.text) || spec.Relative() != strings.HasPrefix(test.text, "+") || spec.String() != test.text {
				t.Errorf("%v, %v", spec, spec.Relative())
			}
		})
	}
	if spec, err := ParseTimeSpec("+0.000000001"); err != nil {
		t.Error(err)
	} else if got, err := spec.At(march18, time.UTC); err != nil || got != march18+1 {
		t.Errorf("a nanosecond later: %d, %v", got, err)
	}
}

func TestTimeSpecRefuses(t *testing.T) {
	for text, isTime := range map[string]bool{"": false, "+": false, ".": false, "5.": false, ".5": false, "a.pcap": false, "m.pcap": false, "d": false,
		"3m5h": false, "1y2y": false, "+1.5s": false, "19h6m8s.5": false, "-5": false, "x-1.pcap": false, "+2011-03-18T19:06:08Z": false, "2011-03-18": false,
		"1s2": false, "100y": true, "32d": true, "25h": true, "60s": true, "60m": true, "13m1d": true, "0m1d": true, "0d": true, "2m30d": true,
		"1000000u": true, "9999999999999s": true, "9300000000": true, "1.1234567890": true, "99999999999999999999": true} {
		t.Run(strconv.Quote(text), func(t *testing.T) {
			spec, err := ParseTimeSpec(text)
			if err == nil {
				_, err = spec.At(march18, time.UTC)
			}
			var bad *TimeError
			if !errors.As(err, &bad) || bad.Text != text {
				t.Error(err)
			}
			if IsTimeSpec(text) != isTime {
				t.Errorf("IsTimeSpec gives %v", !isTime)
			}
		})
	}
}

func TestParseWindow(t *testing.T) {
	for _, test := range []struct {
		name, start, end string
		want             Window
	}{
		{"all", "", "", AllTime},
		{"without end", "+1", "", Window{Start: 1_001e9, End: math.MaxInt64}},
		{"relative", "+1", "+2", Window{Start: 1_001e9, End: 1_003e9}},
		{"without start", "", "+2", Window{Start: math.MinInt64, End: 1_002e9}},
		{"absolute", "500", "2000", Window{Start: 500e9, End: 2000e9}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got, err := ParseWindow(test.start, test.end, 1000e9, time.UTC); err != nil || got != test.want {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	for _, bad := range [][2]string{{"x", ""}, {"", "x"}, {"2m30d", ""}, {"", "2m30d"}} {
		if _, err := ParseWindow(bad[0], bad[1], 0, time.UTC); err == nil {
			t.Errorf("%q taken", bad)
		}
	}
	closed, open := Window{Start: 1, End: 3}, Window{Start: 1, End: 3, HalfOpen: true}
	for _, test := range []struct {
		name                 string
		at                   int64
		inClosed, inHalfOpen bool
	}{
		{"before", 0, false, false},
		{"start", 1, true, true},
		{"within", 2, true, true},
		{"end", 3, true, false},
		{"after", 4, false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if c, o := closed.Contains(test.at), open.Contains(test.at); c != test.inClosed || o != test.inHalfOpen {
				t.Errorf("%v in the closed window, %v in the half-open one", c, o)
			}
		})
	}
}

func FuzzTimeSpec(f *testing.F) {
	for _, s := range []string{"1300475168.5", "+1m2d", "11y3m18d19h6m8s500000u", "2011-03-18T19:06:08Z", "+9223372036", "2262y12m31d", "0000-01-01T00:00:00Z"} {
		f.Add(s, int64(march18))
	}
	f.Fuzz(func(t *testing.T, text string, base int64) {
		spec, err := ParseTimeSpec(text)
		if err != nil {
			var e *TimeError
			if !errors.As(err, &e) {
				t.Fatalf("%q: error %T", text, err)
			}
			return
		}
		at, err := spec.At(base, time.UTC)
		if err == nil && spec.Relative() && at < base {
			t.Fatalf("%q after %d is %d", text, base, at)
		}
	})
}
