package flow

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/reeftools/reef/pcapio"
)

// traffic makes n packets of many small flows: random gaps around the timeouts, TCP ends, a share
// of the packets late.
func traffic(seed uint64, n, hosts int, late float64) []*pcapio.Packet {
	r := rand.New(rand.NewPCG(seed, 0))
	var out []*pcapio.Packet
	now := base
	for range n {
		now += r.Int64N(2 * second)
		p := &pcapio.Packet{Status: pcapio.StatusOK, Layers: pcapio.LayerIPv4 | pcapio.LayerTCP, IPVersion: 4, Proto: 6, PortsOK: true, IPLen: 40 + r.IntN(1000)}
		p.Time = now
		if r.Float64() < late {
			p.Time -= r.Int64N(3 * second)
		}
		binary.BigEndian.PutUint16(p.Src[14:], uint16(r.IntN(hosts)))
		binary.BigEndian.PutUint16(p.Dst[14:], uint16(r.IntN(hosts)))
		p.SrcPort, p.DstPort = 1, 1
		p.TCP.Flags = []pcapio.TCPFlags{ack, ack, ack, syn, synack, finack, rst, rst | ack}[r.IntN(8)]
		// Few numbers, some a window apart and some around the wrap, so that all relations of two
		// of them are met often.
		numbers := []uint32{0xffffff00, 0xffffffff, 0, 1, 100, 101, 70_000, 1 << 21, 1 << 25, 3 << 30}
		p.TCP.Seq, p.TCP.Ack = numbers[r.IntN(len(numbers))], numbers[r.IntN(len(numbers))]
		if r.IntN(3) == 0 {
			p.PayloadLen = 1 + r.IntN(100)
		}
		out = append(out, p)
	}
	return out
}

// model is the table as one would write it without a thought for speed: the rules of Config, and
// sorting at the end. It has no clock, so it holds for packets in order of time.
func model(cfg Config, packets []*pcapio.Packet) []Record {
	type open struct {
		Record
		tcpModel
	}
	cfg = cfg.withDefaults()
	flows := map[Key]*open{}
	var done []Record
	end := func(f *open, why EndReason) {
		f.Reason = why
		done = append(done, f.Record)
		delete(flows, f.Key)
	}
	for _, p := range packets {
		key := KeyOf(p, &cfg)
		f, dir := flows[key], Forward
		if r := flows[key.Reverse()]; f == nil && r != nil && !cfg.Uni {
			f, dir = r, Reverse
		}
		if f != nil {
			gap := max(p.Time-f.End, f.Start-p.Time)
			limit, why := f.limit(&cfg)
			switch {
			case gap > limit:
				end(f, why)
				f = nil
			case f.renewed(p, dir):
				end(f, EndOfFlow)
				f = nil
			}
		}
		if f == nil {
			f, dir = &open{Record: Record{Key: key, Start: p.Time, End: p.Time}}, Forward
			if asks := p.TCP.Flags & (syn | ack | rst); !cfg.Uni && asks == syn {
				f.Method = Initiator
			} else if !cfg.Uni && asks == synack {
				f.Method, f.Key, dir = Initiator, key.Reverse(), Reverse
			}
			flows[f.Key] = f
		}
		if !cfg.Uni && p.TCP.Flags&(syn|rst) == syn && f.Method == Arbitrary && f.own(p, dir) {
			asks := Forward
			if p.TCP.Flags&ack != 0 {
				asks = Reverse
			}
			if f.Method = Initiator; dir != asks {
				delete(flows, f.Key)
				f.Key, f.Fwd, f.Rev, dir = f.Key.Reverse(), f.Rev, f.Fwd, asks
				flows[f.Key] = f
				f.turn()
			}
		}
		f.take(p, dir)
		c := &f.Fwd
		if dir == Reverse {
			c = &f.Rev
		}
		c.Packets, c.Bytes, c.Flags = c.Packets+1, c.Bytes+uint64(p.IPLen), c.Flags|p.TCP.Flags
		f.Start, f.End = min(f.Start, p.Time), max(f.End, p.Time)
	}
	for _, f := range flows {
		if _, why := f.limit(&cfg); why == EndOfFlow {
			end(f, EndOfFlow)
		} else {
			end(f, ForcedEnd)
		}
	}
	slices.SortStableFunc(done, func(a, b Record) int { return a.Compare(&b) })
	return done
}

