package coral

import (
	"bytes"
	"testing"
	"time"
)

// BenchmarkMeter counts packets of 250 flows, reported by the second.
func BenchmarkMeter(b *testing.B) {
	m, err := New(Config{Interval: time.Second}, NewWriter(discard{}, WriterConfig{}))
	if err != nil {
		b.Fatal(err)
	}
	p := udp(0, 1)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		p.Time += 10_000
		p.Src[15] = byte(i)
		if err := m.WritePacket(p); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReader(b *testing.B) {
	text := bytes.Repeat([]byte(row), 10_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	var r Row
	for b.Loop() {
		in := NewReader(bytes.NewReader(text))
		for range 10_000 {
			if err := in.ReadRow(&r); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkWriter(b *testing.B) {
	var r Row
	if err := parseRow(bytes.TrimSpace([]byte(row)), &r); err != nil {
		b.Fatal(err)
	}
	w := NewWriter(discard{}, WriterConfig{})
	b.SetBytes(int64(len(row)))
	b.ReportAllocs()
	for b.Loop() {
		if err := w.WriteRow(&r); err != nil {
			b.Fatal(err)
		}
	}
}
