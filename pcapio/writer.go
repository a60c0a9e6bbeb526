package pcapio

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
)

// FileFormat is a format that a [Writer] writes.
type FileFormat uint8

// The formats.
const (
	FormatByName FileFormat = iota // what the file's name says, as [FormatOf] reads it; else Pcap
	Pcap                           // classic pcap: one link type, no descriptions, read by everything
	// pcapng: any number of interfaces with descriptions, comments and statistics
	Pcapng
)

// String returns the usual file name extension without its dot.
func (f FileFormat) String() string {
	switch f {
	case FormatByName:
		return "format by name"
	case Pcap:
		return "pcap"
	case Pcapng:
		return "pcapng"
	}
	return fmt.Sprintf("format(%d)", uint8(f))
}

// WriterConfig says what a [Writer] makes. The zero value makes classic pcap in nanoseconds, not
// compressed, of whole frames, and takes the link type of the first record.
type WriterConfig struct {
	// Format and Compression, if not set, follow the name of the file. An edit.Rotator sets them by
	// its file names. A Writer has no name, and writes uncompressed pcap. See
	// [WriterConfig.ByName].
	Format      FileFormat
	Compression Compression
	LinkType    LinkType // Pcap: link type of all records; 0 for that of the first one
	// longer records are cut to this many bytes; 0 for 262144, libpcap's maximum
	SnapLen int
	// times in microseconds (rounded down unless Exact), for readers that know no nanoseconds
	Micro bool
	// with Micro: Pcap refuses a time that is not a whole microsecond, Pcapng writes it in
	// nanoseconds
	Exact bool

	// Interfaces describes the interfaces of the records, and gives a file without records its link
	// type. It is usually the [Reader] or [MergeReader] that the records come from. With nil only
	// the link type is written.
	Interfaces InterfaceSource

	// Of the whole file, in Pcapng.

	Comment     string // on the file
	Hardware    string // that the capture was made with
	OS          string // operating system of it
	Application string // that writes the file
}

const (
	defaultSnapLen = 262144
	writeBuffer    = 64 << 10 // bytes
)

// Validate says what is wrong with c, if anything; the error is an [ErrConfig].
func (c *WriterConfig) Validate() error {
	if c.SnapLen < 0 || int64(c.SnapLen) > math.MaxInt32 {
		return fmt.Errorf("%w: WriterConfig.SnapLen %d out of range", ErrConfig, c.SnapLen)
	}
	if c.Format > Pcapng {
		return fmt.Errorf("%w: WriterConfig.Format %d is not known", ErrConfig, c.Format)
	}
	for _, text := range []string{c.Comment, c.Hardware, c.OS, c.Application} {
		if len(text) > maxOptionLen {
			return fmt.Errorf("%w: a text of %d bytes in WriterConfig, more than %d", ErrConfig, len(text), maxOptionLen)
		}
	}
	return c.Compression.validate()
}

// WriterStats counts what a [Writer] wrote.
type WriterStats struct {
	Records uint64 // records taken
	Cut     uint64 // records that were cut to the snap length
	Bytes   uint64 // of the file, before compression; some may still be buffered
}

// Account returns that each record taken is in the file. Refused records do not count as input.
func (s *WriterStats) Account() (in, used uint64, left []Reason) { return s.Records, s.Records, nil }

// Merge adds the counts of o.
func (s *WriterStats) Merge(o *WriterStats) {
	s.Records += o.Records
	s.Cut += o.Cut
	s.Bytes += o.Bytes
}

// Writer writes a capture file: classic pcap (draft-ietf-opsawg-pcap) or pcapng
// (draft-ietf-opsawg-pcapng), little-endian, plain or compressed. It is a [RecordWriter]. Call
// [Writer.Close] at the end.
type Writer struct {
	w          *bufio.Writer // to the compressor, if there is one
	compressor io.WriteCloser
	under      *bufio.Writer // below the compressor
	cfg        WriterConfig
	unit       int64 // nanoseconds in one unit of the file's times
	exact      bool  // no time may be rounded
	begun      bool  // the file header is written
	scratch    []byte
	pcap       pcapHead
	ng         ngSection
	stats      WriterStats
	closed     error // what Close returned, once it was called
}

// NewWriter returns a Writer to w, buffered. The file header goes out with the first record, or
// with Flush.
func NewWriter(w io.Writer, cfg WriterConfig) (*Writer, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if w == nil {
		return nil, fmt.Errorf("%w: no writer for the file", ErrConfig)
	}
	cfg, err := cfg.ByName("")
	if err != nil {
		return nil, err
	}
	if cfg.SnapLen == 0 {
		cfg.SnapLen = defaultSnapLen
	}
	out := &Writer{w: bufio.NewWriterSize(w, writeBuffer), cfg: cfg, unit: 1}
	if cfg.Micro {
		out.unit, out.exact = 1000, cfg.Exact
	}
	if cfg.Compression != NoCompression {
		compressor, err := NewCompressor(out.w, cfg.Compression)
		if err != nil {
			return nil, err
		}
		out.compressor, out.under = compressor, out.w
		out.w = bufio.NewWriterSize(compressor, writeBuffer)
	}
	return out, nil
}

