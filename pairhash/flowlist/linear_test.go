package flowlist

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// Reading costs no more than in proportion to the length of a list, whatever its lines are and in
// whatever pieces it arrives: what is counted are reads, lines, and bytes moved in the buffer.
func TestReadIsLinear(t *testing.T) {
	for _, c := range []struct{ name, line string }{
		{"usual", "10.0.0.1 10.0.0.2 3 400\n"},
		{"words", "00000000:00000001 00000000:00000002 3\n"},
		{"unusual", "  10.0.0.1   10.0.0.2\t\t3\n"},
		{"in turns", "10.0.0.1 10.0.0.2 3\n 10.0.0.1 10.0.0.2 3\n"},
		{"IPv6", "2001:db8::1 2001:db8::2 3\n"},
		{"empty", "\n"},
		{"comments", "# " + strings.Repeat("x", 1000) + "\n"},
		{"long", "10.0.0.1 10.0.0.2 3" + strings.Repeat(" ", maxLine-100) + "\n"},
	} {
		for name, pieces := range map[string]func(io.Reader) io.Reader{
			"whole":  func(r io.Reader) io.Reader { return r },
			"halves": iotest.HalfReader,
			"bytes":  iotest.OneByteReader,
		} {
			t.Run(c.name+"/"+name, func(t *testing.T) {
				work := func(n int) int64 {
					in := &counting{pieces(strings.NewReader(strings.Repeat(c.line, n))), 0}
					r := NewReader(in)
					var flows [256]Flow
					for {
						if _, err := r.ReadFlows(flows[:]); errors.Is(err, io.EOF) {
							return in.reads + r.Lines() + r.moved
						} else if err != nil {
							t.Fatal(err)
						}
					}
				}
				n := max(1, 40000/len(c.line))
				size := int64(n * len(c.line))
				once, four := work(n), work(4*n)
				// A byte is read once and moved less than once: only the rest of a buffer is.
				if once > 2*size+10 || four > 8*size+10 {
					t.Errorf("%d lines of %d bytes: %d steps, four times as many: %d", n, len(c.line), once, four)
				}
			})
		}
	}
}

// counting counts reads.
type counting struct {
	io.Reader
	reads int64
}

func (c *counting) Read(b []byte) (int, error) {
	c.reads++
	return c.Reader.Read(b)
}
