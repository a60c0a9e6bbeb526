package flow

import (
	"slices"
	"testing"
	"time"

	"github.com/reeftools/reef/pcapio"
)

// tickMs is the clock of FuzzTable's packets. Timeouts lie half of one off, and a slot of the wheel
// is shorter than that, so that the moment at which the wheel notices a timeout does not matter:
// for the 15.05 s of FuzzTable a slot has 2^25 ns (TestFuzzTicks).
const tickMs = 100

const fuzzIdle = 15*time.Second + tickMs/2*time.Millisecond

// TestFuzzTicks checks what FuzzTable takes for granted of the wheel.
func TestFuzzTicks(t *testing.T) {
	var w wheel[struct{}]
	if w.init(nil, int64(fuzzIdle)); int64(1)<<w.shift >= int64(tickMs/2*time.Millisecond) {
		t.Errorf("a slot of %v is longer than half a tick", time.Duration(1)<<w.shift)
	}
}

// fuzzPackets makes packets of 4 bytes each: the time since the one before, the ends, the flags,
// and the length.
func fuzzPackets(in []byte, late bool) (packets []*pcapio.Packet) {
	now := int64(0)
	for ; len(in) >= 4 && len(packets) < 300; in = in[4:] {
		gap := 1 + int64(in[0]&0x3f)
		switch {
		case late && in[0]&0xc0 == 0xc0:
			gap = -gap
		case in[0]&0x80 != 0:
			gap *= 20
		}
		now += gap * tickMs * 1e6
		hosts := [...]string{"10.0.0.1:1", "10.0.0.2:2", "10.0.0.3:3", "10.0.0.3:4"}
		src, dst := hosts[in[1]&3], hosts[in[1]>>2&3]
		p := udp(now, src, dst, 28+int(in[3]))
		switch in[1] >> 4 {
		case 0:
			p.Status = pcapio.StatusNonIP
		case 1, 2:
			p = icmp(now, src[:8], dst[:8], in[2]&15, 0)
		case 3:
			p.VLAN, p.Layers = uint16(in[2]&1), p.Layers|pcapio.LayerVLAN
		case 4, 5, 6, 7, 8, 9:
			p = segment(now, src, dst, pcapio.TCPFlags(in[2]&0x17), uint32(in[3]&0xf0)<<8, uint32(in[3]&0x0f)<<12, int(in[2]>>5))
		}
		packets = append(packets, p)
	}
	return packets
}

// slowTable is the table of a configuration that ignores TCP state, with its bounds, as one would
// write it without a thought for speed: every packet looks at every flow. It is for packets in
// order of time.
func slowTable(cfg Config, packets []*pcapio.Packet) (done []Record) {
	cfg = cfg.withDefaults()
	var live []Record // the least recently seen first
	end := func(i int, why EndReason) Record {
		r := live[i]
		r.Reason = why
		done, live = append(done, r), slices.Delete(live, i, i+1)
		return r
	}
	for _, p := range packets {
		for i := 0; i < len(live); {
			if cfg.Idle > 0 && p.Time-live[i].End > int64(cfg.Idle) {
				end(i, IdleTimeout)
			} else {
				i++
			}
		}
		if !p.Status.HasIP() {
			continue
		}
		r, key, dir := Record{Start: p.Time}, KeyOf(p, &cfg), Forward
		r.Key = key
		i := slices.IndexFunc(live, func(r Record) bool { return r.Key == key || !cfg.Uni && r.Key == key.Reverse() })
		switch {
		case i < 0:
			if len(live) == cfg.MaxFlows {
				end(0, LackOfResources)
			}
			if !cfg.Uni {
				if dir, r.Method = firstDirection(p); dir == Reverse {
					r.Key = key.Reverse()
				}
			}
		case cfg.Active > 0 && p.Time-live[i].Start > int64(cfg.Active):
			before := end(i, ActiveTimeout)
			r.Key, r.Method, r.Part = before.Key, before.Method, before.Part+1
		default:
			r = live[i]
			live = slices.Delete(live, i, i+1)
		}
		if !cfg.Uni && r.Key != key { // never where a host talks to itself
			dir = Reverse
		}
		c := &r.Fwd
		if dir == Reverse {
			c = &r.Rev
		}
		c.Packets, c.Bytes, c.Flags = c.Packets+1, c.Bytes+uint64(p.IPLen), c.Flags|p.TCP.Flags
		r.End = p.Time
		live = append(live, r)
	}
	for len(live) > 0 {
		end(0, ForcedEnd)
	}
	slices.SortStableFunc(done, func(a, b Record) int { return a.Compare(&b) })
	return done
}

// firstDirection says what the first packet of a biflow tells: an answer has its receiver as source
// (RFC 5103, 5; RFC 792, 950, 1256).
func firstDirection(p *pcapio.Packet) (Direction, DirectionMethod) {
	switch asks := p.TCP.Flags & (syn | ack | rst); {
	case p.Layers&pcapio.LayerTCP != 0 && asks == syn:
		return Forward, Initiator
	case p.Layers&pcapio.LayerTCP != 0 && asks == synack:
		return Reverse, Initiator
	case p.Layers&pcapio.LayerICMP != 0:
		switch p.ICMP.Type {
		case 8, 10, 13, 15, 17:
			return Forward, Initiator
		case 0, 9, 14, 16, 18:
			return Reverse, Initiator
		}
	}
	return Forward, Arbitrary
}

// tally is what came of a table.
type tally struct {
	records []Record
	stats   Stats
}

