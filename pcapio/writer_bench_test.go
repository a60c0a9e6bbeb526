package pcapio

import (
	"io"
	"testing"
)

// One record of 96 bytes, again and again.
func BenchmarkWriter(b *testing.B) {
	r := Record{Time: 1_700_000_000_000_005_000, OrigLen: 1500, LinkType: LinkEthernet, Data: make([]byte, 96)}
	for _, c := range []struct {
		name string
		cfg  WriterConfig
	}{
		{"pcap", WriterConfig{}},
		{"pcap micro", WriterConfig{Micro: true}},
		{"pcapng", WriterConfig{Format: Pcapng}},
		{"pcap zstd", WriterConfig{Compression: Zstd}},
	} {
		b.Run(c.name, func(b *testing.B) {
			w, err := NewWriter(io.Discard, c.cfg)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			b.SetBytes(int64(len(r.Data)))
			for b.Loop() {
				if err := w.WriteRecord(&r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Captures of parallel taps, whose records alternate.
func BenchmarkMerge(b *testing.B) {
	for _, c := range []struct {
		name   string
		inputs int
	}{{"1 input", 1}, {"2 inputs", 2}, {"16 inputs", 16}} {
		b.Run(c.name, func(b *testing.B) {
			readers := make([]RecordReader, c.inputs)
			for i := range readers {
				time := int64(i)
				readers[i] = RecordReaderFunc(func(r *Record) error {
					time += int64(c.inputs)
					r.Time = time
					return nil
				})
			}
			m := NewMerge(readers...)
			var r Record
			b.ReportAllocs()
			for b.Loop() {
				if err := m.ReadRecord(&r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Copy of decoded packets to an analysis that does nothing.
func BenchmarkCopy(b *testing.B) {
	path := benchFile(b, "pcap")
	none := PacketWriterFunc(func(*Packet) error { return nil })
	b.ResetTimer()
	for b.Loop() {
		r, err := Open(path)
		if err != nil {
			b.Fatal(err)
		}
		if n, err := Copy(none, NewDecoder(r, DecodeConfig{})); n != benchPackets || err != nil {
			b.Fatal(n, err)
		}
		if err := r.Close(); err != nil {
			b.Fatal(err)
		}
	}
	reportPackets(b)
}
