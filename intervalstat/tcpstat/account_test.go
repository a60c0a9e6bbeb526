package tcpstat

import (
	"strings"
	"testing"

	"github.com/reeftools/reef/intervalstat"
	"github.com/reeftools/reef/pcapio"
)

// What tcpstat 1.5 printed for 100+1000 bytes in the first second, 500+500 in the fourth and 300 in
// the tenth.
func TestClassicSummaries(t *testing.T) {
	packets := []*pcapio.Packet{frame(1000, 114, 0x0800, 6), frame(1000.5, 1014, 0x0800, 6), frame(1003.25, 514, 0x0800, 6), frame(1004, 514, 0x0800, 6),
		frame(1009.5, 314, 0x0800, 6)}
	run := func(cfg ClassicConfig, packets []*pcapio.Packet, a *Account, b *Bandwidth) string {
		last := 0.0
		c, err := NewClassic(cfg, IntervalWriterFunc(func(v *Interval) error {
			last = v.Width
			if a != nil {
				return a.WriteInterval(v)
			}
			return b.WriteInterval(v)
		}))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range packets {
			if err := c.WritePacket(p); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Flush(); err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		if a != nil {
			a.Double(last)
			_, err = a.WriteTo(&out)
		} else {
			b.Double(last)
			_, err = b.WriteTo(&out)
		}
		if err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	for _, tt := range []struct {
		cfg     ClassicConfig
		packets []*pcapio.Packet
		a       *Account
		b       *Bandwidth
		want    string
	}{
		{ClassicConfig{Width: 1}, packets, &Account{}, nil, "Bytes/sec\t=    218.2  B\nBytes/minute\t=     12.8 KB\nBytes/hour\t=    767.0 KB\nBytes/day\t=     18.0 MB\nBytes/month\t=    539.3 MB\n"},
		{ClassicConfig{Whole: true}, packets[:1], &Account{}, nil, "Bytes/sec\t=   -100.0  B\nBytes/minute\t=  -6000.0  B\nBytes/hour\t= -360000.0  B\nBytes/day\t= -8640000.0  B\nBytes/month\t= -259200000.0  B\n"},
		{ClassicConfig{Width: 1}, packets, nil, &Bandwidth{Limit: 3000, CarryOver: true}, "Time exceeding 3000.00 bps:\t3.00 sec.\t(27.27% of the time)\nPeak Bandwidth: 8800.00 bps\n"},
		{ClassicConfig{Width: 1}, packets, nil, &Bandwidth{Limit: 3000}, "(Raw) Time exceeding 3000.00 bps:\t2.00 sec.\t(18.18% of the time)\nPeak Bandwidth: 8800.00 bps\n"},
		{ClassicConfig{Width: 1, Seconds: 20}, packets, nil, &Bandwidth{Limit: 1000}, "(Raw) Time exceeding 1000.00 bps:\t3.00 sec.\t(27.27% of the time)\nPeak Bandwidth: 8800.00 bps\n"},
		{ClassicConfig{Whole: true}, packets[:1], nil, &Bandwidth{Limit: 10}, "(Raw) Time exceeding 10.00 bps:\t0.00 sec.\t(-nan% of the time)\nPeak Bandwidth: inf bps\n"},
		{ClassicConfig{Whole: true}, nil, nil, &Bandwidth{Limit: 10}, "(Raw) Time exceeding 10.00 bps:\t0.00 sec.\t(0.00% of the time)\nPeak Bandwidth: 0.00 bps\n"},
	} {
		t.Run(tt.want, func(t *testing.T) {
			if got := run(tt.cfg, tt.packets, tt.a, tt.b); got != tt.want {
				t.Errorf("%+v:\ngot\n%s\nwant\n%s", tt.cfg, got, tt.want)
			}
		})
	}
}

// bucket is one of [from,to] seconds, whole.
func bucket(from, to int64, bytes uint64) *intervalstat.Bucket {
	return &intervalstat.Bucket{Start: from * 1e9, End: to * 1e9, From: from * 1e9, To: to * 1e9, Bytes: bytes, Packets: 1}
}

func TestModernSummaries(t *testing.T) {
	list := []*intervalstat.Bucket{bucket(0, 1, 500), bucket(1, 2, 0), bucket(2, 3, 310), bucket(8, 10, 300)}
	list[3].To = 9e9    // the capture ends
	list[3].Omitted = 2 // of 2 s each
	var a Account
	raw, carry := Bandwidth{Limit: 3000}, Bandwidth{Limit: 3000, CarryOver: true}
	for _, b := range list {
		for _, w := range []intervalstat.BucketWriter{&a, &raw, &carry} {
			if err := w.WriteBucket(b); err != nil {
				t.Fatal(err)
			}
		}
	}
	// 1110 bytes in 1+1+1+4+1 s.
	if a.Bytes != 1110 || a.Seconds != 8 {
		t.Errorf("%+v", a)
	}
	// 4000 bits are over 3000, and 1000 are carried; the empty second drains them, so that 2480
	// bits are not over.
	if carry.Exceeded != 1 || carry.Seconds != 8 || carry.Peak != 4000 || raw.Exceeded != 1 {
		t.Errorf("%+v %+v", carry, raw)
	}
}

func TestNothingInNoTime(t *testing.T) {
	var out strings.Builder
	var a Account
	if _, err := a.WriteTo(&out); err != nil || !strings.HasPrefix(out.String(), "Bytes/sec\t=      0.0  B\n") {
		t.Errorf("%v %q", err, out.String())
	}
}

// One packet covers no time, so that its rate is not known.
func TestAccountWithoutTime(t *testing.T) {
	var out strings.Builder
	if _, err := (&Account{Bytes: 46}).WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	if want := "Bytes/sec\t=      nan  B\nBytes/minute\t=      nan  B\nBytes/hour\t=      nan  B\nBytes/day\t=      nan  B\nBytes/month\t=      nan  B\n"; out.String() != want {
		t.Errorf("got %q", out.String())
	}
}
