package pcapio

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
)

func TestGopacketSource(t *testing.T) {
	r := mergeReaders(t, smallPcap)[0].(*Reader)
	data, ci, err := r.ReadPacketData()
	want := gopacket.CaptureInfo{Timestamp: time.Unix(1000, 1000).UTC(), CaptureLength: 12, Length: 12}
	if err != nil || string(data) != "first packet" || !reflect.DeepEqual(ci, want) {
		t.Errorf("%q %+v %v", data, ci, err)
	}
	if _, _, err = r.ZeroCopyReadPacketData(); err != nil {
		t.Error(err)
	}
	if string(data) != "first packet" {
		t.Error("ReadPacketData did not copy")
	}
	r = mergeReaders(t, smallPcap)[0].(*Reader)
	src := gopacket.NewPacketSource(r, layers.LinkTypeEthernet)
	n := 0
	for {
		p, err := src.NextPacket()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if p.Metadata().Length != int(threePackets[n].wire) {
			t.Errorf("packet %d: length %d", n, p.Metadata().Length)
		}
		n++
	}
	if n != 3 {
		t.Errorf("%d packets", n)
	}
}

func TestFromGopacket(t *testing.T) {
	// pcapgo takes the snap length seriously
	file := pcapSpec{link: 1, snap: 65535}.build(threePackets...)
	src, err := pcapgo.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	got, err := readAll(t, FromGopacket(src, LinkEthernet))
	if err != nil {
		t.Fatal(err)
	}
	checkPackets(t, got, threePackets, 1000)
	if got[0].LinkType != LinkEthernet {
		t.Errorf("link type %v", got[0].LinkType)
	}
	far := &oneShot{ci: gopacket.CaptureInfo{Timestamp: time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC), Length: 5}}
	if got, err = readAll(t, FromGopacket(far, LinkRaw)); err != nil || got[0].Time != 1<<63-1 || got[0].OrigLen != 5 {
		t.Errorf("%+v, %v", got, err)
	}
}

// oneShot is a gopacket source of one empty packet.
type oneShot struct {
	ci   gopacket.CaptureInfo
	done bool
}

func (o *oneShot) ReadPacketData() ([]byte, gopacket.CaptureInfo, error) {
	if o.done {
		return nil, gopacket.CaptureInfo{}, io.EOF
	}
	o.done = true
	return nil, o.ci, nil
}
