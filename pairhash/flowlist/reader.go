package flowlist

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/reeftools/reef/pairhash"
)

// Errors of this package, to be found with [errors.Is].
var (
	// ErrSyntax means that a line is not a flow.
	ErrSyntax = errors.New("flowlist: not a flow")
	// ErrTooLong means that a line is longer than a Reader takes.
	ErrTooLong = errors.New("flowlist: line too long")
	// ErrConfig means that a configuration is impossible.
	ErrConfig = errors.New("flowlist: bad configuration")
)

// LineError says where a list is wrong, or where reading it failed.
type LineError struct {
	Offset int64  // of the line's first byte in the input
	Line   int64  // from 1
	Text   string // the line or its beginning
	Err    error
}

func (e *LineError) Error() string {
	return fmt.Sprintf("flowlist: line %d, offset %d: %v: %q", e.Line, e.Offset, e.Err, e.Text)
}

// Unwrap returns the cause.
func (e *LineError) Unwrap() error { return e.Err }

// Flow is one line of a list.
type Flow struct {
	Src, Dst pairhash.Addr
	Packets  uint64 // 1 if the line does not say
	Bytes    uint64 // 0 if the line does not say
}

// maxLine is the longest line that is read.
const maxLine = 1 << 17

// Reader reads a list of flows.
type Reader struct {
	in       *bufio.Reader
	notation Notation
	offset   int64 // of the next line
	lines    int64
	skipped  int64
	err      error
}

// NewReader reads from r, in large pieces.
func NewReader(r io.Reader) *Reader { return &Reader{in: bufio.NewReaderSize(r, maxLine)} }

// Notation returns how the list writes addresses, as its first flow has it.
func (r *Reader) Notation() Notation { return r.notation }

// Lines returns the number of lines that were read, of which Skipped held no flow.
func (r *Reader) Lines() int64 { return r.lines }

// Skipped returns the number of empty lines and comments.
func (r *Reader) Skipped() int64 { return r.skipped }

// ReadFlow reads the next flow. At the end of the list it returns io.EOF, bare; any other error is a [*LineError]. Errors are sticky.
func (r *Reader) ReadFlow(f *Flow) error {
	for r.err == nil {
		line, err := r.in.ReadSlice('\n')
		start := r.offset
		r.offset += int64(len(line))
		if err != nil && (err != io.EOF || len(line) == 0) {
			if errors.Is(err, bufio.ErrBufferFull) {
				err = ErrTooLong
			}
			if err != io.EOF {
				err = r.wrong(start, line, err)
			}
			r.err = err
			break
		}
		r.lines++
		if r.notation == Words && parseWordsLine(line, f) {
			return nil
		}
		switch ok, blank := r.parse(line, f); {
		case ok:
			return nil
		case blank:
			r.skipped++
		default:
			r.lines--
			r.err = r.wrong(start, line, ErrSyntax)
		}
	}
	return r.err
}

func (r *Reader) wrong(start int64, line []byte, err error) error {
	text := bytes.TrimRight(line, "\r\n")
	return &LineError{Offset: start, Line: r.lines + 1, Text: string(text[:min(len(text), 80)]), Err: err}
}

// parseWordsLine is the short way for "hhhhhhhh:hhhhhhhh hhhhhhhh:hhhhhhhh N\n". It returns false for everything else, good or bad.
func parseWordsLine(l []byte, f *Flow) bool {
	if len(l) < 38 || l[8] != ':' || l[17] != ' ' || l[26] != ':' || l[35] != ' ' || l[len(l)-1] != '\n' {
		return false
	}
	packets := uint64(0)
	for _, c := range l[36 : len(l)-1] {
		d := uint64(c - '0')
		if d > 9 || len(l) > 36+19+1 { // 19 digits cannot overflow
			return false
		}
		packets = packets*10 + d
	}
	a, ok1 := parseHex(binary.LittleEndian.Uint64(l[0:8]))
	b, ok2 := parseHex(binary.LittleEndian.Uint64(l[9:17]))
	c, ok3 := parseHex(binary.LittleEndian.Uint64(l[18:26]))
	d, ok4 := parseHex(binary.LittleEndian.Uint64(l[27:35]))
	f.Src = pairhash.AddrFromUint64(uint64(a)<<32 | uint64(b))
	f.Dst = pairhash.AddrFromUint64(uint64(c)<<32 | uint64(d))
	f.Packets, f.Bytes = packets, 0
	return ok1 && ok2 && ok3 && ok4
}

// parse reads a line of any form. Blank is a line without a flow; neither is a line that is wrong.
func (r *Reader) parse(line []byte, f *Flow) (ok, blank bool) {
	src, rest := field(line)
	if len(src) == 0 || src[0] == '#' {
		return false, true
	}
	dst, rest := field(rest)
	if r.notation == Unknown {
		r.notation = detect(src)
	}
	var ok1, ok2 bool
	f.Src, ok1 = r.notation.parse(src)
	f.Dst, ok2 = r.notation.parse(dst)
	f.Packets, f.Bytes = 1, 0
	ok = ok1 && ok2
	for _, v := range [...]*uint64{&f.Packets, &f.Bytes} {
		var number []byte
		if number, rest = field(rest); len(number) != 0 {
			var good bool
			*v, good = parseUint(number)
			ok = ok && good
		}
	}
	return ok, false
}

// field cuts the first field off line.
func field(line []byte) (f, rest []byte) {
	space := func(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }
	for len(line) > 0 && space(line[0]) {
		line = line[1:]
	}
	n := 0
	for n < len(line) && !space(line[n]) {
		n++
	}
	return line[:n], line[n:]
}
