package pcapio

import (
	"errors"
	"fmt"
	"io"
	"math"
)

// DefaultMaxRecordLen is the largest record that a [Reader] takes unless told otherwise: libpcap's
// MAXIMUM_SNAPLEN.
const DefaultMaxRecordLen = 262144

// ReaderConfig says how a [Reader] treats odd and damaged input. The zero value is strict and fits
// most uses.
type ReaderConfig struct {
	// MaxRecordLen bounds the captured bytes of one record; a longer one is damage. Zero means
	// DefaultMaxRecordLen. Snap lengths in files are advice that many writers get wrong, and are
	// not used as a bound.
	MaxRecordLen int
	// Resync makes the reader look for the next plausible record after damage, instead of ending
	// with an error. [Reader.Stats] counts the gaps. It may have to read some way ahead, so it is
	// not for live pipes.
	Resync bool
	// ContinueOnError makes the reader go on with the next file after one that is missing, cut or
	// damaged. All errors are then returned together, joined by [errors.Join], instead of io.EOF.
	ContinueOnError bool
	// Libpcap reads files as libpcap 1.10 does, for comparing results with tools that are built on
	// it. Of pcap files it cuts records at the snap length that the file declares; it takes the
	// seconds of little-endian files for signed numbers, as libpcap does on little-endian machines,
	// so that times from 2038-01-19 on are before 1970; it knows nothing of AIX, whose interface
	// types it takes for link types, and nanoseconds for microseconds. Pcapng files end with an
	// [ErrLibpcap] where libpcap stops, also with Resync: at an interface that differs from the
	// first in link type or snap length, at a second one of raw IP, at a section of another byte
	// order, at a record over the snap length, at lengths without padding, at options of time that
	// are wrong or twice, at a block of more than 16 MiB.
	Libpcap bool
	// BeforeRead, if not nil, is called each time before more of a file is read, which for plain
	// files is up to 128 KB: to show progress or to stop on a signal, with no cost per record. Its
	// error ends the file as one of reading does, in a [*FileError].
	BeforeRead func() error
}

// Validate reports a setting that makes no sense.
func (c ReaderConfig) Validate() error {
	if c.MaxRecordLen < 0 || c.MaxRecordLen > math.MaxInt32/4 {
		return fmt.Errorf("pcapio: MaxRecordLen %d is not between 0 and %d", c.MaxRecordLen, math.MaxInt32/4)
	}
	return nil
}

// ReaderStats counts what a [Reader] read. Each record that was delivered is in Records; the other
// counters name oddities.
type ReaderStats struct {
	Files   int64 // files begun
	Records int64 // records delivered
	Bytes   int64 // captured bytes in them

	Gaps         int64 // places where Resync had to look for the next record
	SkippedBytes int64 // bytes passed over there

	// pcapng blocks that are not packets: sections, interfaces, names, statistics, custom and
	// unknown ones
	OtherBlocks  int64
	DroppedNames int64 // pcapng names beyond the number that is kept
	// records with more captured bytes than were on the wire; delivered as they are
	LongerThanWire int64
	// records longer than the declared snap length; delivered whole, unless ReaderConfig.Libpcap
	BeyondSnapLen int64
	// records with a microsecond or nanosecond field of a second or more; it was added, as libpcap
	// does
	BadFraction    int64
	HugeWireLength int64 // records with a wire length above 2^31-1; it was set to that
	// records with a time that int64 nanoseconds cannot hold; it was set to the nearest that they
	// can
	SaturatedTimes int64
	Untimed        int64 // records without a time (simple packet blocks); it was set to 0
	// pcapng blocks whose length lacks the padding; they were read by where the second length is
	UnpaddedBlocks int64
	// pcapng statistics of interfaces that the section does not describe; they were passed over
	LostStatistics int64
	// pcapng options of an impossible length: too short, too long or longer than the block; they
	// were passed over
	BadOptions int64
	// interfaces of which if_tsresol or if_tsoffset was so lost: their times may be wrong
	BadTimeUnits int64
	// interfaces with a link type that has no LINKTYPE_ number; their records have LinkNone
	UnknownLinkType int64
}

type format uint8

const (
	formatNone format = iota // between files
	formatPcap
	formatPcapng
	formatSnoop
)

