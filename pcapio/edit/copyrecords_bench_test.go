package edit

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// Copying a capture into another, as runs of bytes (a Slicer without a window), record by record
// in batches (a Reader), and with every record looked at by a Matcher.
func BenchmarkCopyRecords(b *testing.B) {
	for _, c := range []struct {
		name string
		of   func(*pcapio.Reader) pcapio.RecordReader
	}{
		{"records", func(r *pcapio.Reader) pcapio.RecordReader { return r }},
		{"runs", func(r *pcapio.Reader) pcapio.RecordReader { return NewSlicer(r) }},
		{"matching runs", func(r *pcapio.Reader) pcapio.RecordReader { return NewTransform(NewSlicer(r), evenLength{}) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			path := benchFile(b)
			b.ResetTimer()
			for b.Loop() {
				r, err := pcapio.Open(path)
				if err != nil {
					b.Fatal(err)
				}
				w, err := pcapio.NewWriter(io.Discard, pcapio.WriterConfig{Micro: true})
				if err != nil {
					b.Fatal(err)
				}
				if n, err := pcapio.CopyRecords(w, c.of(r)); n != benchPackets || err != nil {
					b.Fatal(n, err)
				}
				if err := errors.Join(w.Close(), r.Close()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*benchPackets/1e6/b.Elapsed().Seconds(), "Mpkt/s")
		})
	}
}

const benchPackets = 1_000_000

// benchFile is a pcap file with 96 bytes of each of benchPackets packets.
func benchFile(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "bench")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w, err := pcapio.NewWriter(f, pcapio.WriterConfig{Micro: true})
	if err != nil {
		b.Fatal(err)
	}
	r := pcapio.Record{Time: 1_700_000_000e9, LinkType: pcapio.LinkEthernet, OrigLen: 1500, Data: make([]byte, 96)}
	for range benchPackets {
		if err := w.WriteRecord(&r); err != nil {
			b.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), f.Close()); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(w.Stats().Bytes))
	return path
}

// evenLength matches the records of benchFile.
type evenLength struct{}

func (evenLength) Match(r *pcapio.Record) bool     { return r.OrigLen&1 == 0 }
func (evenLength) Transform(r *pcapio.Record) bool { return r.OrigLen&1 == 0 }