// tableOf gives packets to a table, and checks what holds for every one.
func tableOf(t *testing.T, cfg Config, add bool, packets []*pcapio.Packet) tally {
	var got tally
	var adder func(*turned, *pcapio.Packet, Direction)
	if add { // else the table takes packets in groups
		adder = func(s *turned, _ *pcapio.Packet, d Direction) { s.ways[d]++ }
	}
	late := uint64(0)
	var last Record
	table, err := NewTable(cfg, adder, func(r *Record, s *turned) error {
		if add && (uint64(s.ways[0]) != r.Fwd.Packets || uint64(s.ways[1]) != r.Rev.Packets) {
			t.Errorf("%v packets added, %+v", s.ways, *r)
		}
		if r.Start > r.End || r.Packets() == 0 {
			t.Errorf("%+v", *r)
		}
		if len(got.records) > 0 && r.Compare(&last) < 0 {
			late++
		} else {
			last = *r
		}
		got.records = append(got.records, *r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := Counters{}
	skipped := uint64(0)
	for _, p := range packets {
		if err := table.WritePacket(p); err != nil {
			t.Fatal(err)
		}
		if !p.Status.HasIP() {
			skipped++
			continue
		}
		want.Packets, want.Bytes = want.Packets+1, want.Bytes+uint64(p.IPLen)
	}
	if err := table.Flush(); err != nil {
		t.Fatal(err)
	}
	s := table.Stats()
	reconcile(t, s)
	var sums Counters
	reasons := [6]uint64{}
	for _, r := range got.records {
		sums.Packets, sums.Bytes = sums.Packets+r.Packets(), sums.Bytes+r.Bytes()
		reasons[r.Reason]++
	}
	if s.Packets != uint64(len(packets)) || s.Counted != want.Packets || s.Skipped.Total() != skipped || sums != want {
		t.Errorf("%d packets in, %+v counted, %d skipped; records have %+v; %+v", len(packets), want, skipped, sums, s)
	}
	if s.Live != 0 || s.Flows != uint64(len(got.records)) || s.Ended != reasons || s.Late != late || s.MaxLive > uint64(table.cfg.MaxFlows) {
		t.Errorf("%d records, reasons %v, %d late; %+v", len(got.records), reasons, late, s)
	}
	if table.order.held != 0 || table.order.head != none || len(table.parts) != 0 {
		t.Error("state is left over")
	}
	got.stats = s
	return got
}

// FuzzTable compares a table with slow models where there is one for the configuration; for all of
// them counts reconcile, bounds hold, and neither the hash seed nor the groups of packets show.
func FuzzTable(f *testing.F) {
	f.Add([]byte("\x01\x54\x02\x10\x01\x51\x12\x10\x02\xa4\x00\x20\x01\xf1\x00\x30\x8f\x54\x10\x00\x01\xb8\x00\x00"), uint8(2), int8(0), uint8(0))
	f.Add([]byte("\x01\xf4\x00\x10\xc1\xf1\x00\x10\x02\xf8\x00\x20\xd1\xf2\x00\x30\x8f\x04\x10\x00\x01\xf8\x00\x00"), uint8(1), int8(3), uint8(0xff))
	f.Add([]byte("\x01\x1b\x08\x10\x01\x1e\x00\x10\x02\x3b\x01\x20\x01\x3b\x00\x30\xbf\x14\x08\x00\x81\x11\x00\x00"), uint8(0), int8(-1), uint8(0x0a))
	f.Fuzz(func(t *testing.T, in []byte, maxFlows uint8, hold int8, mode uint8) {
		cfg := Config{MaxFlows: int(maxFlows % 16), Hold: int(hold), Uni: mode&1 != 0, VLAN: mode&2 != 0, Idle: fuzzIdle}
		late, byTime := mode&4 != 0, mode&8 != 0
		if byTime {
			cfg.Linger = -1
		}
		if mode&16 != 0 {
			cfg.Active = 12*time.Second + tickMs/2*time.Millisecond
		}
		if mode&32 != 0 {
			cfg.Idle = -1
		}
		packets := fuzzPackets(in, late)
		cfg.Seed = 1
		got := tableOf(t, cfg, false, packets)
		cfg.Seed = 2
		again := tableOf(t, cfg, true, packets)
		if !slices.Equal(got.records, again.records) || got.stats != again.stats {
			t.Errorf("seed 1: %+v, %+v\nseed 2 and not in groups: %+v, %+v", got.records, got.stats, again.records, again.stats)
		}
		switch {
		case late:
		case byTime:
			want := slowTable(cfg, packets)
			slices.SortStableFunc(got.records, func(a, b Record) int { return a.Compare(&b) })
			if len(got.records) != len(want) {
				t.Errorf("%d records, want %d", len(got.records), len(want))
			}
			for i, w := range want[:min(len(want), len(got.records))] {
				if got.records[i] != w {
					t.Fatalf("record %d\n%+v\nwant\n%+v", i, got.records[i], w)
				}
			}
		case cfg.MaxFlows == 0 && cfg.Active == 0 && cfg.Idle > 0:
			// That model knows nothing of ICMP.
			if slices.ContainsFunc(packets, func(p *pcapio.Packet) bool { return p.Layers&pcapio.LayerICMP != 0 }) {
				return
			}
			packets = slices.DeleteFunc(packets, func(p *pcapio.Packet) bool { return !p.Status.HasIP() })
			sameRecords(t, got.records, model(cfg, packets))
		}
	})
}
