package gopacketio_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"

	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/pcapio/gopacketio"
)

// forkInfo and forkLink stand for the types of the fork, which are others than google/gopacket's.
type (
	forkInfo gopacket.CaptureInfo
	forkLink uint16
)

var payloads = []string{"first packet", "", "the third"}

// capture returns a pcap file of the payloads, a second apart from 1000 s on, 100 bytes longer on
// the wire than in the file.
func capture(t testing.TB) []byte {
	t.Helper()
	var file bytes.Buffer
	w, err := pcapio.NewWriter(&file, pcapio.WriterConfig{})
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range payloads {
		if err := w.WriteRecord(&pcapio.Record{Time: int64(1000+i)*1e9 + 7, OrigLen: len(p) + 100, LinkType: pcapio.LinkEthernet, Data: []byte(p)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func open(t testing.TB) *pcapio.Reader {
	t.Helper()
	r, err := pcapio.NewReader(bytes.NewReader(capture(t)), pcapio.ReaderConfig{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A Source is what google/gopacket wants.
var (
	_ gopacket.PacketDataSource         = (*gopacketio.Source[gopacket.CaptureInfo])(nil)
	_ gopacket.ZeroCopyPacketDataSource = (*gopacketio.Source[gopacket.CaptureInfo])(nil)
)

func TestSource(t *testing.T) {
	s := gopacketio.NewSource[gopacket.CaptureInfo](open(t))
	data, ci, err := s.ReadPacketData()
	want := gopacket.CaptureInfo{Timestamp: time.Unix(1000, 7).UTC(), CaptureLength: 12, Length: 112}
	if err != nil || string(data) != "first packet" || !reflect.DeepEqual(ci, want) || s.LinkType() != pcapio.LinkEthernet {
		t.Errorf("%q %+v of %v, %v", data, ci, s.LinkType(), err)
	}
	if _, _, err = s.ZeroCopyReadPacketData(); err != nil {
		t.Error(err)
	}
	if string(data) != "first packet" {
		t.Error("ReadPacketData did not copy")
	}
	if _, _, err = s.ReadPacketData(); err != nil {
		t.Error(err)
	}
	for range 2 {
		if data, _, err = s.ReadPacketData(); err != io.EOF || data != nil {
			t.Errorf("at the end: %q, %v", data, err)
		}
	}
	if s.Err() != nil {
		t.Errorf("the end is an error: %v", s.Err())
	}
}

func TestPacketSource(t *testing.T) {
	src := gopacket.NewPacketSource(gopacketio.NewSource[gopacket.CaptureInfo](open(t)), layers.LinkTypeEthernet)
	for i := 0; ; i++ {
		p, err := src.NextPacket()
		if errors.Is(err, io.EOF) {
			if i != len(payloads) {
				t.Errorf("%d packets", i)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if p.Metadata().Length != len(payloads[i])+100 {
			t.Errorf("packet %d: length %d", i, p.Metadata().Length)
		}
	}
}

// Gopacket's Packets ends at damage too, and Err tells of it.
func TestPacketsEndAtDamage(t *testing.T) {
	file := capture(t)
	r, err := pcapio.NewReader(bytes.NewReader(file[:len(file)-1]), pcapio.ReaderConfig{})
	if err != nil {
		t.Fatal(err)
	}
	s := gopacketio.NewSource[gopacket.CaptureInfo](r)
	n := 0
	for range gopacket.NewPacketSource(s, layers.LinkTypeEthernet).Packets() {
		n++
	}
	if n != 2 || !errors.Is(s.Err(), io.ErrUnexpectedEOF) {
		t.Errorf("%d packets, %v", n, s.Err())
	}
}

// There and back, through the types of each version.
func TestReader(t *testing.T) {
	file, err := pcapgo.NewReader(bytes.NewReader(capture(t)))
	if err != nil {
		t.Fatal(err)
	}
	sources := map[string]pcapio.RecordReader{
		"pcapgo":  gopacketio.NewReader(file, pcapio.LinkEthernet),
		"google":  gopacketio.NewReader(gopacketio.NewSource[gopacket.CaptureInfo](open(t)), pcapio.LinkEthernet),
		"fork":    gopacketio.NewReader(gopacketio.NewSource[forkInfo](open(t)), pcapio.LinkEthernet),
		"copying": gopacketio.NewReader(copying{gopacketio.NewSource[forkInfo](open(t))}, pcapio.LinkEthernet),
	}
	for name, src := range sources {
		t.Run(name, func(t *testing.T) {
			var r pcapio.Record
			for i, p := range payloads {
				if err := src.ReadRecord(&r); err != nil {
					t.Fatal(err)
				}
				if r.Time != int64(1000+i)*1e9+7 || r.OrigLen != len(p)+100 || r.LinkType != pcapio.LinkEthernet || string(r.Data) != p {
					t.Errorf("record %d: %+v", i, r)
				}
			}
			for range 2 {
				if err := src.ReadRecord(&r); err != io.EOF {
					t.Errorf("at the end: %v", err)
				}
			}
		})
	}
}

// copying is a source without ZeroCopyReadPacketData.
type copying struct{ src *gopacketio.Source[forkInfo] }

func (c copying) ReadPacketData() ([]byte, forkInfo, error) { return c.src.ReadPacketData() }

func TestReaderFarTimes(t *testing.T) {
	for _, test := range []struct {
		name string
		year int
		want int64
	}{
		{"after the last", 3000, math.MaxInt64},
		{"before the first", 1000, math.MinInt64},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := gopacketio.NewReader(oneShot{time.Date(test.year, 1, 1, 0, 0, 0, 0, time.UTC)}, pcapio.LinkRaw)
			var rec pcapio.Record
			if err := r.ReadRecord(&rec); err != nil || rec.Time != test.want || rec.OrigLen != 5 {
				t.Errorf("%+v, %v", rec, err)
			}
		})
	}
}

type oneShot struct{ at time.Time }

func (o oneShot) ReadPacketData() ([]byte, gopacket.CaptureInfo, error) {
	return nil, gopacket.CaptureInfo{Timestamp: o.at, Length: 5}, nil
}

// Every link type that google/gopacket decodes is converted to a number that it decodes, by the
// same decoder; no other is converted.
func TestLinkType(t *testing.T) {
	decodes := func(l layers.LinkType) bool { return l.String() != "UnknownLinkType" }
	for n := range 1 << 16 {
		link, ok := gopacketio.LinkType[layers.LinkType](pcapio.LinkType(n))
		switch {
		case ok && !decodes(link):
			t.Errorf("%d became %d, which gopacket does not decode", n, link)
		case !ok && n < 256 && decodes(layers.LinkType(n)):
			t.Errorf("%d, %v of gopacket, is not converted", n, layers.LinkType(n))
		case ok && n != int(link) && link != layers.LinkTypeRaw:
			t.Errorf("%d became %d", n, link)
		}
	}
	if l, ok := gopacketio.LinkType[layers.LinkType](pcapio.LinkSLL2); ok {
		t.Errorf("SLL2 has no place in 8 bits, but became %d", l)
	}
	if l, ok := gopacketio.LinkType[forkLink](pcapio.LinkSLL2); !ok || l != 276 {
		t.Errorf("SLL2 of the fork: %d, %v", l, ok)
	}
}