// WriteRecord appends r, cut to the snap length. A record that the format cannot hold is refused
// with a [*RefusedError]: nothing of it is written, and the Writer can go on.
func (w *Writer) WriteRecord(r *Record) error { return w.write(r, "") }

// WriteComment appends r with a comment on it, which only Pcapng has.
func (w *Writer) WriteComment(r *Record, comment string) error {
	if w.cfg.Format != Pcapng {
		return fmt.Errorf("%w: comments in %v files", ErrUnsupported, w.cfg.Format)
	}
	if len(comment) > maxOptionLen {
		return fmt.Errorf("pcapio: a comment of %d bytes, more than %d", len(comment), maxOptionLen)
	}
	return w.write(r, comment)
}

func (w *Writer) write(r *Record, comment string) error {
	if w.closed != nil {
		return w.closed
	}
	if err := w.Check(r); err != nil {
		return err
	}
	return w.writeChecked(r, comment)
}

// writeChecked appends a record that the file can hold.
func (w *Writer) writeChecked(r *Record, comment string) error {
	if !w.begun {
		if err := w.begin(r.LinkType, r.FCSLen); err != nil {
			return err
		}
	}
	data := r.Data[:min(len(r.Data), w.cfg.SnapLen)]
	if len(data) < len(r.Data) {
		w.stats.Cut++
	}
	w.stats.Records++
	if w.cfg.Format == Pcapng {
		return w.writeEnhanced(r, data, comment)
	}
	return w.writePcap(r, data)
}

// Check tells whether the file can hold r, by the error that [Writer.WriteRecord] would return for
// it: a [*RefusedError].
func (w *Writer) Check(r *Record) error {
	if r.OrigLen < 0 || int64(r.OrigLen) > math.MaxUint32 {
		return refuse(r, "%w: %d bytes on the wire", ErrLength, r.OrigLen)
	}
	if w.cfg.Format == Pcap {
		return w.checkPcap(r)
	}
	return w.checkInterface(r)
}

// begin writes the file header. Link and fcs are those of the first record.
func (w *Writer) begin(link LinkType, fcs uint8) error {
	w.begun = true
	if w.cfg.Format == Pcapng {
		return w.beginSection()
	}
	return w.beginPcap(link, fcs)
}

// put appends to the file.
func (w *Writer) put(b []byte) error {
	n, err := w.w.Write(b)
	w.stats.Bytes += uint64(n)
	return err
}

// Size returns by how many bytes, before compression, [Writer.WriteRecord] of r makes the file
// longer.
func (w *Writer) Size(r *Record) int64 {
	data := int64(min(len(r.Data), w.cfg.SnapLen))
	if w.cfg.Format == Pcapng {
		return w.sizeEnhanced(r, data)
	}
	if !w.begun {
		data += pcapHeaderLen
	}
	return data + pcapRecordLen
}

// Flush writes what is still buffered, so that a reader finds all records written so far;
// compression gets worse by it. An earlier error of the underlying writer is returned again.
func (w *Writer) Flush() error {
	if w.closed != nil {
		return w.closed
	}
	if !w.begun {
		first := Interface{LinkType: LinkEthernet}
		if w.cfg.Interfaces != nil {
			if list := w.cfg.Interfaces.Interfaces(); len(list) > 0 {
				first = list[0]
			}
		}
		if err := w.begin(first.LinkType, first.FCSLen); err != nil {
			return err
		}
	}
	if err := w.w.Flush(); err != nil || w.compressor == nil {
		return err
	}
	if f, ok := w.compressor.(interface{ Flush() error }); ok {
		if err := f.Flush(); err != nil {
			return err
		}
	}
	return w.under.Flush()
}

// Close completes the file and flushes it. It does not close the underlying writer. After it,
// writing is [fs.ErrClosed]. A second Close does nothing, and returns the error of the first.
func (w *Writer) Close() error {
	if w.closed != nil {
		if errors.Is(w.closed, fs.ErrClosed) {
			return nil
		}
		return w.closed
	}
	err := w.Flush()
	if w.compressor != nil {
		closeErr := w.compressor.Close() // in any case; after a failed Flush it says the same again
		if err == nil {
			err = closeErr
		}
		if err == nil {
			err = w.under.Flush()
		}
	}
	w.closed = err
	if err == nil {
		w.closed = errClosed("Writer")
	}
	return err
}

// Stats returns what was counted so far.
func (w *Writer) Stats() WriterStats { return w.stats }
