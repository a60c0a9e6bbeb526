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
	for datalink, want := range map[uint32]LinkType{0: LinkEthernet, 2: 6, 4: LinkEthernet, 8: LinkFDDI, 3: LinkNone, 1 << 31: LinkNone} {
		got, err := readBytes(t, buildSnoop(datalink, threePackets...), ReaderConfig{})
		if err != nil || got[0].LinkType != want {
			t.Errorf("datalink %d: %v, %v", datalink, got[0].LinkType, err)
		}
	}
	file := buildSnoop(4)
	file[11] = 3
	if _, err := readBytes(t, file, ReaderConfig{}); !errors.Is(err, ErrUnsupported) {
		t.Errorf("version 3: %v", err)
	}
}

func TestSnoopDamage(t *testing.T) {
	for name, recordLen := range map[string]uint32{"too short": 24 + 10, "too long": 24 + 11 + maxSnoopPad + 1, "huge": 1<<32 - 1, "zero": 0} {
		file := buildSnoop(4, threePackets...)
		binary.BigEndian.PutUint32(file[16+36+8:], recordLen)
		got, err := readBytes(t, file, ReaderConfig{})
		var fe *FileError
		if len(got) != 1 || !errors.As(err, &fe) || !errors.Is(err, ErrFormat) || fe.Offset != 16+36 || fe.Record != 2 {
			t.Errorf("%s: %d records, %v", name, len(got), err)
		}
	}
}
