package pcapio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"
	"testing/iotest"
)

func TestSnoop(t *testing.T) {
	file := buildSnoop(4, threePackets...)
	for _, one := range []bool{false, true} {
		src := iotest.OneByteReader(bytes.NewReader(file))
		if !one {
			src = bytes.NewReader(file)
		}
		r, err := NewReader(src, ReaderConfig{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := readAll(t, r)
		if err != nil {
			t.Fatal(err)
		}
		checkPackets(t, got, threePackets, 1000)
		if got[0].LinkType != LinkEthernet {
			t.Errorf("link type %v", got[0].LinkType)
		}
	}
	checkEveryCut(t, file, []int{16, 16 + 24 + 12, 16 + 24 + 12 + 24 + 12}, []int{0, 1, 2})
}

func TestSnoopHeader(t *testing.T) {
	for _, test := range []struct {
		name     string
		datalink uint32
		want     LinkType
	}{
		{"IEEE 802.3", 0, LinkEthernet},
		{"token ring", 2, LinkTokenRing},
		{"Ethernet", 4, LinkEthernet},
		{"FDDI", 8, LinkFDDI},
		{"metropolitan network", 3, LinkNone},
		{"beyond all", 1 << 31, LinkNone},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := readBytes(t, buildSnoop(test.datalink, threePackets...), ReaderConfig{})
			if err != nil || got[0].LinkType != test.want {
				t.Errorf("%v, %v", got[0].LinkType, err)
			}
		})
	}
	file := buildSnoop(4)
	file[11] = 3
	if _, err := readBytes(t, file, ReaderConfig{}); !errors.Is(err, ErrUnsupported) {
		t.Errorf("version 3: %v", err)
	}
}

func TestSnoopDamage(t *testing.T) {
	for name, recordLen := range map[string]uint32{"too short": 24 + 10, "too long": 24 + 11 + maxSnoopPad + 1, "huge": 1<<32 - 1, "zero": 0} {
		t.Run(name, func(t *testing.T) {
			file := buildSnoop(4, threePackets...)
			binary.BigEndian.PutUint32(file[16+36+8:], recordLen)
			got, err := readBytes(t, file, ReaderConfig{})
			var fe *FileError
			if len(got) != 1 || !errors.As(err, &fe) || !errors.Is(err, ErrFormat) || fe.Offset != 16+36 || fe.Record != 2 {
				t.Errorf("%d records, %v", len(got), err)
			}
		})
	}
}
