package pcapio

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"testing"
)

// tallyReader counts what is asked of a source.
type tallyReader struct {
	src          io.Reader
	calls, bytes int
}

func (c *tallyReader) Read(b []byte) (int, error) {
	n, err := c.src.Read(b)
	c.calls, c.bytes = c.calls+1, c.bytes+n
	return n, err
}

// The worst files of each format at n and 4n records: what is read, how often, and what is
// allocated must grow with the file. Places that Resync looks at are counted in TestResyncIsLinear.
func TestReaderIsLinear(t *testing.T) {
	section := func() *ngBuilder {
		n := &ngBuilder{}
		n.section(byteOrders[0])
		return n
	}
	shapes := map[string]func(n int) []byte{
		"interfaces": func(n int) []byte {
			b := section()
			for i := range n {
				b.iface(LinkEthernet, 0)
				b.enhanced(i, 0, 4, "abcd")
			}
			return b.out
		},
		"sections": func(n int) []byte {
			b := section()
			for range n {
				b.section(byteOrders[0])
				b.iface(LinkEthernet, 0)
				b.enhanced(0, 0, 4, "abcd")
			}
			return b.out
		},
		"options": func(n int) []byte {
			b := section()
			var options []any
			for range n {
				options = append(options, b.option(1, "comment"))
			}
			b.iface(LinkEthernet, 0, options...)
			b.enhanced(0, 0, 4, "abcd", options...)
			return b.out
		},
		"unknown blocks": func(n int) []byte {
			b := section()
			b.iface(LinkEthernet, 0)
			for range n {
				b.block(0x7fff, "abcd")
			}
			return b.out
		},
		"empty pcap files": func(n int) []byte { return bytes.Repeat(pcapSpec{link: 1}.build(), n) },
		"empty records":    func(n int) []byte { return pcapSpec{link: 1}.build(make([]packetSpec, n)...) },
		"zero bytes":       func(n int) []byte { return append(pcapSpec{link: 1}.build(threePackets...), make([]byte, 16*n)...) },
		"bytes of ones": func(n int) []byte {
			return append(pcapSpec{link: 1}.build(threePackets...), bytes.Repeat([]byte{0xff}, 16*n)...)
		},
		"lengths that grow": func(n int) []byte {
			b := section()
			b.iface(LinkEthernet, 0)
			for i := range n {
				b.out = append(b.out, 6, 0, 0, 0, byte(i), byte(i>>8), 0, 0, 40, 0, 0, 0)
			}
			return b.out
		},
		"snoop": func(n int) []byte { return buildSnoop(4, make([]packetSpec, n)...) },
	}
	for name, build := range shapes {
		for _, resync := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", resync ", resync), func(t *testing.T) {
				work := func(n int) (calls, read, allocated int) {
					file := build(n)
					src := &tallyReader{src: bytes.NewReader(file)}
					var before, after runtime.MemStats
					runtime.ReadMemStats(&before)
					r, err := NewReader(src, ReaderConfig{Resync: resync})
					var rec Record
					for err == nil {
						err = r.ReadRecord(&rec)
					}
					runtime.ReadMemStats(&after)
					var fe *FileError
					if err != io.EOF && !errors.As(err, &fe) {
						t.Fatal(err)
					}
					if src.bytes > len(file) {
						t.Errorf("%d bytes read of %d", src.bytes, len(file))
					}
					return src.calls, src.bytes, int(after.TotalAlloc - before.TotalAlloc)
				}
				// bytes that the smallest file takes: the window, and what it grows to
				const n, fixed = 4000, 2 << 20
				calls, _, one := work(n)
				callsOfMore, _, four := work(4 * n)
				if callsOfMore > 4*calls+100 || four > 5*one+fixed {
					t.Errorf("%d calls and %d bytes allocated for %d, %d and %d for %d", calls, one, n, callsOfMore, four, 4*n)
				}
			})
		}
	}
}

// Merging many inputs: an input is read once for each of its records, and its time is compared with
// those of a branch of the heap only.
func TestMergeIsLinear(t *testing.T) {
	reads := func(inputs int) (calls, records int) {
		readers := make([]RecordReader, inputs)
		for i := range readers {
			left := 4
			readers[i] = RecordReaderFunc(func(r *Record) error {
				if calls++; left == 0 {
					return io.EOF
				}
				left--
				*r = Record{Time: int64(-left * 1000), LinkType: LinkEthernet}
				return nil
			})
		}
		m := NewMerge(readers...)
		for m.ReadRecord(new(Record)) == nil {
			records++
		}
		return calls, records
	}
	for _, n := range []int{1000, 4000} {
		if calls, records := reads(n); records != 4*n || calls != 5*n {
			t.Errorf("%d inputs: %d records by %d calls", n, records, calls)
		}
	}
}
