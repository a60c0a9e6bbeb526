package pcapio

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/reeftools/reef/internal/compression"
	"github.com/reeftools/reef/internal/quote"
)

// Sentinels. Test for them with [errors.Is].
var (
	// ErrConfig means that a configuration has a setting out of its range, or contradicts itself, or
	// that there is nothing to read from or write to.
	ErrConfig = errors.New("pcapio: bad configuration")
	// ErrFormat means that input is not a capture, or that it is damaged.
	ErrFormat = errors.New("pcapio: bad capture format")
	// ErrCompression means that compressed data is damaged. If the data is a capture, the error is
	// ErrFormat too.
	ErrCompression = compression.ErrDamaged
	// ErrUnsupported means that the input is well-formed but of a kind that reef does not read.
	ErrUnsupported = fmt.Errorf("pcapio: %w", errors.ErrUnsupported)
	// ErrLibpcap means that libpcap would refuse the rest of the input. It needs
	// [ReaderConfig.Libpcap].
	ErrLibpcap = errors.New("pcapio: libpcap reads no further")
)

// FileError is a damaged or cut capture file. All records before it were delivered.
//
// errors.Is(err, io.ErrUnexpectedEOF) tells a cut file, errors.Is(err, ErrFormat) a damaged one.
type FileError struct {
	File   string // name as given to Open; "-" for standard input, empty for a plain io.Reader
	Offset int64  // where the bad record begins, in bytes of the uncompressed file
	// number of the bad record in its file, counted from 1; 0 for the file header; -1 unknown,
	// after a seek
	Record int64
	// wraps io.ErrUnexpectedEOF, ErrFormat, ErrUnsupported or ErrLibpcap, or is the error of the
	// underlying reader
	Err error
}

// Error names the file, the place and the cause.
func (e *FileError) Error() string {
	name := quote.Name(e.File)
	if name == "" {
		name = "capture"
	}
	switch {
	case e.Record == 0:
		return fmt.Sprintf("%s: file header: %v", name, e.Err)
	case e.Record < 0:
		return fmt.Sprintf("%s: record at byte %d: %v", name, e.Offset, e.Err)
	}
	return fmt.Sprintf("%s: record %d at byte %d: %v", name, e.Record, e.Offset, e.Err)
}

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Err }

// errClosed is the error of using something (what) after its Close.
func errClosed(what string) error { return fmt.Errorf("pcapio: %s: %w", what, fs.ErrClosed) }

// orMissing returns src. If src is nil it returns a reader that fails and names what, the function
// that was called without a source.
func orMissing(src RecordReader, what string) RecordReader {
	if src != nil {
		return src
	}
	err := fmt.Errorf("%w: %s of no reader", ErrConfig, what)
	return RecordReaderFunc(func(*Record) error { return err })
}

// errCut is the cause for input that ends inside what.
func errCut(what string) error {
	return fmt.Errorf("input ends inside %s: %w", what, io.ErrUnexpectedEOF)
}

// errFormat is the cause for damaged input.
func errFormat(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrFormat, fmt.Sprintf(format, args...))
}

// Errors of records that an output file cannot hold. They come in a [*RefusedError].
var (
	// ErrTime means that a classic pcap file cannot express a record's time: it is before 1970 or
	// after 2106. Pcapng can.
	ErrTime = errors.New("pcapio: time out of the range of the file format")
	// ErrPrecision means that a time would have to be rounded, which [WriterConfig.Exact] forbids.
	ErrPrecision = errors.New("pcapio: time finer than the file has")
	// ErrLinkType means that a record has another link type than its classic pcap file. A pcapng
	// file can hold both.
	ErrLinkType = errors.New("pcapio: more than one link type in a pcap file")
	// ErrLength means that a length is out of the range of the file format, or longer than a file
	// may be.
	ErrLength = errors.New("pcapio: length out of range")
)

// RefusedError is a record that an output cannot hold. Nothing of it was written. [CopyRecords]
// adds where it was read.
type RefusedError struct {
	File   string // that the record was read from; empty if it is not known
	Record int64  // number of the record in that file, counted from 1; 0 if it is not known
	Time   int64  // of the record, in nanoseconds since 1970
	Err    error  // wraps ErrTime, ErrPrecision, ErrLinkType or ErrLength
}

// Error names the record and the cause.
func (e *RefusedError) Error() string {
	where := "the record"
	if e.Record > 0 {
		where = fmt.Sprintf("record %d", e.Record)
	}
	if e.File != "" {
		where = e.File + ": " + where
	}
	return fmt.Sprintf("%s, of %s: %v", where, time.Unix(0, e.Time).UTC().Format(time.RFC3339Nano), e.Err)
}

// Unwrap returns the cause.
func (e *RefusedError) Unwrap() error { return e.Err }

// refuse makes a RefusedError of a record whose origin is not known yet.
func refuse(r *Record, format string, args ...any) error {
	return &RefusedError{Time: r.Time, Err: fmt.Errorf(format, args...)}
}
