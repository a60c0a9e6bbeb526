package pcapio

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// WriterConfig says what a [Writer] makes. The zero value takes the link type of the first record, whole frames, nanoseconds.
type WriterConfig struct {
	LinkType LinkType // link type of all records; 0 for that of the first one (Ethernet if there is none)
	SnapLen  int      // longer records are cut to this many bytes; 0 for 262144, libpcap's maximum
	Micro    bool     // times in microseconds (rounded down), for readers that know no nanosecond files
}

const defaultSnapLen = 262144

// Validate says what is wrong with c, if anything.
func (c *WriterConfig) Validate() error {
	if c.SnapLen < 0 || int64(c.SnapLen) > math.MaxInt32 {
		return fmt.Errorf("pcapio: WriterConfig.SnapLen %d out of range", c.SnapLen)
	}
	return nil
}

// Writer writes a classic pcap file, little-endian. It is a [RecordWriter]. Call [Writer.Flush] at the end.
//
// Format: draft-ietf-opsawg-pcap. All records have one link type, and times from 1970 to 2106.
type Writer struct {
	w      *bufio.Writer
	cfg    WriterConfig
	unit   int64 // nanoseconds per unit of the file's sub-second field
	begun  bool  // the file header is written
	header [16]byte
}

// NewWriter returns a Writer to w, buffered. The file header goes out with the first record, or with Flush.
func NewWriter(w io.Writer, cfg WriterConfig) (*Writer, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.SnapLen == 0 {
		cfg.SnapLen = defaultSnapLen
	}
	unit := int64(1)
	if cfg.Micro {
		unit = 1000
	}
	return &Writer{w: bufio.NewWriterSize(w, 1<<16), cfg: cfg, unit: unit}, nil
}

// begin writes the file header, with link as link type where the configuration names none.
func (w *Writer) begin(link LinkType) error {
	if w.cfg.LinkType == 0 {
		w.cfg.LinkType = link
	}
	w.begun = true
	magic := uint32(0xa1b23c4d)
	if w.cfg.Micro {
		magic = 0xa1b2c3d4
	}
	var h [24]byte
	binary.LittleEndian.PutUint32(h[0:], magic)
	binary.LittleEndian.PutUint16(h[4:], 2) // version 2.4
	binary.LittleEndian.PutUint16(h[6:], 4)
	binary.LittleEndian.PutUint32(h[16:], uint32(w.cfg.SnapLen))
	binary.LittleEndian.PutUint32(h[20:], uint32(w.cfg.LinkType))
	_, err := w.w.Write(h[:])
	return err
}

// ErrTime means that a record's time cannot be expressed in a classic pcap file: it is before 1970 or after 2106.
var ErrTime = errors.New("pcapio: time out of the range of the file format")

// WriteRecord appends r, cut to the snap length. Nothing of a refused record is written.
func (w *Writer) WriteRecord(r *Record) error {
	if r.Time < 0 || r.Time/1e9 > math.MaxUint32 {
		return fmt.Errorf("%w: %d ns", ErrTime, r.Time)
	}
	if r.OrigLen < 0 || int64(r.OrigLen) > math.MaxUint32 {
		return fmt.Errorf("pcapio: original length %d out of range", r.OrigLen)
	}
	if !w.begun {
		if err := w.begin(r.LinkType); err != nil {
			return err
		}
	}
	if r.LinkType != w.cfg.LinkType {
		return fmt.Errorf("pcapio: record of %v in a file of %v", r.LinkType, w.cfg.LinkType)
	}
	data := r.Data[:min(len(r.Data), w.cfg.SnapLen)]
	sec := r.Time / 1e9
	binary.LittleEndian.PutUint32(w.header[0:], uint32(sec))
	binary.LittleEndian.PutUint32(w.header[4:], uint32((r.Time-sec*1e9)/w.unit))
	binary.LittleEndian.PutUint32(w.header[8:], uint32(len(data)))
	binary.LittleEndian.PutUint32(w.header[12:], uint32(r.OrigLen))
	if _, err := w.w.Write(w.header[:]); err != nil {
		return err
	}
	_, err := w.w.Write(data)
	return err
}

// Flush writes what is still buffered. An earlier error of the underlying writer is returned again.
func (w *Writer) Flush() error {
	if !w.begun {
		if err := w.begin(LinkEthernet); err != nil {
			return err
		}
	}
	return w.w.Flush()
}
