package pcapio

import (
	"testing"
	"time"
)

// fragmentOf4 builds a fragment with identification id; offset in bytes.
func fragmentOf4(id, offset int, more bool, payload []byte) []byte {
	bits := offset / 8
	if more {
		bits |= 0x2000
	}
	return with(ip4with(17, bits, nil, payload), 4, id)
}

// Type and code of ICMP stand for the ports.
func TestFragmentICMP(t *testing.T) {
	ask := ip4(1, icmpMsg(8, 0, 7, 9, make([]byte, 8)))
	ask[4], ask[5], ask[6] = 0, 1, 0x20
	rest := fragmentOf4(1, 16, false, make([]byte, 8))
	rest[9] = 1
	for _, f := range []struct {
		name    string
		packets [][]byte // the last is asked for
		want    ICMP
		in      Layers
	}{
		{"first", [][]byte{ask}, ICMP{Type: 8, ID: 7, Seq: 9}, LayerIPv4 | LayerICMP},
		{"later", [][]byte{ask, rest}, ICMP{Type: 8, Inherited: true}, LayerIPv4},
	} {
		t.Run(f.name, func(t *testing.T) {
			d := NewDecoder(nil, DecodeConfig{})
			var p *Packet
			for _, data := range f.packets {
				p = packetOf(LinkRaw, data)
				d.Decode(p)
			}
			if p.ICMP != f.want || p.PortsOK || p.SrcPort != 0 || p.Layers != f.in {
				t.Errorf("%+v, layers %v, ports %v", p.ICMP, p.Layers, p.PortsOK)
			}
		})
	}
}

// A later fragment of a TCP segment knows the sequence number of its first byte. The first one has
// 24 bytes of TCP header, with sequence number 0x01020304, and 16 of payload, so its datagram goes
// on at 40, of which 16 are payload.
func TestFragmentSequence(t *testing.T) {
	options := []byte{1, 1, 1, 0}
	segment := func(flags int) []byte { return tcpSeg(flags, options, make([]byte, 16)) }
	first4 := func(flags int) []byte { return with(ip4with(6, 0x2000, nil, segment(flags)), 4, 1) }
	later4 := func(offset int) []byte { return with(ip4with(6, offset/8, nil, make([]byte, 8)), 4, 1) }
	ah4 := func(fragment int, payload []byte) []byte { return with(ip4with(51, fragment, nil, payload), 4, 1) }
	v6 := func(offset int, more int, next int, payload []byte) []byte {
		return ip6(44, fragmentHeader(next, offset|more, 9, payload))
	}
	for _, f := range []struct {
		name         string
		first, later []byte
		ok           bool
		seq          uint32
		offset       uint16
	}{
		{"IPv4", first4(0x10), later4(40), true, 0x01020314, 16},
		{"further on", first4(0x10), later4(80), true, 0x0102033c, 56},
		{"SYN with data", first4(0x02), later4(40), true, 0x01020315, 16},
		{"overlaps the header", first4(0x10), later4(16), false, 0, 0},
		{"IP options", with(ip4with(6, 0x2000, []byte{1, 1, 1, 0}, segment(0x10)), 4, 1), later4(40), true, 0x01020314, 16},
		{"authentication header", ah4(0x2000, authHeader(6, segment(0x10))), ah4((24+40)/8, make([]byte, 8)), true, 0x01020314, 16},
		{"IPv6", v6(0, 1, 6, segment(0x10)), v6(40, 0, 6, make([]byte, 8)), true, 0x01020314, 16},
		{"IPv6 with a header behind that of fragments", v6(0, 1, 60, ext(6, 0, segment(0x10))), v6(48, 0, 60, make([]byte, 8)), true, 0x01020314, 16},
		{"not TCP", fragmentOf4(1, 0, true, udpSeg(7, 53, make([]byte, 16))), fragmentOf4(1, 24, false, make([]byte, 8)), false, 0, 0},
		{"cut TCP header", with(ip4with(6, 0x2000, nil, segment(0x10)[:16]), 4, 1), later4(40), false, 0, 0},
	} {
		t.Run(f.name, func(t *testing.T) {
			d := NewDecoder(nil, DecodeConfig{})
			p := packetOf(LinkRaw, f.first)
			d.Decode(p)
			if p.TCPInherited || p.TCPOffset != 0 {
				t.Error("the first fragment inherits")
			}
			p = packetOf(LinkRaw, f.later)
			d.Decode(p)
			if want := (TCP{Seq: f.seq}); p.Status != StatusFragment || p.TCPInherited != f.ok || p.TCPOffset != f.offset || p.TCP != want {
				t.Errorf("%v, inherited %v at %d, %+v", p.Status, p.TCPInherited, p.TCPOffset, p.TCP)
			}
		})
	}
}