// At the end of input a table still says "idle timeout" where the clock has passed it; the model
// only looks at a flow's own next packet. So reasons are compared where the model knows them.
func TestTableEqualsModel(t *testing.T) {
	for seed := range uint64(60) {
		cfg := Config{Uni: seed%2 == 1, Idle: time.Duration(5+seed%20) * time.Second}
		packets := traffic(seed, 2000, 4+int(seed)%12, 0)
		var got []Record
		table, err := NewTable(cfg, nil, func(r *Record, _ *struct{}) error { got = append(got, *r); return nil })
		if err != nil {
			t.Fatal(err)
		}
		feed(t, table, packets)
		reconcile(t, table.Stats())
		slices.SortStableFunc(got, func(a, b Record) int { return a.Compare(&b) })
		want := model(cfg, packets)
		for i := range min(len(got), len(want)) {
			if want[i].Reason == ForcedEnd {
				got[i].Reason = ForcedEnd
			}
			if got[i] != want[i] {
				t.Fatalf("seed %d record %d\ngot  %+v\nwant %+v", seed, i, got[i], want[i])
			}
		}
		if len(got) != len(want) {
			t.Fatalf("seed %d: %d records, want %d", seed, len(got), len(want))
		}
	}
}

// The hash seed must not show.
func TestOutputDoesNotDependOnSeed(t *testing.T) {
	packets := traffic(1, 20000, 100, 0.1)
	var first string
	for seed := range uint64(4) {
		for _, hold := range []int{0, 10, -1} {
			got, s := run(t, Config{Seed: seed, MaxFlows: 300, Hold: hold}, packets...)
			if hold == 0 && s.Late != 0 {
				t.Errorf("%d records out of order", s.Late)
			}
			if hold == 10 {
				if first == "" {
					first = got
				}
				if got != first {
					t.Fatalf("seed %d: other output", seed)
				}
			}
		}
	}
}

