package netmate

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net/netip"
	"strings"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// pkt is a hand-made packet of the two ends a (10.0.0.1:1000) and b (10.0.0.2:80).
type pkt struct {
	us    int64 // time
	back  bool  // from b to a
	proto uint8 // 6 if zero
	flags pcapio.TCPFlags
	data  int // bytes of payload
	opts  int // bytes of TCP options

	port    uint16 // of a, if not 1000
	vlans   int    // number of 802.1Q tags
	frag    uint16 // fragment offset field
	ipLen   int    // total length field, if not that of the packet; -1 is 0
	cut     int    // capture only so many bytes
	link    pcapio.LinkType
	noWire  bool // 0 bytes on the wire
	overlap bool // same address and port at both ends
}

const (
	syn    = pcapio.SYN
	synack = pcapio.SYN | pcapio.ACK
	ack    = pcapio.ACK
	psh    = pcapio.PSH | pcapio.ACK
	finack = pcapio.FIN | pcapio.ACK
	rst    = pcapio.RST
)

const udp = 17

// loopback stands for LinkNull, which is 0.
const loopback = pcapio.LinkNone

// start is the time of us 0.
const start = 1_700_000_000 * 1_000_000

// record builds the frame.
func (k pkt) record() pcapio.Record {
	if k.proto == 0 {
		k.proto = pcapio.ProtoTCP
	}
	var transport []byte
	a, b := uint16(1000), uint16(80)
	if k.port != 0 {
		a = k.port
	}
	src, dst := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")
	if k.back {
		a, b, src, dst = b, a, dst, src
	}
	if k.overlap {
		b, dst = a, src
	}
	switch k.proto {
	case pcapio.ProtoTCP:
		transport = make([]byte, 20+k.opts)
		transport[12], transport[13] = byte(5+k.opts/4)<<4, byte(k.flags)
	case pcapio.ProtoUDP:
		transport = make([]byte, 8)
		binary.BigEndian.PutUint16(transport[4:], uint16(8+k.data))
	default:
		transport = make([]byte, 8)
	}
	if k.proto == pcapio.ProtoTCP || k.proto == pcapio.ProtoUDP {
		binary.BigEndian.PutUint16(transport, a)
		binary.BigEndian.PutUint16(transport[2:], b)
	}
	ip := make([]byte, 20)
	total := 20 + len(transport) + k.data
	switch {
	case k.ipLen > 0:
		total = k.ipLen
	case k.ipLen < 0:
		total = 0
	}
	ip[0], ip[8], ip[9] = 0x45, 64, k.proto
	binary.BigEndian.PutUint16(ip[2:], uint16(total))
	binary.BigEndian.PutUint16(ip[6:], k.frag)
	copy(ip[12:], src.AsSlice())
	copy(ip[16:], dst.AsSlice())
	link := make([]byte, 12)
	for range k.vlans {
		link = append(link, 0x81, 0, 0, 7)
	}
	link = append(link, 8, 0)
	switch k.link {
	case pcapio.LinkRaw, pcapio.LinkRaw12:
		link = nil
	case 100:
		link = []byte{0xaa, 0xaa, 3, 0, 0, 0, 8, 0}
	case loopback:
		link, k.link = []byte{2, 0, 0, 0}, pcapio.LinkNull
	case 0:
		k.link = pcapio.LinkEthernet
	}
	frame := bytes.Join([][]byte{link, ip, transport, make([]byte, k.data)}, nil)
	r := pcapio.Record{Time: (start + k.us) * 1000, OrigLen: len(frame), LinkType: k.link, Data: frame}
	if k.cut > 0 {
		r.Data = frame[:k.cut]
	}
	if k.noWire {
		r.OrigLen = 0
	}
	return r
}

// decoded returns what a Decoder makes of the frames.
func decoded(t testing.TB, packets []pkt) []*pcapio.Packet {
	t.Helper()
	next := 0
	d := pcapio.NewDecoder(pcapio.RecordReaderFunc(func(r *pcapio.Record) error {
		if next == len(packets) {
			return io.EOF
		}
		*r = packets[next].record()
		next++
		return nil
	}), pcapio.DecodeConfig{})
	var out []*pcapio.Packet
	for p, err := range pcapio.All(d) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p.Clone())
	}
	return out
}

// rowsOf runs packets through a Meter and returns its rows and counts.
func rowsOf(t *testing.T, cfg Config, packets []pkt) ([]Row, Stats) {
	t.Helper()
	var rows []Row
	m, err := New(cfg, RowWriterFunc(func(r *Row) error { rows = append(rows, *r); return nil }))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range decoded(t, packets) {
		if err := m.WritePacket(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Flush(); err != nil {
		t.Fatal(err)
	}
	return rows, m.Stats()
}

// csvOf returns the lines of rows without a header.
func csvOf(t *testing.T, rows []Row) []string {
	t.Helper()
	var out []string
	for i := range rows {
		var text strings.Builder
		c := NewCSV(&text, rows[i].Semantics)
		if err := errors.Join(c.WriteRow(&rows[i]), c.Flush()); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(text.String()), "\n")
		out = append(out, lines[len(lines)-1])
	}
	return out
}

// cellsOf returns the columns from first to last by NetMate's names.
func cellsOf(t *testing.T, line, first, last string) string {
	t.Helper()
	from, to := -1, -1
	for i, c := range Columns(Modern) {
		if c.Name == first {
			from = i
		}
		if c.Name == last {
			to = i
		}
	}
	cells := strings.Split(line, ",")
	if from < 0 || to < from || to >= len(cells) {
		t.Fatalf("no columns %s to %s in %q", first, last, line)
	}
	return strings.Join(cells[from:to+1], ",")
}

// connection is a handshake from a at time us, one packet of 100 bytes back at us+3000, without an
// end.
func connection(us int64) []pkt {
	return []pkt{{us: us, flags: syn}, {us: us + 1000, back: true, flags: synack}, {us: us + 2000, flags: ack},
		{us: us + 3000, back: true, flags: psh, data: 100}}
}

// join puts packets one after the other.
func join(parts ...[]pkt) []pkt {
	var all []pkt
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}