func TestFragmentPorts(t *testing.T) {
	const second = int64(time.Second)
	first := func(id, src int) []byte { return fragmentOf4(id, 0, true, udpSeg(src, 53, make([]byte, 8))) }
	later := func(id int) []byte { return fragmentOf4(id, 16, false, make([]byte, 8)) }
	type step struct {
		time    int64
		data    []byte
		srcPort uint16 // 0: ports are not known
	}
	for _, f := range []struct {
		name  string
		cfg   DecodeConfig
		steps []step
		want  [3]uint64 // FirstFragments, FragmentHits, FragmentMisses
	}{
		{"in order", DecodeConfig{}, []step{{0, first(1, 7), 7}, {1, later(1), 7}, {2, later(1), 7}}, [3]uint64{1, 2, 0}},
		{"later before first", DecodeConfig{}, []step{{0, later(1), 0}, {1, first(1, 7), 7}, {2, later(1), 7}}, [3]uint64{1, 1, 1}},
		{"other identification", DecodeConfig{}, []step{{0, first(1, 7), 7}, {1, later(2), 0}}, [3]uint64{1, 0, 1}},
		{"newest first fragment", DecodeConfig{}, []step{{0, first(1, 7), 7}, {1, first(1, 8), 8}, {2, later(1), 8}}, [3]uint64{2, 1, 0}},
		{"newest has no ports", DecodeConfig{}, []step{{0, first(1, 7), 7}, {1, fragmentOf4(1, 0, true, nil), 0}, {2, later(1), 0}}, [3]uint64{1, 0, 1}},
		{"timeout", DecodeConfig{}, []step{{0, first(1, 7), 7}, {30 * second, later(1), 7}, {30*second + 1, later(1), 0}}, [3]uint64{1, 1, 1}},
		{"own timeout", DecodeConfig{FragmentTimeout: time.Second}, []step{{0, first(1, 7), 7}, {second + 1, later(1), 0}}, [3]uint64{1, 0, 1}},
		{"no timeout", DecodeConfig{FragmentTimeout: -1}, []step{{-1 << 63, first(1, 7), 7}, {1<<63 - 1, later(1), 7}}, [3]uint64{1, 1, 0}},
		{"time goes back", DecodeConfig{}, []step{{40 * second, first(1, 7), 7}, {20 * second, later(1), 7}, {0, later(1), 0}}, [3]uint64{1, 1, 1}},
		{"off", DecodeConfig{FragmentCache: -1}, []step{{0, first(1, 7), 7}, {1, later(1), 0}}, [3]uint64{0, 0, 1}},
		{"oldest is forgotten", DecodeConfig{FragmentCache: 2}, []step{{0, first(1, 7), 7}, {1, first(2, 8), 8}, {2, first(3, 9), 9},
			{3, later(1), 0}, {4, later(2), 8}, {5, later(3), 9}}, [3]uint64{3, 2, 1}},
		{"one entry", DecodeConfig{FragmentCache: 1}, []step{{0, first(1, 7), 7}, {1, first(2, 8), 8}, {2, later(2), 8}, {3, later(1), 0}}, [3]uint64{2, 1, 1}},
	} {
		t.Run(f.name, func(t *testing.T) {
			d := NewDecoder(nil, f.cfg)
			for i, s := range f.steps {
				p := packetOf(LinkRaw, s.data)
				p.Time = s.time
				d.Decode(p)
				if p.PortsOK != (s.srcPort != 0) || p.SrcPort != s.srcPort || p.PortsOK && p.DstPort != 53 {
					t.Errorf("packet %d: ports %v, %d > %d", i, p.PortsOK, p.SrcPort, p.DstPort)
				}
			}
			s := d.Stats()
			if got := [3]uint64{s.FirstFragments, s.FragmentHits, s.FragmentMisses}; got != f.want {
				t.Errorf("counters %v, want %v", got, f.want)
			}
			evicted := uint64(0)
			// each of those cases has one first fragment more than there is room for
			if f.cfg.FragmentCache > 0 {
				evicted = 1
			}
			if s.FragmentsEvicted != evicted {
				t.Errorf("%d evicted, want %d", s.FragmentsEvicted, evicted)
			}
			if s.FragmentHits+s.FragmentMisses != s.Packets[StatusFragment] {
				t.Errorf("%d fragments, but %+v", s.Packets[StatusFragment], s)
			}
		})
	}
}

