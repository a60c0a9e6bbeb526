package tcpanalysis

import (
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// FuzzModel compares a Tracker with the model on what bytes say.
func FuzzModel(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(randomBytes(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		ps := packetsOf(in)
		if text := disagreement(t, ps); text != "" {
			t.Errorf("%s\n%s", text, listPackets(ps))
		}
	})
}

// packetsOf turns bytes, six to a packet, into a conversation on one pair of ports: numbers are
// near what they should be, so that most packets say something.
func packetsOf(in []byte) (ps []*pcapio.Packet) {
	if len(in) < 2 {
		return nil
	}
	var s sim
	// near the wrap, on either side
	next := [2]uint32{uint32(int8(in[0])) * 100, uint32(int8(in[1])) * 100}
	var lastTS [2]uint32
	now := int64(1e18)
	for in = in[2:]; len(in) >= 6 && len(ps) < 100; in = in[6:] {
		side := int(in[0] & 1)
		k := pkt{B: side == 1, Flags: ack}
		switch in[0] >> 1 & 7 {
		case 3:
			k.Flags = fin | ack
		case 4:
			k.Flags = syn
		case 5:
			k.Flags = syn | ack
		case 6:
			k.Flags = rst
		case 7:
			k.Flags = psh // no ACK
			if in[5]&1 != 0 {
				k.Flags = rst | ack
			}
		}
		k.Seq, k.Ack = near(next[side], in[1]), near(next[1-side], in[3])
		if k.Flags&ack == 0 {
			k.Ack = 0
		}
		if n := int(in[2]); n >= 128 {
			k.Len = 1
			if n > 128 {
				k.Len = (n - 128) * 10
			}
		}
		k.Window, k.ZeroWindow = uint16(in[5]), in[5] < 8
		if in[0]&0x40 != 0 {
			k.Timestamps = [2]uint32{uint32(now / 1e6), lastTS[1-side]}
			lastTS[side] = k.Timestamps[0]
		}
		if in[0]&0x80 != 0 {
			left := near(next[1-side], in[5])
			k.SACK = append(k.SACK, pcapio.SACKBlock{Left: left, Right: left + 50*uint32(1+in[5]&3)})
		}
		now += pause(in[4])
		p := s.packet(k)
		p.Time, p.IPID = now, uint32(len(ps)+1)
		if in[0]&0x30 == 0x30 {
			p.IPID = 7
		}
		ps = append(ps, p)
		end := k.Seq + uint32(k.Len)
		if k.Flags&(syn|fin) != 0 {
			end++
		}
		if int32(end-next[side]) > 0 || k.Flags&syn != 0 {
			next[side] = end
		}
	}
	return ps
}

// near returns a number at or around next: most bytes give next itself.
func near(next uint32, b byte) uint32 {
	switch {
	case b < 150:
		return next
	case b == 255:
		return next + 1<<30
	case b == 254:
		return next - 1<<30
	case b >= 250:
		return next - 1
	}
	return next + (uint32(b)-220)*50 // -70*50 to 29*50
}

// pause returns the time to the next packet: 0 to 1000 s, or back.
func pause(b byte) int64 {
	if b >= 252 {
		return -int64(b-251) * 1e6
	}
	return int64(b&15) * 1000 << (b >> 4 * 7 / 4)
}

// randomBytes is what packetsOf takes, at random.
func randomBytes(seed uint64) []byte {
	r := newRand(seed)
	in := make([]byte, 2+6*(1+r.IntN(40)))
	for i := range in {
		in[i] = byte(r.Uint32())
	}
	for i := 2; i+6 <= len(in) && r.IntN(4) > 0; i += 6 { // mostly a decent conversation
		if r.IntN(10) > 0 {
			in[i] &= 0xc5
		}
		if r.IntN(10) > 0 {
			in[i+1] = 0
		}
		if r.IntN(5) > 0 {
			in[i+4] %= 0xa0
		}
	}
	return in
}