func TestBounds(t *testing.T) {
	const flows = 50_000
	table, err := NewTable(Config{MaxFlows: 1000, Hold: 500}, nil, func(*Record, *[100]byte) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	p := tcp(0, a, b, syn, 40)
	for i := range flows {
		binary.BigEndian.PutUint32(p.Src[12:], uint32(i))
		p.Time++
		if err := table.WritePacket(p); err != nil {
			t.Fatal(err)
		}
	}
	s := table.Stats()
	reconcile(t, s)
	if s.Live != 1000 || s.MaxLive != 1000 || s.Ended[LackOfResources] != flows-1000 || s.Late != 0 {
		t.Errorf("stats %+v", s)
	}
	if got := int(table.store.len); got > 1502 {
		t.Errorf("%d entries for at most 1000 live and 500 waiting flows", got)
	}
}

// One flow that never ends must not make the others wait for ever.
func TestHoldIsBounded(t *testing.T) {
	given, first := 0, uint16(0)
	table, err := NewTable(Config{Idle: time.Second, Hold: 100}, nil, func(r *Record, _ *struct{}) error {
		given++
		if first == 0 {
			first = r.Key.SrcPort
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	long, short := udp(0, a, b, 1), udp(0, c, b, 1)
	for i := range int64(20000) {
		long.Time, short.Time, short.SrcPort = base+i*second/10, base+i*second/10, uint16(i+1)
		for _, p := range []*pcapio.Packet{long, short} {
			if err := table.WritePacket(p); err != nil {
				t.Fatal(err)
			}
		}
	}
	if table.store.len > 1024 || given < 19000 || first != 1 {
		t.Errorf("%d entries, %d records given out, first from port %d", table.store.len, given, first)
	}
	if err := table.Flush(); err != nil {
		t.Fatal(err)
	}
	if s := table.Stats(); s.Late != 1 || given != 20001 {
		t.Errorf("%d records, %d late", given, s.Late)
	}
}

// All flows of one time stamp, as in captures without clock: order by key, and no quadratic time.
func TestOneTimeStamp(t *testing.T) {
	var last Key
	n := 0
	table, err := NewTable(Config{}, func(*struct{}, *pcapio.Packet, Direction) {}, func(r *Record, _ *struct{}) error {
		if n++; r.Key.Compare(&last) < 0 {
			return fmt.Errorf("%v after %v", r.Key, last)
		}
		last = r.Key
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	p := udp(0, a, b, 1)
	for i := range 60_000 {
		binary.BigEndian.PutUint32(p.Src[12:], uint32(i)*2654435761)
		if err := table.WritePacket(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := table.Flush(); err != nil || n != 60_000 {
		t.Error(n, err)
	}
}

// Keys that collide under one seed, found by search, must spread under another: nobody can craft
// them for a random seed.
func TestCraftedCollisions(t *testing.T) {
	h := newHasher(7, false)
	var colliding []packed
	k := packed{version: 4, proto: 6, portsOK: true}
	for i := uint32(0); len(colliding) < 2000; i++ {
		binary.BigEndian.PutUint32(k.src[12:], i)
		if h.sum(&k)>>22 == 0 { // the first of 1024 homes
			colliding = append(colliding, k)
		}
	}
	longest := func(seed uint64) (n int) {
		h, homes := newHasher(seed, false), map[uint32]int{}
		for i := range colliding {
			home := h.sum(&colliding[i]) >> 22
			homes[home]++
			n = max(n, homes[home])
		}
		return n
	}
	if n := longest(7); n != 2000 {
		t.Errorf("under their own seed %d of 2000 collide", n)
	}
	for _, seed := range []uint64{0, 0, 1, 2, 3} { // 0 draws a random seed
		if n := longest(seed); n > 20 { // 2 expected; 20 has a probability below 1e-10
			t.Errorf("seed %d: %d keys share a home", seed, n)
		}
	}
}

// Structured address plans (counters, same low bits, swapped ends) must spread like random keys.
func TestHashSpreads(t *testing.T) {
	for seed := range uint64(20) {
		testHashSpreads(t, newHasher(seed+1, seed%2 == 1))
	}
}

func testHashSpreads(t *testing.T, h hasher) {
	for name, set := range map[string]func(i uint32, k *packed){
		"source counts":   func(i uint32, k *packed) { binary.BigEndian.PutUint32(k.src[12:], i) },
		"high bits count": func(i uint32, k *packed) { binary.BigEndian.PutUint32(k.src[12:], i<<16) },
		"both count": func(i uint32, k *packed) {
			binary.BigEndian.PutUint32(k.src[12:], i)
			binary.BigEndian.PutUint32(k.dst[12:], i+1)
		},
		"ports count":        func(i uint32, k *packed) { k.srcPort, k.dstPort = uint16(i), uint16(i>>8) },
		"tunnel id counts":   func(i uint32, k *packed) { k.tunnelID = i },
		"vlan counts":        func(i uint32, k *packed) { k.vlan, k.innerVLAN = uint16(i&0xfff), uint16(i>>12) },
		"ipv6 prefix counts": func(i uint32, k *packed) { binary.BigEndian.PutUint32(k.src[4:], i) },
	} {
		homes := map[uint32]int{}
		most := 0
		for i := range uint32(1 << 14) {
			k := packed{version: 4, proto: 6, portsOK: true}
			set(i, &k)
			home := h.sum(&k) >> 18 // as many homes as keys
			homes[home]++
			most = max(most, homes[home])
		}
		if most > 12 || len(homes) < 1<<13 { // random: 7 at most, 63 % of homes
			t.Errorf("%s: %d homes used, %d keys in one", name, len(homes), most)
		}
	}
}

// Both directions of a biflow have one hash; of unidirectional flows each has its own.
func TestHashOfDirections(t *testing.T) {
	for _, uni := range []bool{false, true} {
		h := newHasher(3, uni)
		same := 0
		for i := range uint32(1000) {
			k := packed{version: 4, proto: 6, portsOK: true, srcPort: uint16(i), dstPort: 80}
			binary.BigEndian.PutUint32(k.src[12:], i)
			r := k.reverse()
			if h.sum(&k) == h.sum(&r) {
				same++
			}
		}
		if uni && same > 1 || !uni && same != 1000 {
			t.Errorf("uni %v: %d of 1000 reversed keys hash alike", uni, same)
		}
	}
}

func TestWritePacketDoesNotAllocate(t *testing.T) {
	packets := traffic(5, 5000, 50, 0.1)
	table, err := NewTable(Config{Idle: 5 * time.Second, MaxFlows: 400}, func(n *int, _ *pcapio.Packet, _ Direction) { *n++ },
		func(*Record, *int) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	span := packets[len(packets)-1].Time - packets[0].Time + 10*second
	all := func() {
		for _, p := range packets {
			if err := table.WritePacket(p); err != nil {
				t.Fatal(err)
			}
			p.Time += span
		}
	}
	all()
	if n := testing.AllocsPerRun(3, all); n != 0 {
		t.Errorf("%v allocations for %d packets", n, len(packets))
	}
}
