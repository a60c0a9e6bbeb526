package coral

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/reeftools/reef/pcapio"
)

// maxLine is the longest line that is read whole; t2 rows are below 200 bytes.
const maxLine = 1 << 16

// Reader reads t2 text, row by row, whatever program wrote it.
//
// It is lenient. Comment lines that it does not understand and blank lines are skipped. Columns may
// also be separated by blanks. Malformed rows are skipped and counted in Stats, unless Strict is
// set. Rows with bytes 0 or with latest before first occur in real files, and are given as they
// are. Compressed input is recognised by content; see [pcapio.Decompress].
type Reader struct {
	// File names the input in errors.
	File string
	// Strict makes a malformed row an error.
	Strict bool

	br      *bufio.Reader // uncompressed
	line    int64
	offset  int64 // where the next line begins
	table   Table
	stats   ReaderStats
	pending []event // at most two: end of one interval, begin of another
	iv      Interval
	in      bool  // an interval is open
	begun   bool  // by a comment line rather than by a row outside of any
	ended   bool  // iv.End is known
	latest  int64 // of the rows of the interval
	next    Interval
	held    Row // row that waits for the begin of an interval
	hasHeld bool
	begin   [200]byte // of a long line
	err     error
}

// ReaderStats are the counts of a Reader: Lines = Rows + Skipped + Comments + Blank.
type ReaderStats struct {
	Lines     uint64
	Rows      uint64
	Skipped   uint64     // malformed rows
	Comments  uint64     // lines that begin with #
	Blank     uint64     // lines without anything
	Intervals uint64     // begun
	Unended   uint64     // begun by a comment line and not ended by one: the file may be cut
	FirstBad  *LineError // the first malformed row, or nil
}

type event uint8

const (
	rowEvent event = iota
	beginEvent
	endEvent
)

// NewReader returns a reader of src.
func NewReader(src io.Reader) *Reader {
	return &Reader{br: bufio.NewReaderSize(pcapio.Decompress(src), maxLine), pending: make([]event, 0, 2)}
}

// ReadRow reads the next row of any table into row. It returns io.EOF at the end, or a [LineError],
// which is sticky.
func (r *Reader) ReadRow(row *Row) error {
	for {
		ev, err := r.nextEvent(row)
		if err != nil || ev == rowEvent {
			return err
		}
	}
}

// Interval returns the interval of the row that was read last, as far as it is known: from the
// comment lines, or else its number and the first row's time.
func (r *Reader) Interval() Interval { return r.iv }

// Stats returns the counts so far.
func (r *Reader) Stats() ReaderStats { return r.stats }

// Copy gives the intervals and rows of src to dst until src ends or one of them fails. It returns
// the number of rows that dst took. Rows outside of any interval make one of their own. A damaged
// file gives its good part, with the interval ended, before Copy returns the error.
func Copy(dst RowWriter, src *Reader) (int64, error) {
	out := outputTo(dst)
	var row Row
	var n int64
	for {
		ev, err := src.nextEvent(&row)
		if err != nil {
			if errors.Is(err, io.EOF) {
				return n, nil
			}
			if src.in {
				return n, errors.Join(err, out.end(&src.iv))
			}
			return n, err
		}
		switch ev {
		case beginEvent:
			err = out.begin(&src.iv)
		case endEvent:
			err = out.end(&src.iv)
		default:
			err = out.WriteRow(&row)
			n++
		}
		if err != nil {
			return n, err
		}
	}
}

// nextEvent reads up to the next row, begin or end of an interval.
func (r *Reader) nextEvent(row *Row) (event, error) {
	for {
		if len(r.pending) > 0 {
			ev := r.pending[0]
			r.pending = append(r.pending[:0], r.pending[1:]...)
			if ev == beginEvent {
				r.iv, r.in, r.ended = r.next, true, false
				r.latest = max(r.iv.Start, r.held.Latest)
			} else {
				r.in = false
			}
			return ev, nil
		}
		if r.hasHeld {
			*row, r.held, r.hasHeld = r.held, Row{}, false
			return rowEvent, nil
		}
		if r.err != nil {
			return 0, r.err
		}
		isRow, err := r.readLine(row)
		if err != nil {
			r.err = err
			if errors.Is(err, io.EOF) {
				r.endInterval(false)
			}
			continue
		}
		if !isRow {
			continue
		}
		if r.in {
			return rowEvent, nil
		}
		r.held, r.hasHeld = *row, true
		r.beginInterval(row.First, false)
	}
}

// beginInterval queues the begin of an interval, after the end of the open one.
func (r *Reader) beginInterval(start int64, comment bool) {
	r.endInterval(false)
	r.stats.Intervals++
	r.next = Interval{Number: int64(r.stats.Intervals), Start: start}
	r.begun = comment
	r.pending = append(r.pending, beginEvent)
}

