package pcapio

import (
	"errors"
	"io"
	"testing"
)

// Copying a capture into another, as runs of bytes (a Slicer without a window), record by record
// in batches (a Reader), and with every record looked at by a Matcher.
func BenchmarkCopyRecords(b *testing.B) {
	for _, c := range []struct {
		name string
		of   func(*Reader) RecordReader
	}{
		{"records", func(r *Reader) RecordReader { return r }},
		{"runs", func(r *Reader) RecordReader { return NewSlicer(r) }},
		{"matching runs", func(r *Reader) RecordReader { return Transformed(NewSlicer(r), evenLength{}) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			path := benchFile(b, "pcap")
			b.ResetTimer()
			for b.Loop() {
				r, err := Open(path)
				if err != nil {
					b.Fatal(err)
				}
				w, err := NewWriter(io.Discard, WriterConfig{Micro: true})
				if err != nil {
					b.Fatal(err)
				}
				if n, err := CopyRecords(w, c.of(r)); n != benchPackets || err != nil {
					b.Fatal(n, err)
				}
				if err := errors.Join(w.Close(), r.Close()); err != nil {
					b.Fatal(err)
				}
			}
			reportPackets(b)
		})
	}
}

// evenLength matches the records of benchFile.
type evenLength struct{}

func (evenLength) Match(r *Record) bool     { return r.OrigLen&1 == 0 }
func (evenLength) Transform(r *Record) bool { return r.OrigLen&1 == 0 }
