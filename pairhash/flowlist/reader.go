package flowlist

import (
	"bytes"
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

// Error names the line, its place and the cause.
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
	in       io.Reader
	buf      []byte // buf[at:end] was read and not used yet
	at, end  int
	inErr    error // of in; what was read before it is used first
	moved    int64 // bytes to the beginning of buf, which tests bound
	notation Notation
	offset   int64 // of the next line
	lines    int64
	skipped  int64
	err      error

	flows  [scratchLen]Flow               // of usualPairs
	counts [scratchLen]pairhash.PairCount // of usualFlows
}

// NewReader reads from r, in large pieces.
func NewReader(r io.Reader) *Reader { return &Reader{in: r, buf: make([]byte, maxLine)} }

// Notation returns how the list writes addresses, as its first flow has it.
func (r *Reader) Notation() Notation { return r.notation }

// Lines returns the number of lines that were read, of which Skipped held no flow.
func (r *Reader) Lines() int64 { return r.lines }

// Skipped returns the number of empty lines and comments.
func (r *Reader) Skipped() int64 { return r.skipped }

// ReadFlow reads the next flow. At the end of the list it returns io.EOF, bare; any other error is
// a [*LineError]. Errors are sticky.
func (r *Reader) ReadFlow(f *Flow) error {
	for r.err == nil {
		line, err := r.readLine()
		start := r.offset
		r.offset += int64(len(line))
		if err != nil && (err != io.EOF || len(line) == 0) {
			if err != io.EOF {
				err = r.wrong(start, line, err)
			}
			r.err = err
			break
		}
		r.lines++
		switch ok, blank := r.parse(line, f); {
		case ok:
			return nil
		case blank:
			r.skipped++
		default:
			r.lines--
			r.err = r.wrong(start, line, fmt.Errorf("%w; want %s", ErrSyntax, r.notation.form()))
		}
	}
	return r.err
}

// ReadFlows reads flows into s until it is full or what has arrived is used up, and at least one;
// without room in s the error is an [ErrConfig].
// It returns how many it read; these are good whatever the error, which is as in ReadFlow. It is
// several times as fast as ReadFlow where lines have the usual shape: one space or tab between
// fields, at least three and at most four of them, and no IPv6 addresses.
func (r *Reader) ReadFlows(s []Flow) (n int, err error) {
	return readMany(r, s, r.usualFlows, r.ReadFlow)
}

// ReadPairs is ReadFlows for callers that need of each flow only its addresses, the source as A and
// the destination as B, and its weight. The counters take such a batch by AddBatch or WritePairs,
// and reading it is faster.
func (r *Reader) ReadPairs(s []pairhash.PairCount, by Weight) (n int, err error) {
	usual := func(s []pairhash.PairCount) int { return r.usualPairs(s, by) }
	return readMany(r, s, usual, func(c *pairhash.PairCount) error {
		var f Flow
		if err := r.ReadFlow(&f); err != nil {
			return err
		}
		*c = by.of(&f)
		return nil
	})
}

// readMany fills s with the lines that usual reads many at a time, and those between them that it
// leaves to one.
func readMany[T any](r *Reader, s []T, usual func([]T) int, one func(*T) error) (n int, err error) {
	switch {
	case r.err != nil:
		return 0, r.err
	case len(s) == 0:
		return 0, fmt.Errorf("%w: no room for a flow", ErrConfig)
	}
	for {
		n += usual(s[n:])
		if n == len(s) || n > 0 && r.mustWait() {
			return n, nil
		}
		if err := one(&s[n]); err != nil {
			return n, err
		}
		n++
	}
}

// mustWait tells whether no whole line has arrived.
func (r *Reader) mustWait() bool {
	return r.inErr == nil && bytes.IndexByte(r.buf[r.at:r.end], '\n') < 0
}

// readLine returns the next line with its end. The last one may have none; io.EOF comes with it.
func (r *Reader) readLine() ([]byte, error) {
	seen := 0
	for {
		if i := bytes.IndexByte(r.buf[r.at+seen:r.end], '\n'); i >= 0 {
			line := r.buf[r.at : r.at+seen+i+1]
			r.at += len(line)
			return line, nil
		}
		seen = r.end - r.at
		switch {
		case r.inErr != nil:
			line := r.buf[r.at:r.end]
			r.at = r.end
			return line, r.inErr
		case seen == len(r.buf):
			return r.buf, ErrTooLong
		}
		r.fill()
	}
}

// fill reads more into the buffer, which is not full.
func (r *Reader) fill() {
	if r.at > 0 { // not for each piece of a line that arrives in many
		r.end = copy(r.buf, r.buf[r.at:r.end])
		r.moved += int64(r.end)
		r.at = 0
	}
	for range maxEmptyReads {
		n, err := r.in.Read(r.buf[r.end:])
		r.end += n
		r.inErr = err
		if n > 0 || err != nil {
			return
		}
	}
	r.inErr = io.ErrNoProgress
}

// maxEmptyReads is how often in a row a reader may return nothing and no error.
const maxEmptyReads = 100

func (r *Reader) wrong(start int64, line []byte, err error) error {
	text := bytes.TrimRight(line, "\r\n")
	return &LineError{Offset: start, Line: r.lines + 1, Text: string(text[:min(len(text), 80)]), Err: err}
}

// parse reads a line of any form. Blank is a line without a flow; neither is a line that is wrong.
func (r *Reader) parse(line []byte, f *Flow) (ok, blank bool) {
	src, rest := field(line)
	if len(src) == 0 || src[0] == '#' {
		return false, true
	}
	dst, rest := field(rest)
	notation := r.notation
	if notation == Unknown {
		notation = detect(src)
	}
	var ok1, ok2 bool
	f.Src, ok1 = notation.parse(src)
	f.Dst, ok2 = notation.parse(dst)
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
	if ok {
		r.notation = notation
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
