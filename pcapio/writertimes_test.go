package pcapio

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"testing"
)

// Pcapng holds all times that int64 nanoseconds can be, in microseconds as well where they fit, and
// pcap those of 32 bits of seconds.
func TestWriterHoldsTimes(t *testing.T) {
	times := []int64{math.MinInt64, -1_000_000_001, -1, 0, 1, 1000, 1001, 4294967296e9, math.MaxInt64}
	for _, cfg := range []WriterConfig{{Format: Pcapng}, {Format: Pcapng, Micro: true, Exact: true}} {
		var file bytes.Buffer
		w, err := NewWriter(&file, cfg)
		if err != nil {
			t.Fatal(err)
		}
		size := int64(0)
		for _, at := range times {
			r := Record{Time: at, LinkType: LinkRaw, Data: []byte{1, 2, 3}, OrigLen: 3}
			size += w.Size(&r)
			if err := w.WriteRecord(&r); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil || size != int64(file.Len()) {
			t.Errorf("%d bytes, %d were foreseen, %v", file.Len(), size, err)
		}
		got, err := readBytes(t, file.Bytes(), ReaderConfig{})
		if err != nil {
			t.Fatal(err)
		}
		var back []int64
		for _, r := range got {
			back = append(back, r.Time)
		}
		if !slices.Equal(back, times) {
			t.Errorf("%+v: %v, want %v", cfg, back, times)
		}
	}
	var file bytes.Buffer
	w, _ := NewWriter(&file, WriterConfig{Format: Pcapng, Micro: true})
	early := Record{Time: -1, LinkType: LinkRaw, OrigLen: 1}
	if err := errors.Join(w.WriteRecord(&early), w.Close()); err != nil {
		t.Fatal(err)
	}
	// rounded down
	if got, err := readBytes(t, file.Bytes(), ReaderConfig{}); err != nil || got[0].Time != -1000 {
		t.Errorf("%v, %v", got, err)
	}
}