// Reader reads records from capture files: classic pcap in all its variants, pcapng and snoop,
// plain or compressed. Several files are read in a row as one capture. Make it with [Open] or
// [NewReader], or Reset a zero one.
//
// A Reader is for one goroutine. It is a [RecordReader]; to read packets, give it to a [Decoder].
type Reader struct {
	cfg    ReaderConfig
	maxLen uint32 // cfg.MaxRecordLen, as the hot path wants it
	window        // the current file
	format format
	pcap   pcapFile
	ng     ngFile
	snoop  snoopFile

	files  fileList
	input  input
	stats  ReaderStats
	record int64 // records of the current file that were read
	sought bool  // some of it were passed over, and are not in record
	last   int64 // time of the last record of the current file, for Resync
	timed  bool  // last is set
	scan   scan  // of the current file, for Resync

	interfaces interfaceTable
	names      []Name
	nameBytes  int
	errs       []error // with ContinueOnError
	err        error   // sticky
}

// NewReader reads one capture from r. It reads the file header at once, and fails if that is not a
// capture's. The caller closes r.
func NewReader(r io.Reader, cfg ReaderConfig) (*Reader, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	rd := newReader(cfg)
	if err := rd.Reset(r); err != nil {
		return nil, err
	}
	return rd, nil
}

func newReader(cfg ReaderConfig) *Reader {
	if cfg.MaxRecordLen == 0 {
		cfg.MaxRecordLen = DefaultMaxRecordLen
	}
	return &Reader{cfg: cfg, maxLen: uint32(cfg.MaxRecordLen)}
}

// Reset makes r read a new capture from src with its configuration and memory, as if made by
// NewReader. It closes files that r has open.
func (r *Reader) Reset(src io.Reader) error {
	if r.maxLen == 0 {
		*r = *newReader(ReaderConfig{})
	}
	closeErr := r.Close()
	r.format, r.err, r.errs = formatNone, nil, nil
	r.stats, r.interfaces, r.names, r.nameBytes = ReaderStats{}, interfaceTable{}, nil, 0
	r.files = fileList{size: -1}
	r.input = input{inflate: r.input.inflate}
	if closeErr != nil {
		return closeErr
	}
	if err := r.start("", src); err != nil {
		r.err = err
		return err
	}
	return nil
}

// ReadRecord reads the next record. See [RecordReader] for the contract.
//
// A cut or damaged file gives its good records first, then a [*FileError].
func (r *Reader) ReadRecord(rec *Record) error {
	for {
		var err error
		switch r.format {
		case formatPcap:
			err = r.readPcap(rec)
		case formatPcapng:
			err = r.readPcapng(rec)
		case formatSnoop:
			err = r.readSnoop(rec)
		default:
			err = r.nextFile()
			if err == nil {
				continue
			}
			return err
		}
		if err == nil {
			r.stats.Records++
			r.stats.Bytes += int64(len(rec.Data))
			r.record++
			r.last, r.timed = rec.Time, true
			return nil
		}
		if err = r.endFile(err); err != nil {
			return err
		}
	}
}

// endFile ends the current file with err. It returns nil if reading goes on with the next one.
func (r *Reader) endFile(err error) error {
	r.format = formatNone
	if closeErr := r.closeFile(); closeErr != nil && errors.Is(err, io.EOF) {
		err = closeErr
	}
	if err == io.EOF {
		return nil
	}
	return r.fail(err)
}

// fail notes an error for the end, or makes it the end.
func (r *Reader) fail(err error) error {
	if r.cfg.ContinueOnError {
		r.errs = append(r.errs, err)
		return nil
	}
	r.err = err
	return err
}

// damaged makes a FileError of cause for the record at the current position. A source that ends
// there cuts the record.
func (r *Reader) damaged(cause error) error {
	if cause == io.EOF {
		cause = errCut("a record")
	}
	number := r.record + 1
	if r.sought {
		number = -1
	}
	return &FileError{File: r.input.name, Offset: r.offset(), Record: number, Err: cause}
}

// ended is the error for a source that failed with err before the next record: io.EOF if it ended
// just there.
func (r *Reader) ended(err error) error {
	if err == io.EOF && r.pos == r.end {
		return io.EOF
	}
	return r.damaged(err)
}

// Stats returns what was counted so far.
func (r *Reader) Stats() ReaderStats { return r.stats }

// Interfaces returns the interfaces that were described so far; [Record.Interface] is an index into
// it. Formats other than pcapng have one. An interface that a later section or file describes in
// the same way is the same one. The slice is the reader's: do not change it.
func (r *Reader) Interfaces() []Interface { return r.interfaces.list }

// Names returns the name resolution entries that were read so far from pcapng name resolution
// blocks, up to 16 MB of them. The slice is the reader's: do not change it.
func (r *Reader) Names() []Name { return r.names }
