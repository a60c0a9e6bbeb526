package tracegen

import (
	"encoding/binary"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// flowKey is a unidirectional flow; ports are the identifier in ICMP echo.
type flowKey struct {
	src, dst     string
	sport, dport uint16
	protocol     uint8
}

// parsed is one frame taken apart by code that shares nothing with the generator.
type parsed struct {
	flowKey
	vlan, v6  bool
	ip, l4    []byte // IP datagram; transport header and payload
	flags     uint8
	seq       uint32
	size      int // TCP payload
	icmpReply bool
}

func parse(t *testing.T, frame []byte) (p parsed) {
	t.Helper()
	kind, b := binary.BigEndian.Uint16(frame[12:]), frame[14:]
	if kind == 0x8100 {
		p.vlan, kind, b = true, binary.BigEndian.Uint16(frame[16:]), frame[18:]
	}
	switch kind {
	case 0x0800:
		p.ip = b[:binary.BigEndian.Uint16(b[2:])]
		p.src, p.dst, p.protocol, p.l4 = string(b[12:16]), string(b[16:20]), b[9], p.ip[20:]
	case 0x86dd:
		p.v6, p.ip = true, b[:40+int(binary.BigEndian.Uint16(b[4:]))]
		p.src, p.dst, p.protocol, p.l4 = string(b[8:24]), string(b[24:40]), b[6], p.ip[40:]
	default:
		t.Fatalf("type %#x", kind)
	}
	p.sport, p.dport = binary.BigEndian.Uint16(p.l4[0:]), binary.BigEndian.Uint16(p.l4[2:])
	switch p.protocol {
	case 6:
		p.seq, p.flags = binary.BigEndian.Uint32(p.l4[4:]), p.l4[13]
		p.size = len(p.l4) - int(p.l4[12]>>4)*4
	case 1, 58:
		p.sport = binary.BigEndian.Uint16(p.l4[4:])
		p.dport = p.sport
		p.icmpReply = p.l4[0] == 0 || p.l4[0] == 129
	}
	return p
}

// onesSum is the one's-complement sum of RFC 1071, byte by byte.
func onesSum(start uint32, b []byte) uint16 {
	for i, v := range b {
		start += uint32(v) << (8 * (1 - i%2))
		start = start>>16 + start&0xffff
	}
	return uint16(start)
}

// TestTruth takes a trace apart again and compares it with what the generator says it did.
func TestTruth(t *testing.T) {
	for _, seed := range []uint64{1, 2, 3} {
		cfg := small(60_000)
		cfg.Seed, cfg.Loss, cfg.Reorder = seed, 3*Percent, Percent
		var got Stats
		got.FileBytes = 24
		halves := map[flowKey]bool{}
		fins := map[flowKey]bool{}
		rsts := map[flowKey]bool{}
		bytesSeen := map[flowKey]map[uint32]bool{} // first sequence numbers seen of each direction
		var again, last uint64
		want := run(t, cfg, func(r *pcapio.Record) {
			if uint64(r.Time) < last {
				t.Fatalf("time goes back from %d to %d", last, r.Time)
			}
			last = uint64(r.Time)
			if r.Time%1000 != 0 || len(r.Data) != r.OrigLen || r.OrigLen < 60 {
				t.Fatalf("record %d: time %d, %d of %d bytes", got.Packets, r.Time, len(r.Data), r.OrigLen)
			}
			p := parse(t, r.Data)
			got.Packets++
			got.FileBytes += uint64(16 + len(r.Data))
			got.WireBytes += uint64(r.OrigLen)
			got.IPBytes += uint64(len(p.ip))
			class := map[uint8]int{6: 0, 17: 1, 1: 2, 58: 2}[p.protocol]
			back := flowKey{p.dst, p.src, p.dport, p.sport, p.protocol}
			if !halves[p.flowKey] {
				halves[p.flowKey] = true
				got.Halves[class]++
				if !halves[back] {
					got.Flows[class]++
					if p.v6 {
						got.IPv6Flows++
					}
					if p.vlan {
						got.VLANFlows++
					}
				}
			}
			switch class {
			case 0:
				if p.flags&flagFIN != 0 && !fins[p.flowKey] {
					fins[p.flowKey] = true
					if fins[back] {
						got.FINBoth++
					}
				}
				if p.flags&flagRST != 0 && !rsts[p.flowKey] {
					rsts[p.flowKey] = true
					if p.seq == 0 {
						got.Refused++
					} else {
						got.Resets++
					}
				}
				if p.size > 0 || p.flags&(flagSYN|flagFIN) != 0 {
					seen := bytesSeen[p.flowKey]
					if seen == nil {
						seen = map[uint32]bool{}
						bytesSeen[p.flowKey] = seen
					}
					if seen[p.seq] {
						again++
					}
					seen[p.seq] = true
				}
			case 2:
				if p.icmpReply {
					got.EchoReplies++
				} else {
					got.EchoRequests++
				}
			}
		})
		// What cannot be read from the trace is checked on its own below.
		check := want
		check.Handshakes, check.GivenUp, check.LostBefore, check.LostBehind, check.Reordered, check.HeldBehind = 0, 0, 0, 0, 0, 0
		check.Retransmitted, check.RetransSeen, check.RetransFillSeen, check.Timeouts, check.FastRetransmits = 0, 0, 0, 0, 0
		if got != check {
			t.Errorf("seed %d: the trace has\n%+v\nthe generator says\n%+v", seed, got, check)
		}
		if again != want.RetransSeen {
			t.Errorf("seed %d: %d segments begin where an earlier one did, the generator says %d", seed, again, want.RetransSeen)
		}
		if want.RetransFillSeen == 0 || want.FastRetransmits == 0 || want.Timeouts == 0 || want.Handshakes == 0 {
			t.Errorf("seed %d: no retransmissions of some kind: %+v", seed, want)
		}
		if want.RetransSeen+want.RetransFillSeen > want.Retransmitted {
			t.Errorf("seed %d: more retransmissions seen than sent: %+v", seed, want)
		}
	}
}

func TestChecksums(t *testing.T) {
	n := 0
	run(t, small(20_000), func(r *pcapio.Record) {
		n++
		p := parse(t, r.Data)
		if !p.v6 {
			if s := onesSum(0, p.ip[:20]); s != 0xffff {
				t.Fatalf("record %d: IP header sums to %#x", n, s)
			}
		}
		var start uint32
		if p.protocol != 1 {
			pseudo := p.src + p.dst + string([]byte{0, p.protocol})
			start = uint32(onesSum(uint32(len(p.l4)), []byte(pseudo)))
		}
		if s := onesSum(start, p.l4); s != 0xffff {
			t.Fatalf("record %d: protocol %d sums to %#x", n, p.protocol, s)
		}
	})
}

// TestSnap checks that cutting changes lengths and nothing else.
func TestSnap(t *testing.T) {
	var whole []pcapio.Record
	run(t, small(5000), func(r *pcapio.Record) { whole = append(whole, r.Clone()) })
	cfg := small(5000)
	cfg.SnapLen = 70
	n := 0
	run(t, cfg, func(r *pcapio.Record) {
		w := whole[n]
		n++
		if r.Time != w.Time || r.OrigLen != w.OrigLen || string(r.Data) != string(w.Data[:min(70, len(w.Data))]) {
			t.Fatalf("record %d differs", n)
		}
	})
}

func TestSYNOnly(t *testing.T) {
	seen := map[flowKey]bool{}
	s := run(t, Config{SYNOnly: true, Packets: 50_000, IPv6: 30 * Percent}, func(r *pcapio.Record) {
		p := parse(t, r.Data)
		if p.flags != flagSYN || seen[p.flowKey] {
			t.Fatalf("flags %#x, key %x", p.flags, p.flowKey)
		}
		seen[p.flowKey] = true
	})
	if s.Flows[0] != 50_000 || s.Halves[0] != 50_000 {
		t.Errorf("%+v", s)
	}
}

// TestWheel compares the queue with the plain rule: by time, then in order of insertion.
func TestWheel(t *testing.T) {
	var r rng
	r.pcg.Seed(1, 2)
	w := newWheel(33_000)
	type item struct {
		at int64
		id uint32
	}
	var queue []item
	var now int64
	for id := range uint32(20_000) {
		at := now + int64(exp2(1, r.below(23<<32))*r.below(2000)) // 0 to 16 s and more ahead
		w.push(&event{at: at, flow: id})
		queue = append(queue, item{at, id})
		if r.below(3) == 0 {
			first := 0
			for i, q := range queue {
				if q.at < queue[first].at {
					first = i
				}
			}
			var e event
			if !w.pop(&e) || e.at != queue[first].at || e.flow != queue[first].id {
				t.Fatalf("popped %d of %d, want %+v", e.flow, e.at, queue[first])
			}
			now = e.at
			queue = append(queue[:first], queue[first+1:]...)
			if len(queue) > 500 { // empty it, to reach far epochs
				queue = queue[:0]
				for w.pop(&e) {
					if e.at < now {
						t.Fatal("time goes back")
					}
					now = e.at
				}
			}
		}
	}
}
