package tcpanalysis

import (
	"encoding/binary"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// segmentOf returns the TCP segment of p, without options.
func segmentOf(p *pcapio.Packet) []byte {
	b := make([]byte, 20+p.PayloadLen)
	binary.BigEndian.PutUint16(b, p.SrcPort)
	binary.BigEndian.PutUint16(b[2:], p.DstPort)
	binary.BigEndian.PutUint32(b[4:], p.TCP.Seq)
	binary.BigEndian.PutUint32(b[8:], p.TCP.Ack)
	b[12], b[13] = 5<<4, byte(p.TCP.Flags)
	binary.BigEndian.PutUint16(b[14:], p.TCP.Window)
	return b
}

// frameOf returns an IP packet with the part [from, to) of what p carries; more tells that others
// follow.
func frameOf(p *pcapio.Packet, part []byte, from int, more bool) []byte {
	flags := uint16(from / 8)
	whole := from == 0 && !more
	if p.IPVersion == 4 {
		if more {
			flags |= 1 << 13
		}
		b := []byte{0x45, 0, 0, 0, 0, 0, 0, 0, 64, 6, 0, 0}
		binary.BigEndian.PutUint16(b[2:], uint16(20+len(part)))
		binary.BigEndian.PutUint16(b[4:], uint16(p.IPID))
		binary.BigEndian.PutUint16(b[6:], flags)
		return append(append(append(b, p.Src[12:]...), p.Dst[12:]...), part...)
	}
	b := []byte{0x60, 0, 0, 0, 0, 0, 6, 64}
	b = append(append(b, p.Src[:]...), p.Dst[:]...)
	if !whole { // a Fragment header (RFC 8200, 4.5)
		b[6] = 44
		b = append(b, 6, 0, 0, 0, 0, 0, byte(p.IPID>>8), byte(p.IPID))
		flags <<= 3
		if more {
			flags |= 1
		}
		binary.BigEndian.PutUint16(b[42:], flags)
	}
	binary.BigEndian.PutUint16(b[4:], uint16(len(b)-40+len(part)))
	return append(b, part...)
}

// TestTrafficFragments cuts the segments of simulated connections into IP fragments. What a Tracker
// says of the streams stays the same where the fragments come in order. Where the first comes last,
// or has only a part of the TCP header, those that cannot be told from others are not captured as
// far as a Tracker knows: what it misses is what its peer acknowledged unseen.
func TestTrafficFragments(t *testing.T) {
	for _, row := range []struct {
		name  string
		v6    bool
		first int // bytes of TCP in the first fragment, a multiple of 8; 0 for whole segments
		back  bool
		lost  bool // some of it is unseen
	}{
		{"IPv4 in order", false, 64, false, false},
		{"IPv6 in order", true, 64, false, false},
		{"IPv4 in reverse", false, 64, true, true},
		{"IPv6 in reverse", true, 64, true, true},
		{"IPv4, part of the TCP header first", false, 8, false, true},
		{"IPv6, part of the TCP header first", true, 16, false, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			unseen := uint64(0)
			for seed := range uint64(100) {
				set := randomSetup(seed).calm()
				set.timestamps, set.sack, set.wscale, set.stall, set.keepAlive, set.simultaneous = false, false, false, 0, 0, false
				set.constantID, set.finish = false, [2]finishes{} // both close, and all is acknowledged
				all := packets(set.run())
				want, got := newSim(t, Config{}), newSim(t, Config{})
				dec := pcapio.NewDecoder(nil, pcapio.DecodeConfig{})
				give := func(p *pcapio.Packet, frame []byte) {
					q := pcapio.Packet{Record: pcapio.Record{Time: p.Time, LinkType: pcapio.LinkRaw, OrigLen: len(frame), Data: frame}}
					dec.Decode(&q)
					if err := got.tr.WritePacket(&q); err != nil {
						t.Fatal(err)
					}
				}
				for _, p := range all {
					p.IPVersion = 4
					if row.v6 {
						p.IPVersion = 6
					}
					if err := want.tr.WritePacket(p); err != nil {
						t.Fatal(err)
					}
					segment := segmentOf(p)
					if len(segment) <= row.first+8 || p.PayloadLen == 0 {
						give(p, frameOf(p, segment, 0, false))
						continue
					}
					middle := row.first + (len(segment)-row.first)/16*8
					parts := [][]byte{frameOf(p, segment[:row.first], 0, true), frameOf(p, segment[row.first:middle], row.first, true), frameOf(p, segment[middle:], middle, false)}
					if middle == row.first {
						parts = [][]byte{parts[0], parts[2]}
					}
					for i := range parts {
						if row.back {
							i = len(parts) - 1 - i
						}
						give(p, parts[i])
					}
				}
				w, g := want.done(), got.done()
				if len(w) != len(g) {
					t.Fatalf("seed %d: %d connections, want %d", seed, len(g), len(w))
				}
				for i := range w {
					for side, x := range []*Half{&g[i].A2B, &g[i].B2A} {
						y := []*Half{&w[i].A2B, &w[i].B2A}[side]
						length, _ := x.StreamLength()
						expected, _ := y.StreamLength()
						seen := x.UniqueBytes
						if row.lost {
							seen += x.AckedUnseen
							unseen += x.AckedUnseen
							if y.hasFIN && !x.hasFIN { // in a fragment that was missed
								seen--
							}
						}
						if seen != y.UniqueBytes || !row.lost && (length != expected || x.AckedUnseen != 0 || x.DataPackets != y.DataPackets || x.RTT.Samples != y.RTT.Samples) {
							t.Errorf("seed %d, connection %d, side %d: %d bytes seen of %d, a stream of %d, %d segments of %d, %d samples of %d", seed, i, side,
								seen, y.UniqueBytes, length, x.DataPackets, y.DataPackets, x.RTT.Samples, y.RTT.Samples)
						}
					}
				}
			}
			if row.lost != (unseen > 0) {
				t.Errorf("%d bytes were not seen", unseen)
			}
		})
	}
}
