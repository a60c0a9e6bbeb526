package edit

import (
	"io"
	"slices"
	"testing"
	"time"

	"github.com/reeftools/reef/pcapio"
)

// One UDP packet over IPv4, as a mirror port may give it a second time, and packets that only look
// like that.
func TestDedupLayer(t *testing.T) {
	change := func(b []byte, at int, to ...byte) []byte {
		b = slices.Clone(b)
		copy(b[at:], to)
		return b
	}
	v4, v6 := ip4(17, udpSeg(1000, 53, []byte("question"))), ip6(17, udpSeg(1000, 53, []byte("question")))
	frame := eth(0x800, v4)
	for _, test := range []struct {
		name          string
		first, second []byte
		copies        [3]int64 // of frame, network, ip
	}{
		{"equal", frame, frame, [3]int64{1, 1, 1}},
		{"other MAC address", frame, change(frame, 0, 2, 9, 9), [3]int64{0, 1, 1}},
		{"VLAN tag", frame, eth(0x8100, vlanTag(20, 0x800, v4)), [3]int64{0, 1, 1}},
		{"padding", frame, cat(frame, make([]byte, 6)), [3]int64{0, 1, 1}},
		{"one hop on", frame, eth(0x8100, vlanTag(20, 0x800, change(change(v4, 8, v4[8]-1), 10, 0x12, 0x34))), [3]int64{0, 0, 1}},
		{"DSCP and ECN", frame, eth(0x800, change(v4, 1, 0xb9)), [3]int64{0, 0, 1}},
		{"DF", frame, eth(0x800, change(v4, 6, v4[6]^0x40)), [3]int64{0, 0, 1}},
		{"MF", frame, eth(0x800, change(v4, 6, v4[6]^0x20)), [3]int64{}},
		{"fragment offset", frame, eth(0x800, change(v4, 7, 9)), [3]int64{}},
		{"identification", frame, eth(0x800, change(v4, 4, 0xee)), [3]int64{}},
		{"address", frame, eth(0x800, change(v4, 19, 0xee)), [3]int64{}},
		{"payload", frame, change(frame, len(frame)-1, 'x'), [3]int64{}},
		{"hop limit", eth(0x86dd, v6), eth(0x86dd, change(v6, 7, v6[7]-1)), [3]int64{0, 0, 1}},
		{"traffic class and flow label", eth(0x86dd, v6), eth(0x86dd, change(v6, 0, 0x6b, 0xa1, 2, 3)), [3]int64{0, 0, 1}},
		{"next header", eth(0x86dd, v6), eth(0x86dd, change(v6, 6, 136)), [3]int64{}},
		{"not IP", eth(0x88cc, v4), eth(0x8100, vlanTag(20, 0x88cc, v4)), [3]int64{}},
		{"cut in the IP header", frame[:20], change(frame, 0, 2, 9, 9)[:20], [3]int64{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for layer, want := range test.copies {
				records := []pcapio.Record{{Data: test.first}, {Time: 20e3, Data: test.second}}
				src := pcapio.RecordReaderFunc(func(r *pcapio.Record) error {
					if len(records) == 0 {
						return io.EOF
					}
					*r = records[0]
					r.LinkType, r.OrigLen = pcapio.LinkEthernet, len(r.Data)
					records = records[1:]
					return nil
				})
				d, err := NewDedup(pcapio.NewMerge(src), DedupConfig{Layer: DedupLayer(layer), Window: time.Millisecond, Within: true})
				if err != nil {
					t.Fatal(err)
				}
				if _, err := readAll(t, d); err != nil {
					t.Fatal(err)
				}
				if s := d.Stats(); s.Copies != uint64(want) || s.Read != 2 {
					t.Errorf("%v: %+v, want %d copies", DedupLayer(layer), s, want)
				}
			}
		})
	}
	if _, err := NewDedup(pcapio.NewMerge(), DedupConfig{Layer: 3}); err == nil {
		t.Error("a layer that is not known was taken")
	}
	if got := DedupLayer(3).String(); got != "layer(3)" {
		t.Error(got)
	}
}

func TestDedupLayerMemory(t *testing.T) {
	frame := eth(0x800, ip4(17, udpSeg(1, 2, []byte("x"))))
	n := int64(0)
	d, err := NewDedup(pcapio.NewMerge(pcapio.RecordReaderFunc(func(r *pcapio.Record) error {
		n++
		frame[14+5] = byte(n)
		*r = pcapio.Record{Time: n * 1e6, LinkType: pcapio.LinkEthernet, Data: frame, OrigLen: len(frame)}
		return nil
	})), DedupConfig{Layer: DedupIP, Window: time.Millisecond, Within: true})
	if err != nil {
		t.Fatal(err)
	}
	var r pcapio.Record
	read := func() {
		if err := d.ReadRecord(&r); err != nil {
			t.Fatal(err)
		}
	}
	for range 1000 {
		read()
	}
	if n := testing.AllocsPerRun(1000, read); n != 0 {
		t.Errorf("%v allocations per record", n)
	}
}