// endInterval queues the end of the open interval, if there is one.
func (r *Reader) endInterval(comment bool) {
	if !r.in {
		return
	}
	if r.begun && !comment {
		r.stats.Unended++
	}
	if !r.ended {
		r.iv.End = r.latest
	}
	r.table = Unknown
	r.pending = append(r.pending, endEvent)
}

// readLine reads one line. It returns true if row was filled.
func (r *Reader) readLine(row *Row) (bool, error) {
	l, err := r.nextLine()
	if err != nil {
		return false, err
	}
	switch {
	case len(bytes.TrimLeft(l.text, " \t\r")) == 0 && !l.long:
		r.stats.Blank++
		return false, nil
	case l.text[0] == '#':
		r.comment(l.text)
		return false, nil
	case l.long:
		return false, r.malformed(l, errLong)
	}
	if err := parseRow(l.text, row); err != nil {
		return false, r.malformed(l, err)
	}
	if l.cut && r.in && r.begun {
		return false, r.malformed(l, errCut) // its last number may lack digits
	}
	row.Table = r.table
	r.latest = max(r.latest, row.Latest)
	r.stats.Rows++
	return true, nil
}

// inputLine is one line of the input.
type inputLine struct {
	text   []byte // without its end; of a long line only the begin
	offset int64
	cut    bool // the input ends without a newline
	long   bool
}

func (r *Reader) nextLine() (inputLine, error) {
	b, err := r.br.ReadSlice('\n')
	if len(b) == 0 && errors.Is(err, io.EOF) {
		return inputLine{}, io.EOF
	}
	l := inputLine{text: b, offset: r.offset}
	if errors.Is(err, bufio.ErrBufferFull) {
		l.long = true
		l.text = append(r.begin[:0], b[:len(r.begin)]...)
		for errors.Is(err, bufio.ErrBufferFull) {
			r.offset += int64(len(b))
			b, err = r.br.ReadSlice('\n')
		}
	}
	r.offset += int64(len(b))
	if err != nil && !errors.Is(err, io.EOF) {
		return l, r.fail(err)
	}
	r.line++
	r.stats.Lines++
	l.cut = err != nil
	l.text = bytes.TrimRight(l.text, "\r\n")
	return l, nil
}

// fail is an error of the input where the next line should begin.
func (r *Reader) fail(err error) error {
	return &LineError{File: r.File, Line: r.line + 1, Offset: r.offset, Err: err}
}

// malformed counts l as bad, and returns the error in strict mode.
func (r *Reader) malformed(l inputLine, cause error) error {
	r.stats.Skipped++
	if r.stats.FirstBad != nil && !r.Strict {
		return nil
	}
	e := &LineError{File: r.File, Line: r.line, Offset: l.offset, Err: cause}
	if r.stats.FirstBad == nil {
		r.stats.FirstBad = e
	}
	if r.Strict {
		return e
	}
	return nil
}

// comment takes what it can from a comment line. The wording follows Writer; "begin", "end",
// "expired", "active" and "interval" anywhere in a line are understood as well.
func (r *Reader) comment(b []byte) {
	r.stats.Comments++
	text := strings.ToLower(string(b[1:min(len(b), len(r.begin))]))
	name, value, _ := strings.Cut(text, ":")
	name = strings.TrimSpace(name)
	begin, end := strings.Contains(text, "begin"), strings.HasPrefix(name, "end")
	switch {
	case name == "generated by":
	case begin && strings.Contains(name, "interval"):
		start, _ := secondsIn(value)
		r.beginInterval(start, true)
	case end && strings.Contains(name, "interval"):
		r.endInterval(true)
	case begin && strings.Contains(text, "table"):
		r.table = tableIn(text)
	case end && strings.Contains(name, "table"):
		r.table = Unknown
	case r.in:
		r.metadata(name, value)
	}
}

// metadata takes a count of the open interval.
func (r *Reader) metadata(name, value string) {
	field, _ := nextField([]byte(value))
	if name == "trace interval duration" {
		if d, ok := parseSeconds(field); ok {
			r.iv.End, r.ended = r.iv.Start+d, true
		}
		return
	}
	n, ok := parseUint(field, 1<<64-1)
	if !ok {
		return
	}
	switch name {
	case "ip packets":
		r.iv.Packets = n
	case "ip bytes":
		r.iv.Bytes = n
	case "non-ip packets":
		r.iv.NonIP = n
	case "late packets":
		r.iv.Late = n
	}
}

func tableIn(text string) Table {
	switch {
	case strings.Contains(text, "expired"):
		return Expired
	case strings.Contains(text, "active"):
		return Active
	}
	return Unknown
}

func secondsIn(value string) (int64, bool) {
	field, _ := nextField([]byte(value))
	return parseSeconds(field)
}
