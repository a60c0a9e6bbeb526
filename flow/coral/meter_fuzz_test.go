package coral

import (
	"slices"
	"testing"
	"time"
)

// FuzzMeter makes packets of 3 bytes each, and checks that rows, intervals and the sums over both
// add up to them for any configuration.
func FuzzMeter(f *testing.F) {
	f.Add([]byte("\x01\x00\x10\x01\x41\x20\x82\x00\x30\x01\x05\x40\xff\x06\x50\x07\x00\x60"), uint8(10), uint8(0), int8(0))
	f.Add([]byte("\x01\x00\x10\xc1\x41\x20\x82\x00\x30\x01\x05\x40\xff\x06\x50\x07\x00\x60"), uint8(3), uint8(0x7f), int8(2))
	f.Fuzz(func(t *testing.T, in []byte, width, mode uint8, hold int8) {
		cfg := Config{Interval: time.Duration(width%16) * time.Second, Align: mode&1 != 0 && width%16 != 0, Counters: Counters(mode >> 1 & 1), Hold: int(hold),
			MaxFlows: int(mode >> 4 & 7), Idle: time.Duration(mode>>3&1) * 5 * time.Second, MaxEmpty: 20}
		cfg.Active = mode&4 != 0 && cfg.Interval > 0 && cfg.Counters == LifetimeCounters
		var rows []Counter
		intervals := int64(0)
		groups, err := NewAggregate(BySrc, nil)
		if err != nil {
			t.Fatal(err)
		}
		sink := &checkedSink{sumSink: sumSink{row: func(r *Row) {
			c := r.Counter
			if c.Packets == 0 || c.First > c.Latest {
				t.Errorf("row %+v", *r)
			}
			rows = append(rows, c)
			if err := groups.WriteRow(r); err != nil {
				t.Fatal(err)
			}
		}}, ended: func() { intervals++ }}
		m, err := New(cfg, sink)
		if err != nil {
			t.Fatal(err)
		}
		now := 1_700_000_000 * sec
		var want Counter
		nonIP, given := uint64(0), uint64(0)
		for ; len(in) >= 3 && given < 500; in = in[3:] {
			now += int64(in[0]&0x1f) * sec / 2
			at := now
			if in[0]&0xe0 == 0xe0 {
				at -= int64(in[0]&0x1f) * sec // late
			}
			p := udp(at, int(in[1]&7))
			p.IPLen = 28 + int(in[2])
			if in[1]&0xc0 == 0xc0 {
				p = pkt(at, "", 0, "", 0, 0, 0)
				nonIP++
			} else {
				want.Add(&Counter{Packets: 1, Bytes: uint64(p.IPLen), First: at, Latest: at})
			}
			given++
			if err := m.WritePacket(p); err != nil {
				t.Fatal(err)
			}
		}
		if err := m.Flush(); err != nil {
			t.Fatal(err)
		}
		s := m.Stats()
		if s.Flow.Packets != given || s.Flow.Counted != want.Packets || s.Flow.Live != 0 || s.Rows != uint64(len(rows)) || int64(s.Intervals) != intervals {
			t.Errorf("%d packets, %d rows, %d intervals: %+v", given, len(rows), intervals, s)
		}
		if sink.iv.Packets != want.Packets || sink.iv.Bytes != want.Bytes || sink.iv.NonIP != nonIP || sink.iv.Late != s.Late {
			t.Errorf("intervals sum to %+v, want %+v and %d others", sink.iv, want, nonIP)
		}
		if cfg.Active { // rows of active flows repeat what earlier ones counted
			return
		}
		var got Counter
		for _, c := range rows {
			c.Flows = 0
			got.Add(&c)
		}
		if got != want {
			t.Errorf("rows sum to %+v, want %+v", got, want)
		}
		total := groups.Total()
		var tops Counter
		entries := groups.Top(groups.Len(), Packets)
		for _, e := range entries {
			tops.Add(&e.Counter)
		}
		if tops != total || groups.Left() != (Counter{}) || !slices.IsSortedFunc(entries, func(a, b Entry) int { return int(b.Packets) - int(a.Packets) }) {
			t.Errorf("groups sum to %+v, want %+v", tops, total)
		}
	})
}

// checkedSink is a sumSink that is told of each interval's end.
type checkedSink struct {
	sumSink
	ended func()
}

func (s *checkedSink) EndInterval(iv *Interval) error {
	s.ended()
	return s.sumSink.EndInterval(iv)
}
