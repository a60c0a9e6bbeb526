package flow

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/reeftools/reef/pcapio"
)

// ErrFormat means that input is not flow records as [CSV] and [JSONL] write them.
var ErrFormat = errors.New("flow: bad record")

// RecordError is a record that cannot be used, or the place where reading failed.
type RecordError struct {
	Record int64 // counted from 1
	Offset int64 // where the record ends, in bytes
	Err    error // wraps ErrFormat or io.ErrUnexpectedEOF, or is the error of the underlying reader
}

// Error names the place and the cause.
func (e *RecordError) Error() string {
	return fmt.Sprintf("flow record %d before byte %d: %v", e.Record, e.Offset, e.Err)
}

// Unwrap returns the cause.
func (e *RecordError) Unwrap() error { return e.Err }

// MaxInputRecord bounds one record of CSV or JSON Lines in bytes, white space before it included. A
// longer one is an [ErrFormat], so that input without line ends or with an open quotation mark does
// not fill the memory.
const MaxInputRecord = 64 << 10

var errTooLong = fmt.Errorf("%w: more than %d bytes", ErrFormat, MaxInputRecord)

// recordLimit passes on what r gives up to limit, behind which the record at hand is too long.
type recordLimit struct {
	r           io.Reader
	read, limit int64 // offsets
}

// next allows another record, which begins at offset.
func (l *recordLimit) next(offset int64) { l.limit = offset + MaxInputRecord }

func (l *recordLimit) Read(b []byte) (int, error) {
	if l.read >= l.limit {
		return 0, errTooLong
	}
	n, err := l.r.Read(b[:min(int64(len(b)), l.limit-l.read)])
	l.read += int64(n)
	return n, err
}

// CSVReader reads what [CSV] wrote. Columns are known by their names, so that others may be between
// them or missing; a record needs start_ns, end_ns, src and dst.
type CSVReader struct {
	csv      *csv.Reader
	limit    *recordLimit                         // below csv
	fields   []func(r *Record, text string) error // by column; nil for one that is not known
	required []bool                               // by column
	n        int64
	err      error
}

// NewCSVReader returns a reader of r, and reads the line of column names. The error is a
// [RecordError] with Record 0.
func NewCSVReader(r io.Reader) (*CSVReader, error) {
	limit := &recordLimit{r: r, limit: MaxInputRecord}
	c := &CSVReader{csv: csv.NewReader(limit), limit: limit}
	c.csv.ReuseRecord = true
	names, err := c.csv.Read()
	if err != nil {
		return nil, c.failed(err)
	}
	for _, name := range names {
		c.fields = append(c.fields, parsers[name])
		c.required = append(c.required, slices.Contains(required[:], name))
	}
	for _, name := range required {
		if !slices.Contains(names, name) {
			return nil, c.failed(fmt.Errorf("%w: no column %s", ErrFormat, name))
		}
	}
	return c, nil
}

// ReadRecord reads the next line.
func (c *CSVReader) ReadRecord(r *Record) error {
	if c.err != nil {
		return c.err
	}
	c.limit.next(c.csv.InputOffset())
	values, err := c.csv.Read()
	if err == io.EOF {
		c.err = err
		return err
	}
	c.n++
	*r = Record{}
	for i := 0; err == nil && i < len(values); i++ {
		switch set := c.fields[i]; {
		case set == nil:
		case values[i] != "":
			err = set(r, values[i])
		case c.required[i]:
			err = errMissing
		}
	}
	if err == nil {
		err = check(r)
	}
	if err != nil {
		c.err = c.failed(err)
	}
	return c.err
}

func (c *CSVReader) failed(err error) error {
	var bad *csv.ParseError
	switch {
	case errors.As(err, &bad):
		err = fmt.Errorf("%w: %w", ErrFormat, err)
	case err == io.EOF:
		err = fmt.Errorf("%w: no line of column names: %w", ErrFormat, io.ErrUnexpectedEOF)
	}
	return &RecordError{Record: c.n, Offset: c.csv.InputOffset(), Err: err}
}

// JSONLReader reads what [JSONL] wrote. Names that are not known are passed over.
type JSONLReader struct {
	dec   *json.Decoder
	limit *recordLimit // below dec
	n     int64
	err   error
}

// NewJSONLReader returns a reader of r.
func NewJSONLReader(r io.Reader) *JSONLReader {
	limit := &recordLimit{r: r}
	dec := json.NewDecoder(limit)
	dec.UseNumber()
	return &JSONLReader{dec: dec, limit: limit}
}

// ReadRecord reads the next object.
func (j *JSONLReader) ReadRecord(r *Record) error {
	if j.err != nil {
		return j.err
	}
	j.limit.next(j.dec.InputOffset())
	var object map[string]any
	err := j.dec.Decode(&object)
	if err == io.EOF {
		j.err = err
		return err
	}
	j.n++
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	if errors.As(err, &syntax) || errors.As(err, &kind) {
		err = fmt.Errorf("%w: %w", ErrFormat, err)
	}
	*r = Record{}
	// In the order of the columns, so that of several bad values the same one is reported every
	// time.
	for i := 0; err == nil && i < len(recordColumns); i++ {
		name := recordColumns[i].Name
		switch v := object[name].(type) {
		case nil:
			if slices.Contains(required[:], name) {
				err = errMissing
			}
		case string:
			err = parsers[name](r, v)
		case json.Number:
			err = parsers[name](r, v.String())
		default:
			err = fmt.Errorf("%w: %s is neither text nor a number", ErrFormat, name)
		}
	}
	if err == nil {
		err = check(r)
	}
	if err != nil {
		j.err = &RecordError{Record: j.n, Offset: j.dec.InputOffset(), Err: err}
	}
	return j.err
}

