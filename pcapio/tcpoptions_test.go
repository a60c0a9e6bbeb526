package pcapio

import "testing"

func TestTCPOptions(t *testing.T) {
	block := func(l, r uint32) []byte { return u32(l, r) }
	for _, f := range []struct {
		name string
		b    []byte
		want TCP
	}{
		{"none", nil, TCP{}},
		{"timestamps, usual", tsOption, TCP{Options: OptTimestamps, TSval: 111, TSecr: 222}},
		{"timestamps, not aligned", cat([]byte{8, 10}, u32(1, 2), []byte{0, 0}), TCP{Options: OptTimestamps, TSval: 1, TSecr: 2}},
		{"syn of linux", cat([]byte{2, 4, 5, 0xb4, 4, 2, 8, 10}, u32(1, 0), []byte{1, 3, 3, 7}),
			TCP{Options: OptMSS | OptSACKPermitted | OptTimestamps | OptWScale, MSS: 1460, TSval: 1, WScale: 7}},
		{"one sack block", cat([]byte{1, 1, 5, 10}, block(1, 2)), TCP{Options: OptSACK, SACKCount: 1, SACK: [4]SACKBlock{{1, 2}}}},
		{"three sack blocks and timestamps", cat(tsOption, []byte{1, 1, 5, 26}, block(1, 2), block(3, 4), block(5, 6)),
			TCP{Options: OptTimestamps | OptSACK, TSval: 111, TSecr: 222, SACKCount: 3, SACK: [4]SACKBlock{{1, 2}, {3, 4}, {5, 6}}}},
		{"four sack blocks", cat([]byte{1, 1, 5, 34}, block(1, 2), block(3, 4), block(5, 6), block(7, 8)),
			TCP{Options: OptSACK, SACKCount: 4, SACK: [4]SACKBlock{{1, 2}, {3, 4}, {5, 6}, {7, 8}}}},
		{"sack of 9 bytes", cat([]byte{5, 11}, make([]byte, 9), []byte{0}), TCP{Options: OptMalformed}},
		{"sack of 0 bytes", []byte{5, 2, 0, 0}, TCP{Options: OptMalformed}},
		{"mptcp", []byte{30, 4, 0x20, 1}, TCP{Options: OptMPTCP}},
		{"mptcp without subtype", []byte{30, 2, 0, 0}, TCP{Options: OptMalformed}},
		{"fast open", []byte{34, 2, 0, 0}, TCP{Options: OptFastOpen}},
		{"fast open experiment", []byte{254, 4, 0xf9, 0x89}, TCP{Options: OptFastOpen}},
		{"other experiment", []byte{254, 4, 0xf9, 0x88}, TCP{}},
		{"end of list hides the rest", []byte{0, 2, 4, 5, 0xb4, 3, 3, 7}, TCP{}},
		{"unknown kind is skipped", []byte{99, 4, 1, 2, 3, 3, 7, 1}, TCP{Options: OptWScale, WScale: 7}},
		{"length 0", []byte{3, 3, 7, 99, 0, 2, 4, 1}, TCP{Options: OptWScale | OptMalformed, WScale: 7}},
		{"length 1", []byte{99, 1, 2, 4}, TCP{Options: OptMalformed}},
		{"length beyond the header", []byte{1, 1, 99, 3}, TCP{Options: OptMalformed}},
		{"kind without length", []byte{1, 1, 1, 99}, TCP{Options: OptMalformed}},
		{"mss of 3 bytes", []byte{2, 3, 5, 1, 3, 3, 7, 1}, TCP{Options: OptMalformed | OptWScale, WScale: 7}},
		{"window scale of 4 bytes", []byte{3, 4, 7, 1}, TCP{Options: OptMalformed}},
		{"sack permitted of 4 bytes", []byte{4, 4, 7, 1}, TCP{Options: OptMalformed}},
		{"timestamps of 8 bytes", cat([]byte{8, 8}, make([]byte, 6)), TCP{Options: OptMalformed}},
	} {
		t.Run(f.name, func(t *testing.T) {
			p := decodeOne(LinkRaw, ip4(6, tcpSeg(0x10, f.b, nil)), 0)
			got := p.TCP
			f.want.Seq, f.want.Ack, f.want.Flags, f.want.Window, f.want.Urgent = 0x01020304, 0x05060708, ACK, 0x2000, 7
			f.want.HdrLen = uint8(20 + len(f.b))
			if p.Status != StatusOK || got != f.want {
				t.Errorf("%v\ngot  %+v\nwant %+v", p.Status, got, f.want)
			}
		})
	}
}

// Options that the snap length cuts keep those before the cut; a cut behind the end of the list is
// none.
func TestTCPOptionsCut(t *testing.T) {
	options := []byte{2, 4, 5, 0xb4, 1, 3, 3, 7, 0, 0, 0, 0}
	frame := ip4(6, tcpSeg(2, options, nil))
	for _, test := range []struct {
		name string
		n    int
		want TCPOptions
	}{
		{"no options", 0, OptMalformed},
		{"kind of the first", 1, OptMalformed},
		{"first but a byte", 3, OptMalformed},
		{"first", 4, OptMSS | OptMalformed},
		{"padding", 5, OptMSS | OptMalformed},
		{"second but a byte", 7, OptMSS | OptMalformed},
		{"second", 8, OptMSS | OptWScale | OptMalformed},
		{"end of list", 9, OptMSS | OptWScale},
		{"whole", 12, OptMSS | OptWScale},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := &Packet{Record: Record{LinkType: LinkRaw, OrigLen: len(frame), Data: frame[:40+test.n]}}
			NewDecoder(nil, DecodeConfig{}).Decode(p)
			if p.Status != StatusOK || p.TCP.Options != test.want || p.TCP.HdrLen != 32 || p.PayloadOff != 52 {
				t.Errorf("%v, options %b, want %b", p.Status, p.TCP.Options, test.want)
			}
		})
	}

	// The usual timestamps, and the cut right behind them.
	frame = ip4(6, tcpSeg(0x10, cat(tsOption, []byte{1, 1, 5, 10}, u32(1, 2)), nil))
	p := &Packet{Record: Record{LinkType: LinkRaw, OrigLen: len(frame), Data: frame[:52]}}
	NewDecoder(nil, DecodeConfig{}).Decode(p)
	if p.TCP.Options != OptTimestamps|OptMalformed || p.TCP.TSval != 111 {
		t.Errorf("cut behind timestamps: %+v", p.TCP)
	}
}
