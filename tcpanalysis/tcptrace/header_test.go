package tcptrace

import (
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// wire is a TCP packet in bytes, from port 1000 to 80 with flag ACK and n bytes of payload.
type wire struct {
	v6     bool
	ext    []byte // IPv6 extension headers, of which the first has number next
	next   byte
	length int // in the IP header; negative for the right one
	size   int // of the TCP header in words, by its header; 0 for the right one
	opts   []byte
	n      int
	cut    int // bytes that were not captured
}

func (w wire) packet() *pcapio.Packet {
	tcp := make([]byte, 20, 100)
	binary.BigEndian.PutUint16(tcp, 1000)
	binary.BigEndian.PutUint16(tcp[2:], 80)
	binary.BigEndian.PutUint32(tcp[4:], 7)
	binary.BigEndian.PutUint32(tcp[8:], 0x11112222)
	if w.size == 0 {
		w.size = 5 + len(w.opts)/4
	}
	tcp[12], tcp[13] = byte(w.size<<4), 0x10
	tcp = append(append(tcp, w.opts...), make([]byte, w.n)...)
	var ip []byte
	if w.v6 {
		if w.next == 0 {
			w.next = 6
		}
		if w.length < 0 {
			w.length = len(w.ext) + len(tcp)
		}
		ip = append(make([]byte, 40), w.ext...)
		ip[0], ip[6] = 0x60, w.next
		binary.BigEndian.PutUint16(ip[4:], uint16(w.length))
	} else {
		if w.length < 0 {
			w.length = 20 + len(tcp)
		}
		ip = make([]byte, 20)
		ip[0], ip[8], ip[9] = 0x45, 64, 6
		binary.BigEndian.PutUint16(ip[2:], uint16(w.length))
	}
	data := append(ip, tcp...)
	p := &pcapio.Packet{Record: pcapio.Record{Time: 1e18, LinkType: pcapio.LinkRaw, OrigLen: len(data), Data: data[:len(data)-w.cut]}}
	pcapio.NewDecoder(nil, pcapio.DecodeConfig{}).Decode(p)
	return p
}

// What tcptrace prints of such packets was seen by running it.
func TestHeaderLengths(t *testing.T) {
	frag := []byte{6, 0, 0, 0, 0, 0, 0, 1}
	later := []byte{6, 0, 0, 8, 0, 0, 0, 1}
	for name, c := range map[string]struct {
		wire
		packets, data uint64
		port          uint16
	}{
		"good":                 {wire{length: -1, n: 30}, 1, 30, 1000},
		"no length, IPv4":      {wire{length: 0, n: 30}, 0, 0, 0},
		"no length, IPv6":      {wire{v6: true, length: 0, n: 30}, 1, 0, 1000},
		"half a header, IPv4":  {wire{length: 30, n: 30}, 0, 0, 0},
		"all but a byte, IPv4": {wire{length: 39, n: 30}, 1, 0, 1000},
		"half a header, IPv6":  {wire{v6: true, length: 10, n: 30}, 1, 0, 1000},
		// 16 does not fit and is 0
		"no TCP header length":             {wire{length: -1, size: 16, n: 30}, 1, 50, 1000},
		"short TCP header":                 {wire{length: -1, size: 3, n: 30}, 1, 38, 1000},
		"TCP header longer than datagram":  {wire{length: -1, size: 15, n: 30}, 1, 0, 1000},
		"capture ends in the header":       {wire{length: -1, n: 30, cut: 31}, 0, 0, 0},
		"fragment header is 16 bytes":      {wire{v6: true, ext: frag, next: 44, length: -1, n: 30}, 1, 58, 0x1111},
		"later fragment":                   {wire{v6: true, ext: later, next: 44, length: -1, n: 30}, 1, 58, 0x1111},
		"too short behind fragment header": {wire{v6: true, ext: frag, next: 44, length: -1, n: 7}, 0, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := New(Config{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			p := c.packet()
			if err := a.WritePacket(p); err != nil {
				t.Fatal(err)
			}
			if err := a.Flush(); err != nil {
				t.Fatal(err)
			}
			s := a.Stats()
			if s.Traced != c.packets || s.Packets != s.Traced+s.Short+s.Skipped.Total() {
				t.Errorf("%s: %+v", name, s)
			}
			for conn := range a.Conns() {
				if conn.A2B.DataBytes != c.data || conn.APort != c.port {
					t.Errorf("%s: %d bytes from port %d, want %d from %d", name, conn.A2B.DataBytes, conn.APort, c.data, c.port)
				}
			}
		})
	}
}

func TestHeaderOptions(t *testing.T) {
	sack := string([]byte{5, 10, 0, 0, 0, 5, 0, 0, 0, 9})
	for opts, want := range map[string]pcapio.TCP{
		"\x02\x04\x05\xb4": {Options: pcapio.OptMSS, MSS: 1460},
		// a length that is wrong
		"\x02\x03\x05\x05": {Options: pcapio.OptMSS, MSS: 0x0505},
		// length 1 is a byte
		"\x63\x01\x04\x02": {Options: pcapio.OptSACKPermitted},
		// length 0 ends the list
		"\x04\x02\x63\x00": {Options: pcapio.OptSACKPermitted},
		// the end of the list does not
		"\x00\x03\x03\x07": {Options: pcapio.OptWScale, WScale: 7},
		// a value that lies behind
		"\x03\x02\x01\x01": {Options: pcapio.OptWScale, WScale: 1},
		// or in the payload
		"\x04\x02\x02\x04": {Options: pcapio.OptSACKPermitted | pcapio.OptMSS},
		// but not behind that
		"\x04\x02\x02\x30": {Options: pcapio.OptSACKPermitted},
		"\x01\x01" + sack:  {Options: pcapio.OptSACK, SACKCount: 1, SACK: [4]pcapio.SACKBlock{{Left: 5, Right: 9}}},
		// a block begun counts
		"\x05\x0b" + sack[2:] + "\x00\x01": {Options: pcapio.OptSACK, SACKCount: 2, SACK: [4]pcapio.SACKBlock{{Left: 5, Right: 9}, {Left: 0x00010000}}},
		"\x08\x02\x00\x00":                 {Options: pcapio.OptTimestamps},
	} {
		t.Run(fmt.Sprintf("% x", opts), func(t *testing.T) {
			p := wire{length: -1, opts: []byte(opts), n: 8}.packet()
			var h header
			got, v := h.of(p)
			if v != traced {
				t.Errorf("% x: no header", opts)
				return
			}
			want.Seq, want.Ack, want.Flags, want.HdrLen = 7, 0x11112222, pcapio.ACK, uint8(20+len(opts))
			if got.TCP != want {
				t.Errorf("% x: %+v, want %+v", opts, got.TCP, want)
			}
		})
	}
}

// Options that are not all there are told of, and those before them count.
func TestHeaderCutOptions(t *testing.T) {
	for opts, want := range map[string]uint64{"\x04\x02\x01\x00": 0, "\x04\x02\x02\x30": 1, "\x04\x02\x63\x00": 0, "\x04\x02\x01\x08": 1} {
		t.Run(fmt.Sprintf("% x", opts), func(t *testing.T) {
			a, err := New(Config{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := a.WritePacket(wire{length: -1, opts: []byte(opts)}.packet()); err != nil {
				t.Fatal(err)
			}
			if s := a.Stats(); s.Traced != 1 || s.CutOptions != want {
				t.Errorf("% x: %+v, want %d cut", opts, s, want)
			}
		})
	}
}

// Packets that were made without bytes are taken as they are.
func TestHeaderWithoutBytes(t *testing.T) {
	var h header
	p := &pcapio.Packet{Layers: pcapio.LayerTCP, Status: pcapio.StatusOK, IPVersion: 4, Proto: 6, IPHdrLen: 20, IPLen: 40}
	if got, v := h.of(p); got != p || v != traced {
		t.Error("another packet")
	}
	p.Layers = 0
	if _, v := h.of(p); v != notTCP {
		t.Error("a header from nowhere")
	}
}

// FuzzHeader: no bytes make it fail, and every packet is counted once.
func FuzzHeader(f *testing.F) {
	f.Add(wire{length: -1, n: 5}.packet().Data)
	f.Add(wire{length: 39, n: 5, size: 14}.packet().Data)
	f.Add(wire{v6: true, ext: []byte{44, 0, 0, 0, 0, 0, 0, 1, 6, 0, 0, 8, 0, 0, 0, 1}, next: 60, length: 9, n: 50}.packet().Data)
	f.Add(wire{length: -1, opts: []byte{2, 3, 5, 5, 0, 5, 11, 0}, n: 5}.packet().Data)
	f.Fuzz(func(t *testing.T, data []byte) {
		p := &pcapio.Packet{Record: pcapio.Record{Time: 1e18, LinkType: pcapio.LinkRaw, OrigLen: len(data), Data: data}}
		pcapio.NewDecoder(nil, pcapio.DecodeConfig{}).Decode(p)
		a, err := New(Config{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.WritePacket(p); err != nil {
			t.Fatal(err)
		}
		if err := a.Flush(); err != nil {
			t.Fatal(err)
		}
		if s := a.Stats(); s.Packets != 1 || s.Traced+s.Short+s.Skipped.Total() != 1 || int(s.Traced) != a.Len() {
			t.Errorf("%+v", s)
		}
	})
}
