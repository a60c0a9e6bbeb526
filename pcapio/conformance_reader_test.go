package pcapio

import (
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// conformanceDirs returns the folders of captures and of the reference tools' outputs.
func conformanceDirs(t *testing.T) (captures, reference string) {
	captures, reference = os.Getenv("REEF_CAPTURES"), os.Getenv("REEF_REFERENCE")
	if captures == "" || reference == "" {
		t.Skip("REEF_CAPTURES and REEF_REFERENCE are not set")
	}
	return captures, reference
}

// capinfos is what Wireshark's capinfos -T -M says about a capture.
type capinfos struct {
	packets, bytes int64
	start, end     string
}

// readCapinfos returns false if capinfos failed on the capture.
func readCapinfos(t *testing.T, path string) (capinfos, bool) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) < 2 {
		return capinfos{}, false
	}
	col := map[string]string{}
	for i, name := range rows[0] {
		if i < len(rows[1]) {
			col[name] = rows[1][i]
		}
	}
	number := func(name string) int64 {
		n, err := strconv.ParseInt(col[name], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	return capinfos{number("Number of packets"), number("Data size (bytes)"), col["Start time"], col["End time"]}, true
}

// TestConformanceCapinfos reads every capture and compares with capinfos: packets, bytes on the
// wire, first and last time.
func TestConformanceCapinfos(t *testing.T) {
	captures, reference := conformanceDirs(t)
	// Where capinfos gives up without a row: the good records before the damage, counted by hand.
	unread := map[string]int64{
		"bad-caplen-10-7-29-101-49898-178-63-41-150.pcap": 18,
		"drv-garbage-mid.pcap":                            200,
		"drv-cut-global.pcap":                             0,
	}
	files, err := filepath.Glob(filepath.Join(captures, "*.pcap*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no captures: %v", err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			want, ok := readCapinfos(t, filepath.Join(reference, name, "capinfos.tsv"))
			r, err := Open(file)
			if name == "drv-cut-global.pcap" {
				if !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Fatalf("error %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			var got capinfos
			first, last := int64(0), int64(0)
			untimed := false
			var rec Record
			for {
				if err = r.ReadRecord(&rec); err != nil {
					break
				}
				got.packets++
				got.bytes += int64(rec.OrigLen)
				if rec.Time == 0 {
					untimed = true
					continue
				}
				if first == 0 || rec.Time < first {
					first = rec.Time
				}
				last = max(last, rec.Time)
			}
			if !ok {
				if n, known := unread[name]; !known || n != got.packets || !errors.Is(err, ErrFormat) {
					t.Fatalf("%d packets, error %v", got.packets, err)
				}
				return
			}
			if damaged := strings.Contains(name, "cut"); damaged != errors.Is(err, io.ErrUnexpectedEOF) || !damaged && err != io.EOF {
				t.Errorf("error %v", err)
			}
			if got.packets != want.packets || got.bytes != want.bytes {
				t.Errorf("%d packets of %d bytes, capinfos has %d of %d", got.packets, got.bytes, want.packets, want.bytes)
			}
			if want.packets > 0 && !untimed {
				if s := capinfosTime(first, want.start); s != want.start {
					t.Errorf("first time %s, capinfos has %s", s, want.start)
				}
				// The last record of this file has 1653292 microseconds after 06:48:00. libpcap and
				// reef add them; capinfos prints all seven digits as a fraction.
				if s := capinfosTime(last, want.end); s != want.end && r.Stats().BadFraction == 0 {
					t.Errorf("last time %s, capinfos has %s", s, want.end)
				}
			}
			if name != "drv-gzip.pcap.gz" && err == io.EOF && r.InputOffset() != r.Size() {
				t.Errorf("consumed %d of %d bytes", r.InputOffset(), r.Size())
			}
		})
	}
}

// capinfosTime formats a time with as many digits as like has.
func capinfosTime(ns int64, like string) string {
	s := (&Record{Time: ns}).Timestamp().Format("2006-01-02 15:04:05.000000000")
	return s[:min(len(s), len(like))]
}
