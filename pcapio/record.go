package pcapio

import (
	"slices"
	"time"
)

// Record is one captured frame as a capture file holds it, not yet decoded.
//
// The zero value is ready to be filled by a [RecordReader].
type Record struct {
	// Time is when the frame was seen, in nanoseconds since 1970-01-01 00:00 UTC.
	Time int64
	// OrigLen is the length of the frame on the wire in bytes; len(Data) is how much of it was
	// captured.
	OrigLen int
	// Interface counts the capture's interfaces from 0 over all sections and files; see
	// [Reader.Interfaces].
	Interface int
	// LinkType says how Data begins.
	LinkType LinkType
	// FCSLen is the number of bytes of frame check sequence at the end of the frame as its
	// interface declares it, 0 if unknown.
	FCSLen uint8
	// Data is what was captured of the frame. It is valid only until the next call of the reader
	// that filled it.
	Data []byte
}

// Timestamp returns r.Time as a [time.Time] in UTC.
func (r *Record) Timestamp() time.Time { return time.Unix(0, r.Time).UTC() }

// Clone returns a copy of r whose Data stays valid for ever.
func (r *Record) Clone() Record {
	c := *r
	c.Data = slices.Clone(r.Data)
	return c
}

// RecordReader reads records one after the other.
//
// ReadRecord fills r and returns nil, or returns an error and leaves r unspecified. The error is
// [io.EOF], bare, at the end of good input. Errors are sticky: a reader that returned one returns
// it again. r.Data stays valid until the next call.
type RecordReader interface {
	ReadRecord(r *Record) error
}

// RecordWriter takes records one after the other. WriteRecord must neither keep nor change r or
// r.Data.
type RecordWriter interface {
	WriteRecord(r *Record) error
}

// RecordReaderFunc makes a [RecordReader] of a function.
type RecordReaderFunc func(r *Record) error

// ReadRecord calls f.
func (f RecordReaderFunc) ReadRecord(r *Record) error { return f(r) }

// RecordWriterFunc makes a [RecordWriter] of a function.
type RecordWriterFunc func(r *Record) error

// WriteRecord calls f.
func (f RecordWriterFunc) WriteRecord(r *Record) error { return f(r) }