// required are the columns that a record cannot do without.
var required = [...]string{"start_ns", "end_ns", "src", "dst"}

var errMissing = fmt.Errorf("%w: start_ns, end_ns, src or dst is missing", ErrFormat)

// check looks at what only the whole record tells.
func check(r *Record) error {
	if r.Key.Version == versionsDiffer {
		return fmt.Errorf("%w: src and dst are not two addresses of one family", ErrFormat)
	}
	return nil
}

// versionsDiffer marks, while a record is parsed, that its addresses are not of one family.
const versionsDiffer = 0xff

// parsers set the field of a column to a value, which is not empty.
var parsers = map[string]func(r *Record, text string) error{
	"start_ns":      func(r *Record, s string) error { return parseInt(s, &r.Start) },
	"end_ns":        func(r *Record, s string) error { return parseInt(s, &r.End) },
	"src":           func(r *Record, s string) error { return parseAddr(s, &r.Key, &r.Key.Src) },
	"src_port":      func(r *Record, s string) error { r.Key.PortsOK = true; return parseUint(s, &r.Key.SrcPort, 16) },
	"dst":           func(r *Record, s string) error { return parseAddr(s, &r.Key, &r.Key.Dst) },
	"dst_port":      func(r *Record, s string) error { r.Key.PortsOK = true; return parseUint(s, &r.Key.DstPort, 16) },
	"proto":         func(r *Record, s string) error { return parseUint(s, &r.Key.Proto, 8) },
	"packets":       func(r *Record, s string) error { return parseUint(s, &r.Fwd.Packets, 64) },
	"bytes":         func(r *Record, s string) error { return parseUint(s, &r.Fwd.Bytes, 64) },
	"tcp_flags":     func(r *Record, s string) error { return parseFlags(s, &r.Fwd.Flags) },
	"rev_packets":   func(r *Record, s string) error { return parseUint(s, &r.Rev.Packets, 64) },
	"rev_bytes":     func(r *Record, s string) error { return parseUint(s, &r.Rev.Bytes, 64) },
	"rev_tcp_flags": func(r *Record, s string) error { return parseFlags(s, &r.Rev.Flags) },
	"vlan":          func(r *Record, s string) error { return parseUint(s, &r.Key.VLAN, 12) },
	"inner_vlan":    func(r *Record, s string) error { return parseUint(s, &r.Key.InnerVLAN, 12) },
	"tunnel":        parseTunnel,
	"tunnel_id":     func(r *Record, s string) error { return parseUint(s, &r.Key.TunnelID, 32) },
	"part":          func(r *Record, s string) error { return parseUint(s, &r.Part, 32) },
	"direction": func(r *Record, s string) error {
		for r.Method = Arbitrary; r.Method <= PerimeterMethod; r.Method++ {
			if r.Method.String() == s {
				return nil
			}
		}
		return badValue("direction", s)
	},
	"end_reason": func(r *Record, s string) error {
		for r.Reason = StillActive; r.Reason < NumReasons; r.Reason++ {
			if r.Reason.String() == s {
				return nil
			}
		}
		return badValue("end reason", s)
	},
}

func badValue(what, text string) error { return fmt.Errorf("%w: bad %s %q", ErrFormat, what, text) }

func parseInt(s string, v *int64) (err error) {
	if *v, err = strconv.ParseInt(s, 10, 64); err != nil {
		return badValue("time", s)
	}
	return nil
}

func parseUint[T uint8 | uint16 | uint32 | uint64](s string, v *T, size int) error {
	n, err := strconv.ParseUint(s, 10, size)
	if err != nil {
		return badValue("number", s)
	}
	*v = T(n)
	return nil
}

func parseAddr(s string, k *Key, a *[16]byte) error {
	addr, err := netip.ParseAddr(s)
	if err != nil || addr.Zone() != "" {
		return badValue("address", s)
	}
	version := uint8(6)
	if addr.Is4() {
		version = 4
	}
	if other := k.Version; other != 0 && other != version {
		version = versionsDiffer
		// the other is IPv4, or this one: the same family
		if other == 4 && addr.Is4In6() || other == 6 && isMapped(&k.Src, &k.Dst, a) {
			version = 4
		}
	}
	k.Version, *a = version, addr.As16()
	return nil
}

// isMapped tells whether the one of two addresses that is not at a is IPv4-mapped.
func isMapped(src, dst, a *[16]byte) bool {
	if a == src {
		src = dst
	}
	return netip.AddrFrom16(*src).Is4In6()
}

func parseFlags(s string, f *pcapio.TCPFlags) error {
	for _, letter := range s {
		bit := strings.IndexRune("FSRPAUECN", letter)
		if bit < 0 {
			return badValue("TCP flags", s)
		}
		*f |= 1 << bit
	}
	return nil
}

func parseTunnel(r *Record, s string) error {
	t, err := pcapio.ParseTunnel(s)
	if err != nil || bits.OnesCount32(uint32(t)) != 1 {
		return badValue("tunnel", s)
	}
	r.Key.Tunnel = t
	return nil
}