// In IPv6 the transport protocol of the first fragment may come behind further extension headers.
func TestFragmentPorts6(t *testing.T) {
	d := NewDecoder(nil, DecodeConfig{})
	p := packetOf(LinkRaw, ip6(44, fragmentHeader(60, 1, 9, ext(17, 0, udpSeg(7, 53, nil)))))
	d.Decode(p)
	if p.Status != StatusOK || p.SrcPort != 7 || !p.IsFragment() || p.IsLaterFragment() || p.IPID != 9 || p.IPFlags != MoreFragments {
		t.Fatalf("first: %v, %+v", p.Status, p)
	}
	p = packetOf(LinkRaw, ip6(44, fragmentHeader(60, 16, 9, make([]byte, 8))))
	d.Decode(p)
	if p.Status != StatusFragment || p.SrcPort != 7 || p.DstPort != 53 || p.Proto != 17 || p.FragOffset != 16 || p.TransportOff != 0 {
		t.Errorf("later: %v, %+v", p.Status, p)
	}
	p = packetOf(LinkRaw, ip6(44, fragmentHeader(17, 0, 10, udpSeg(7, 53, nil))))
	d.Decode(p)
	if p.Status != StatusOK || p.IsFragment() || d.Stats().FirstFragments != 1 {
		t.Errorf("atomic fragment: %v, %+v", p.Status, p)
	}
}

// The cache must find exactly what a map and a queue of the same size would.
func TestFragmentCacheAgainstModel(t *testing.T) {
	const size = 37
	d := NewDecoder(nil, DecodeConfig{FragmentCache: size})
	type entry struct{ id, port int }
	var model []entry // oldest first
	state := uint32(1)
	random := func(n uint32) int { // xorshift, to be the same on every machine
		state ^= state << 13
		state ^= state >> 17
		state ^= state << 5
		return int(state % n)
	}
	slots := make([]int, size) // identification in each slot of the ring, 0 for none
	next := 0
	for range 20000 {
		id, port := 1+random(60), 1+random(65535)
		if random(2) == 0 {
			d.Decode(packetOf(LinkRaw, fragmentOf4(id, 0, true, udpSeg(port, 53, make([]byte, 8)))))
			// the same identification leaves its slot, the oldest slot is used
			for i, s := range slots {
				if s == id {
					slots[i] = 0
				}
			}
			gone := slots[next]
			slots[next] = id
			next = (next + 1) % size
			kept := model[:0]
			for _, e := range model {
				if e.id != id && e.id != gone {
					kept = append(kept, e)
				}
			}
			model = append(kept, entry{id, port})
			continue
		}
		p := packetOf(LinkRaw, fragmentOf4(id, 16, false, nil))
		d.Decode(p)
		want := 0
		for _, e := range model {
			if e.id == id {
				want = e.port
			}
		}
		if int(p.SrcPort) != want || p.PortsOK != (want != 0) {
			t.Fatalf("identification %d: port %d, want %d", id, p.SrcPort, want)
		}
	}
	d.Reset(nil)
	p := packetOf(LinkRaw, fragmentOf4(model[len(model)-1].id, 16, false, nil))
	if d.Decode(p); p.PortsOK {
		t.Error("Reset remembers fragments")
	}
}
