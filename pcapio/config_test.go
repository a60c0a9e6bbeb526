package pcapio

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

// What has nothing to read from or write to says so in an error.
func TestNothingThere(t *testing.T) {
	var none RecordReader
	var rec Record
	good := RecordReaderFunc(func(*Record) error { return io.EOF })
	sink := PacketWriterFunc(func(*Packet) error { return nil })
	packets := NewDecoder(good, DecodeConfig{})
	for name, call := range map[string]func() error{
		"NewReader":   func() error { _, err := NewReader(nil, ReaderConfig{}); return err },
		"NewWriter":   func() error { _, err := NewWriter(nil, WriterConfig{}); return err },
		"NewMerge":    func() error { return NewMerge(good, none).ReadRecord(&rec) },
		"NewLimit":    func() error { return NewLimit(none, 1).ReadRecord(&rec) },
		"MultiWriter": func() error { return MultiWriter(sink, nil).WritePacket(nil) },
		"Copy to":     func() error { _, err := Copy(nil, packets); return err },
		"Copy from":   func() error { _, err := Copy(sink, nil); return err },
		"Run":         func() error { _, err := Run(nil, sink); return err },
		"CopyRecords to": func() error {
			_, err := CopyRecords(nil, good)
			return err
		},
		"CopyRecords from": func() error {
			_, err := CopyRecords(RecordWriterFunc(func(*Record) error { return nil }), nil)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			if err := call(); !errors.Is(err, ErrConfig) {
				t.Errorf("error %v, want ErrConfig", err)
			}
		})
	}
}

func TestConfigs(t *testing.T) {
	for name, cfg := range map[string]interface{ Validate() error }{
		"record length":       &ReaderConfig{MaxRecordLen: -1},
		"snap length":         &WriterConfig{SnapLen: -1},
		"format":              &WriterConfig{Format: 9},
		"compression":         &WriterConfig{Compression: 9},
		"comment":             &WriterConfig{Comment: string(make([]byte, 1<<17))},
		"tunnels":             &DecodeConfig{Tunnels: 1 << 31},
		"VXLAN without bit":   &DecodeConfig{VXLANPorts: []uint16{1}},
		"too deep":            &DecodeConfig{MaxTunnelDepth: MaxTunnelDepth + 1},
		"tunnels and network": &DecodeConfig{NetworkOnly: true, Tunnels: TunnelGRE},
	} {
		t.Run(name, func(t *testing.T) {
			if err := cfg.Validate(); !errors.Is(err, ErrConfig) {
				t.Errorf("error %v, want ErrConfig", err)
			}
		})
	}
}

func TestLimitBatches(t *testing.T) {
	r, err := NewReader(bytes.NewReader(pcapSpec{link: 1}.build(manyPackets(6)...)), ReaderConfig{})
	if err != nil {
		t.Fatal(err)
	}
	l, recs := NewLimit(r, 4), make([]Record, 3)
	for i, want := range []int{3, 1, 0, 0} {
		n, err := l.ReadRecords(recs)
		if n != want || (err == io.EOF) != (want == 0) {
			t.Errorf("batch %d: %d records, %v; want %d", i, n, err, want)
		}
	}
	if n, err := l.ReadRecords(nil); n != 0 || err != errNoRoom {
		t.Errorf("no room: %d, %v", n, err)
	}
	if len(l.Interfaces()) != 1 {
		t.Errorf("interfaces %v", l.Interfaces())
	}
}
