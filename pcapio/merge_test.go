package pcapio

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

// atTimes builds a pcap file of one-byte packets at the given seconds.
func atTimes(name byte, seconds ...uint32) []byte {
	var packets []packetSpec
	for _, s := range seconds {
		packets = append(packets, packetSpec{s, 0, string(name), 1})
	}
	return pcapSpec{link: uint32(name)}.build(packets...)
}

func mergeReaders(t testing.TB, files ...[]byte) []RecordReader {
	t.Helper()
	var readers []RecordReader
	for _, f := range files {
		r, err := NewReader(bytes.NewReader(f), ReaderConfig{})
		if err != nil {
			t.Fatal(err)
		}
		readers = append(readers, r)
	}
	return readers
}

func TestMerge(t *testing.T) {
	tests := []struct {
		name  string
		files [][]byte
		want  string
	}{
		{"no input", nil, ""},
		{"one input", [][]byte{atTimes('a', 1, 2, 3)}, "aaa"},
		{"two inputs", [][]byte{atTimes('a', 1, 4, 5), atTimes('b', 2, 3, 6)}, "abbaab"},
		{"empty input", [][]byte{atTimes('a', 5), atTimes('b'), atTimes('c', 1, 9)}, "cac"},
		// ties: argument order
		{"ties", [][]byte{atTimes('a', 1, 1), atTimes('b', 1, 1), atTimes('c', 1)}, "aabbc"},
		// an input keeps its own order
		{"input out of order", [][]byte{atTimes('a', 5, 1, 2), atTimes('b', 3, 6)}, "baaab"},
		{"six inputs", [][]byte{atTimes('a', 7), atTimes('b', 6), atTimes('c', 5), atTimes('d', 4), atTimes('e', 3), atTimes('f', 8)}, "edcbaf"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := NewMerge(mergeReaders(t, test.files...)...)
			got, err := readAll(t, m)
			if err != nil {
				t.Fatal(err)
			}
			var s strings.Builder
			for _, r := range got {
				s.Write(r.Data)
				if m.Interfaces()[r.Interface].LinkType != LinkType(r.Data[0]) {
					t.Errorf("interface %d is not that of %s", r.Interface, r.Data)
				}
			}
			if s.String() != test.want {
				t.Errorf("%s, want %s", s.String(), test.want)
			}
		})
	}
}

// An input that fails does not take the records of the others with it.
func TestMergeError(t *testing.T) {
	a, b := atTimes('a', 1, 3, 5), atTimes('b', 2, 4, 6)
	got, err := readAll(t, NewMerge(mergeReaders(t, a[:len(a)-1], b)...))
	var fe *FileError
	if len(got) != 5 || !errors.Is(err, io.ErrUnexpectedEOF) || !errors.As(err, &fe) {
		t.Errorf("%d records, %v", len(got), err)
	}
}

func TestMergeAllocs(t *testing.T) {
	var seconds []uint32
	for i := range uint32(3000) {
		seconds = append(seconds, i)
	}
	m := NewMerge(mergeReaders(t, atTimes('a', seconds...), atTimes('b', seconds...), atTimes('c', seconds...))...)
	var rec Record
	read := func() {
		if err := m.ReadRecord(&rec); err != nil {
			t.Fatal(err)
		}
	}
	for range 10 {
		read()
	}
	if allocs := testing.AllocsPerRun(5000, read); allocs != 0 {
		t.Errorf("%v allocations per record", allocs)
	}
}

func TestLimit(t *testing.T) {
	for _, test := range []struct {
		name string
		n    int64
		want int
	}{
		{"negative", -1, 0},
		{"none", 0, 0},
		{"some", 2, 2},
		{"all", 3, 3},
		{"more than there are", 9, 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := readAll(t, NewLimit(mergeReaders(t, atTimes('a', 1, 2, 3))[0], test.n))
			if err != nil || len(got) != test.want {
				t.Errorf("%d records, %v", len(got), err)
			}
		})
	}
}
