package edit

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// Magic numbers of pcap files (draft-ietf-opsawg-pcap, 4).
const (
	magicMicro = 0xa1b2c3d4
	magicNano  = 0xa1b23c4d
)

// oneByOne hides what a reader can do beside reading.
func oneByOne(r pcapio.RecordReader) pcapio.RecordReader {
	return pcapio.RecordReaderFunc(r.ReadRecord)
}

// lowBit matches records by a byte of their data.
type lowBit struct{}

func (lowBit) Match(r *pcapio.Record) bool       { return len(r.Data) > 0 && r.Data[0]&1 != 0 }
func (m lowBit) Transform(r *pcapio.Record) bool { return m.Match(r) }

// oddCapture is a pcap file with n records, some of them out of order, cut, longer than on the wire
// or with bad fractions.
func oddCapture(n int, order binary.AppendByteOrder, magic uint32, major, minor uint16) []byte {
	random := rand.New(rand.NewPCG(7, uint64(n)))
	b := order.AppendUint32(nil, magic)
	b = order.AppendUint16(order.AppendUint16(b, major), minor)
	for _, v := range []uint32{0, 0, 400, 1} {
		b = order.AppendUint32(b, v)
	}
	sec, frac := uint32(1000), uint32(0)
	for range n {
		length := uint32(random.IntN(120))
		wire := length + uint32(random.IntN(2)*40)
		t, f := sec, frac
		switch random.IntN(100) {
		case 0:
			t -= 5
		case 1:
			f += 1_500_000_000
		case 2:
			wire = length / 2
		case 3:
			length, wire = 500, 500
		case 4:
			wire = 1<<31 + 5
		}
		for _, v := range []uint32{t, f, length, wire} {
			b = order.AppendUint32(b, v)
		}
		for range length {
			b = append(b, byte(random.Uint32()))
		}
		if frac += uint32(random.IntN(2000)); frac > 900_000 {
			sec, frac = sec+1, 0
		}
	}
	return b
}

