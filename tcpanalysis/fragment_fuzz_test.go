package tcpanalysis

import (
	"encoding/binary"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// fuzzFrame makes an IPv4 or IPv6 packet of 16 bytes that say what is in it: flags, sequence and
// acknowledgment numbers as they are; window, sizes, options, fragments and damage by bits.
func fuzzFrame(in []byte) []byte {
	kind := in[1]
	options := make([]byte, int(in[15]&7)*4)
	for i := range options {
		options[i] = in[(i*5+i/3)%16] // whatever
	}
	switch {
	case len(options) >= 12 && kind&0x02 != 0:
		copy(options, "\x01\x01\x08\x0a\x00\x00\x00") // timestamps
	case len(options) >= 12 && kind&0x04 != 0:
		copy(options, "\x01\x01\x05\x0a") // a SACK block
		copy(options[4:], in[6:10])
	}
	segment := make([]byte, 20, 20+len(options)+int(in[14])*8)
	a, b := uint16(1000+int(in[15]>>6)), uint16(80)
	if kind&1 != 0 {
		a, b = b, a
	}
	binary.BigEndian.PutUint16(segment, a)
	binary.BigEndian.PutUint16(segment[2:], b)
	copy(segment[4:], in[2:10])
	segment[12], segment[13], segment[14] = byte(5+len(options)/4)<<4, in[0], in[13]
	segment = append(segment, options...)
	segment = segment[:cap(segment)]
	proto := byte(6)
	if kind&0x08 != 0 && in[15]&0x08 != 0 {
		proto = 17
	}
	from, to := byte(1), byte(2)
	if kind&1 != 0 {
		from, to = to, from
	}
	var frame []byte
	if in[15]&0x30 == 0x30 {
		frame = append([]byte{0x60, 0, 0, 0, 0, 0, proto, 64}, make([]byte, 32)...)
		binary.BigEndian.PutUint16(frame[4:], uint16(len(segment)))
		frame[23], frame[39] = from, to
	} else {
		frame = append([]byte{0x45, 0, 0, 0, 0, in[12], 0, 0, 64, proto, 0, 0}, 10, 0, 0, from, 10, 0, 0, to)
		binary.BigEndian.PutUint16(frame[2:], uint16(20+len(segment)))
		switch kind >> 4 {
		case 1: // first fragment
			frame[6] = 0x20
		case 2: // a later one
			frame[7] = in[14]
		}
	}
	frame = append(frame, segment...)
	if kind>>4 == 3 { // cut by the snap length
		frame = frame[:len(frame)*int(in[14])/255]
	}
	return frame
}

// FuzzFrames decodes frames for a Tracker with small bounds. Every packet is counted once: used or
// skipped by reason, on one connection and one side of it; connections and samples come out as
// often as they are counted; and nothing is kept after Flush.
func FuzzFrames(f *testing.F) {
	f.Add([]byte("\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x10\x12\x01\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x10\x00\x10"), uint8(3), uint8(8))
	// Data of a SYN again, after an ACK of its own side that shows the handshake: nothing of the other.
	f.Add([]byte("\x02\x00\x00\x00\x00\x00\x00\x00\x00\x12\x00\x00\x00\x00S\x00\x00\x00\x00\x00\x00!\x00\x00\x00\x00p\x00\x00\x00\x10\x00\x10"), uint8(0xa5), uint8(1))
	f.Add([]byte("\x10\x10\x00\x00\x00\x01\x00\x00\x00\x01\x05\xdc\x07\x10\x20\x03\x10\x20\x00\x00\x00\x01\x00\x00\x05\xdd\x00\x00\x07\x02\x04\x10"), uint8(1), uint8(1))
	f.Add([]byte("\x10\x36\x00\x00\x00\x01\x00\x00\x00\x01\x05\xdc\x07\x10\x20\x33\x10\x07\x00\x00\x00\x01\x00\x00\x05\xdd\x00\x00\x07\x02\x04\x33"), uint8(0), uint8(0))
	for seed := range uint64(4) {
		f.Add(randomBytes(seed), uint8(seed), uint8(3*seed))
	}
	f.Fuzz(func(t *testing.T, in []byte, maxConns, maxRanges uint8) {
		var conns, packets, fragments, bytes, onConns uint64
		var reasons [NumReasons]uint64
		var samples, onSides uint64
		cfg := Config{MaxConns: int(maxConns % 8), MaxRanges: int(maxRanges % 32), Percentiles: maxRanges&0x80 != 0}
		tr, err := NewTracker(cfg, ConnWriterFunc(func(c *Conn) error {
			conns++
			reasons[c.Reason]++
			if c.Last < c.First || c.A2B.Packets+c.B2A.Packets == 0 {
				t.Errorf("%+v", *c)
			}
			for _, h := range []*Half{&c.A2B, &c.B2A} {
				packets, onConns, onSides = packets+h.Packets, onConns+h.Bytes, onSides+h.RTT.Samples
				checkHalf(t, h)
			}
			return nil
		}), SampleWriterFunc(func(s *Sample) error {
			if samples++; s.RTT < 0 {
				t.Errorf("%+v", *s)
			}
			return nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		dec := pcapio.NewDecoder(nil, pcapio.DecodeConfig{FragmentCache: 4})
		now, given, skipped := int64(1e18), uint64(0), pcapio.StatusCounts{}
		for ; len(in) >= 16; in = in[16:] {
			now += int64(int16(binary.BigEndian.Uint16(in[10:]))) * 1e5
			frame := fuzzFrame(in)
			p := pcapio.Packet{Record: pcapio.Record{Time: now, LinkType: pcapio.LinkRaw, OrigLen: len(frame), Data: frame}}
			dec.Decode(&p)
			given++
			used := tr.Stats().Used
			if err := tr.WritePacket(&p); err != nil {
				t.Fatal(err)
			}
			if tr.Stats().Used > used {
				bytes += uint64(p.IPLen)
				// a later fragment: bytes of a segment that was counted
				if !p.Layers.Has(pcapio.LayerTCP) {
					fragments++
				}
			} else {
				skipped[p.Status]++
			}
		}
		if err := tr.Flush(); err != nil {
			t.Fatal(err)
		}
		s := tr.Stats()
		if s.Packets != given || s.Skipped != skipped || s.Used != packets+fragments || s.Packets != s.Used+s.Skipped.Total() || bytes != onConns {
			t.Errorf("%d packets given, %v skipped, %d and %d later fragments on connections, with %d bytes of %d; %+v", given, skipped, packets, fragments, onConns, bytes, s)
		}
		if s.Conns != conns || s.Ended != reasons || s.Live != 0 || cfg.MaxConns > 0 && s.MaxLive > uint64(cfg.MaxConns) {
			t.Errorf("%d connections, reasons %v; %+v", conns, reasons, s)
		}
		if s.Samples != samples || s.Samples != onSides {
			t.Errorf("%d samples, %d on sides; %+v", samples, onSides, s)
		}
		if tr.segs.Live() != 0 || tr.rares.Live() != 0 || tr.hists.Live() != 0 || tr.bSides.Live() != 0 {
			t.Error("state is left over")
		}
	})
}

// checkHalf checks what must hold for every side.
func checkHalf(t *testing.T, h *Half) {
	t.Helper()
	if h.DataBytes != h.UniqueBytes+h.RetransBytes {
		t.Errorf("data %d, unique %d, again %d", h.DataBytes, h.UniqueBytes, h.RetransBytes)
	}
	if h.DataPackets > h.Packets || h.PureACKs > h.ACKs || h.ACKs > h.Packets || h.PushPackets > h.DataPackets || uint64(h.SYNs) > h.Packets {
		t.Errorf("more of a kind than of all: %+v", *h)
	}
	classes := uint64(0)
	for _, n := range h.Classes {
		classes += n
	}
	if classes > h.Packets || h.RetransSpurious > h.RetransPackets() || h.RetransUnseen > h.RetransPackets() {
		t.Errorf("%d packets in classes of %d: %+v", classes, h.Packets, *h)
	}
	if h.Packets > 0 && h.First > h.Last || h.IdleMax < 0 {
		t.Errorf("from %d to %d, pause of %d", h.First, h.Last, h.IdleMax)
	}
	if n, ok := h.MissingBytes(); ok && n > 1<<32 {
		t.Errorf("%d bytes missing", n)
	}
	r := &h.RTT
	if r.Samples > 0 && (r.Min < 0 || r.Max < r.Min || r.Mean() < r.Min || r.Mean() > r.Max) {
		t.Errorf("round-trip times %+v", *r)
	}
}
