package tcpstat

import (
	"fmt"
	"io"
	"math"

	"github.com/reeftools/reef/intervalstat"
)

// Account adds up intervals for the average byte rates of -a.
type Account struct {
	Bytes   float64
	Seconds float64
}

// WriteBucket adds an interval with the time that the capture covers of it. It makes Account an
// [intervalstat.BucketWriter].
func (a *Account) WriteBucket(b *intervalstat.Bucket) error {
	a.Bytes += float64(b.Bytes)
	a.Seconds += covered(b)
	return nil
}

// covered is the time of an interval and of the empty ones that were left out before it, in
// seconds.
func covered(b *intervalstat.Bucket) float64 {
	return float64(b.Covered())/1e9 + float64(float64(b.Omitted)*float64(b.End-b.Start)/1e9)
}

// WriteInterval adds an interval as tcpstat does: with its whole width, even if the capture covers
// only part of it. Call [Account.Double] after the last one.
func (a *Account) WriteInterval(v *Interval) error {
	if !v.Padding {
		a.Bytes += v.Bytes
		a.Seconds += v.Width
	}
	return nil
}

// Double adds the time of an interval without its bytes. tcpstat counts the time of the last
// interval twice, so give its width to Double to get tcpstat's result. For an interval of no
// length, as one packet makes with Whole, tcpstat takes -1 s.
func (a *Account) Double(width float64) {
	if width == 0 {
		width = -1
	}
	a.Seconds += width
}

// WriteTo writes the rates by second, minute, hour, day and month of 30 days, in units of 1024.
// They are nan if no time was covered.
func (a *Account) WriteTo(w io.Writer) (int64, error) {
	rate, known := 0.0, a.Bytes == 0 || a.Seconds != 0
	if a.Bytes != 0 && known {
		rate = a.Bytes / a.Seconds
	}
	var total int64
	for _, period := range [...]struct {
		name    string
		seconds float64
	}{{"sec", 1}, {"minute", 60}, {"hour", 3600}, {"day", 86400}, {"month", 30 * 86400}} {
		x, unit := rate*period.seconds, 0
		for x >= 1024 && unit < 3 {
			x, unit = x/1024, unit+1
		}
		number := "nan"
		if known {
			number = string(appendFloat(nil, x, 1))
		}
		n, err := fmt.Fprintf(w, "Bytes/%s\t= %8s %2s\n", period.name, number, [...]string{"B", "KB", "MB", "GB"}[unit])
		if total += int64(n); err != nil {
			return total, err
		}
	}
	return total, nil
}

// Bandwidth tells for how long a line of a given rate would have been too slow (-b and -B).
type Bandwidth struct {
	// Limit is the rate of the line in bits/s.
	Limit float64
	// CarryOver takes what is over the limit in one interval over to the next (-b); otherwise it is
	// forgotten (-B).
	CarryOver bool

	Exceeded float64 // seconds of the intervals over the limit
	Seconds  float64 // of all intervals
	Peak     float64 // highest bit rate of an interval
	carried  float64 // bits; for WriteInterval bits/s, which is the same where all intervals are
}

// WriteBucket adds an interval: it is over the limit if its bits, with those carried over, are more
// than the line takes in the time that the capture covers of it. It makes Bandwidth an
// [intervalstat.BucketWriter]; use Config.Empty, since silence drains what was carried.
func (w *Bandwidth) WriteBucket(b *intervalstat.Bucket) error {
	seconds := covered(b)
	bits := 8*float64(b.Bytes) + w.carried
	if line := w.Limit * seconds; bits > line {
		w.Exceeded += seconds
		bits -= line
	} else {
		bits = 0
	}
	if w.CarryOver {
		w.carried = bits
	}
	w.Seconds += seconds
	if rate := b.BitRate(); rate > w.Peak {
		w.Peak = rate
	}
	return nil
}

// WriteInterval adds an interval as tcpstat does: an empty one carries over unchanged what it got.
func (w *Bandwidth) WriteInterval(v *Interval) error {
	if v.Padding {
		return nil
	}
	w.Seconds += v.Width
	if v.Packets == 0 {
		return nil
	}
	bps := v.BitRate()
	w.Peak = math.Max(w.Peak, bps)
	if bps += w.carried; bps > w.Limit {
		w.Exceeded += v.Width
	}
	if w.CarryOver {
		w.carried = math.Max(0, bps-w.Limit)
	}
	return nil
}

// Double is [Account.Double].
func (w *Bandwidth) Double(width float64) { w.Seconds += width }

// WriteTo writes the two lines of tcpstat.
func (w *Bandwidth) WriteTo(out io.Writer) (int64, error) {
	raw := "(Raw) "
	if w.CarryOver {
		raw = ""
	}
	b := append([]byte(raw), "Time exceeding "...)
	b = appendFloat(b, w.Limit, 2)
	b = append(b, " bps:\t"...)
	b = appendFloat(b, w.Exceeded, 2)
	b = append(b, " sec.\t("...)
	share := 0.0
	if w.Peak > 0 || w.Seconds > 0 {
		share = 100 * w.Exceeded / w.Seconds
	}
	b = appendFloat(b, share, 2)
	b = append(b, "% of the time)\nPeak Bandwidth: "...)
	b = appendFloat(b, w.Peak, 2)
	n, err := out.Write(append(b, " bps\n"...))
	return int64(n), err
}