// What is copied in runs is what is copied one by one, and so are all counts.
func TestCopyRecordsRuns(t *testing.T) {
	name := filepath.Join(t.TempDir(), "in.pcap")
	for i, file := range [][]byte{
		oddCapture(30_000, binary.LittleEndian, magicMicro, 2, 4),
		oddCapture(30_000, binary.LittleEndian, magicNano, 2, 4),
		oddCapture(3_000, binary.BigEndian, magicMicro, 2, 4),
		oddCapture(3_000, binary.LittleEndian, magicMicro, 2, 2),
		oddCapture(3_000, binary.LittleEndian, magicMicro, 2, 4)[:100_000],
		oddCapture(0, binary.LittleEndian, magicMicro, 2, 4),
		oddCapture(1, binary.LittleEndian, magicMicro, 2, 4),
	} {
		if err := os.WriteFile(name, file, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, w := range []Window{AllTime, {Start: 1001e9, End: 1009e9}, {Start: 1001e9, End: 1009e9, HalfOpen: true}} {
			for _, cfg := range []pcapio.WriterConfig{{Micro: true}, {}, {SnapLen: 60}, {Format: pcapio.Pcapng}, {Compression: pcapio.LZ4, Micro: true}} {
				for _, match := range []bool{false, true} {
					want := copyRecordsFor(t, name, w, cfg, match, false)
					got := copyRecordsFor(t, name, w, cfg, match, true)
					if got != want {
						t.Errorf("file %d, %+v, %+v, match %v:\n%.300s\nwant\n%.300s", i, w, cfg, match, got, want)
					}
				}
			}
		}
	}
}

// copyRecordsFor returns all that can be seen of a copy, by a Writer and by a Rotator.
func copyRecordsFor(t *testing.T, name string, w Window, cfg pcapio.WriterConfig, match, runs bool) string {
	var seen []byte
	for _, rotate := range []bool{false, true} {
		r, err := pcapio.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		s := NewSlicer(r)
		s.SetWindow(w)
		var src pcapio.RecordReader = s
		transformed := NewTransform(s, lowBit{})
		if match {
			src = transformed
		}
		if !runs {
			src = oneByOne(src)
		}
		var out bytes.Buffer
		var n int64
		var stats any
		if rotate {
			var about RotatedFile
			outName := filepath.Join(t.TempDir(), "out")
			rotator, err := NewRotator(RotateConfig{Name: outName, Writer: cfg, Finished: func(f RotatedFile) { about = f }})
			if err != nil {
				t.Fatal(err)
			}
			n, err = pcapio.CopyRecords(rotator, src)
			seen = fmt.Append(seen, err, rotator.Close())
			b, err := os.ReadFile(outName)
			if err != nil {
				t.Fatal(err)
			}
			out.Write(b)
			about.Name = ""
			stats = fmt.Sprint(about, rotator.Stats())
		} else {
			writer, err := pcapio.NewWriter(&out, cfg)
			if err != nil {
				t.Fatal(err)
			}
			n, err = pcapio.CopyRecords(writer, src)
			seen = fmt.Append(seen, err, writer.Close())
			stats = writer.Stats()
		}
		seen = fmt.Append(seen, n, stats, s.Stats(), r.Stats(), transformed.Stats(), out.Len(), out.Bytes())
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return string(seen)
}

// A full disk within a run is the error of the copy.
func TestCopyRecordsFails(t *testing.T) {
	name := filepath.Join(t.TempDir(), "in.pcap")
	if err := os.WriteFile(name, oddCapture(30_000, binary.LittleEndian, magicMicro, 2, 4), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := pcapio.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	full := errors.New("full")
	w, err := pcapio.NewWriter(writerFunc(func(b []byte) (int, error) { return 0, full }), pcapio.WriterConfig{Micro: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pcapio.CopyRecords(w, NewSlicer(r)); err != full {
		t.Errorf("error %v", err)
	}
}

type writerFunc func(b []byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

// A full disk within a run leaves the records of the run in doubt too.
func TestCopyRecordsUnfinished(t *testing.T) {
	if info, err := os.Stat("/dev/full"); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		t.Skip("no /dev/full here")
	}
	name := filepath.Join(t.TempDir(), "in.pcap")
	if err := os.WriteFile(name, oddCapture(1000, binary.LittleEndian, magicMicro, 2, 4), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := pcapio.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	w, err := NewRotator(RotateConfig{Name: "/dev/full", Writer: pcapio.WriterConfig{Micro: true}})
	if err != nil {
		t.Fatal(err)
	}
	n, err := pcapio.CopyRecords(w, NewSlicer(r))
	var unfinished *UnfinishedError
	if !errors.As(errors.Join(err, w.Close()), &unfinished) || unfinished.Records < n || unfinished.Records < int64(r.Stats().Records)-1 {
		t.Errorf("%d taken of %d read, %v", n, r.Stats().Records, err)
	}
}

// Progress is called for each reading of each file, and its error ends the file where it is.
func TestProgress(t *testing.T) {
	calls, stop, opened := 0, errors.New("stop"), false
	last := int64(0)
	cfg := pcapio.ReaderConfig{Progress: func(read, size int64) error {
		if read < last || read > size || !opened {
			t.Errorf("%d of %d bytes after %d; opened: %v", read, size, last, opened)
		}
		last = read
		if calls++; calls > 3 {
			return stop
		}
		return nil
	}}
	name := filepath.Join(t.TempDir(), "in.pcap")
	if err := os.WriteFile(name, oddCapture(30_000, binary.LittleEndian, magicMicro, 2, 4), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, seek := range []bool{false, true} {
		calls, opened, last = 0, false, 0
		r, err := cfg.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		opened = true
		defer r.Close()
		var src pcapio.RecordReader = r
		if seek {
			src = NewSlicer(r)
		}
		w, err := pcapio.NewWriter(io.Discard, pcapio.WriterConfig{Micro: true})
		if err != nil {
			t.Fatal(err)
		}
		n, err := pcapio.CopyRecords(w, src)
		var damage *pcapio.FileError
		if !errors.Is(err, stop) || !errors.As(err, &damage) || damage.Record != n+1 || n == 0 || n >= 30_000 || calls != 4 {
			t.Errorf("%d records, %d calls, %v", n, calls, err)
		}
	}
}
