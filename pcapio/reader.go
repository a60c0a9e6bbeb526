package pcapio

import (
	"errors"
	"fmt"
	"io"
)

// Reader reads records from capture files: classic pcap in all its variants, pcapng and snoop,
// plain or compressed. Several files are read in a row as one capture. Make it with [Open] or
// [NewReader], or Reset a zero one.
//
// A Reader is for one goroutine. It is a [RecordReader]; to read packets, give it to a [Decoder].
type Reader struct {
	cfg   ReaderConfig
	src   source
	file  format // the current file; nil between files
	files fileList
	input input
	begun bool    // Open or NewReader has returned it
	errs  []error // with ContinueOnError
	err   error   // sticky
}

// NewReader reads one capture from r. It reads the file header at once, and fails if that is not a
// capture's. The caller closes r.
func NewReader(r io.Reader, cfg ReaderConfig) (*Reader, error) {
	if r == nil {
		return nil, fmt.Errorf("%w: no reader to read from", ErrConfig)
	}
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
	return &Reader{cfg: cfg, src: newSource(cfg)}
}

// Reset makes r read a new capture from src with its configuration and memory, as if made by
// NewReader. It closes files that r has open.
func (r *Reader) Reset(src io.Reader) error {
	if r.src.maxLen == 0 {
		*r = *newReader(ReaderConfig{})
	}
	closeErr := r.Close()
	r.err, r.errs, r.begun = nil, nil, false
	r.src.forget()
	r.files = fileList{size: -1}
	r.input = input{inflate: r.input.inflate}
	if closeErr != nil {
		return closeErr
	}
	if err := r.start("", src); err != nil {
		r.err = err
		return err
	}
	r.begun = true
	return nil
}

// ReadRecord reads the next record. See [RecordReader] for the contract.
//
// A cut or damaged file gives its good records first, then a [*FileError].
func (r *Reader) ReadRecord(rec *Record) error {
	for {
		if r.file == nil {
			if err := r.nextFile(); err != nil {
				return err
			}
		}
		err := r.file.read(rec)
		if err == nil {
			return nil
		}
		if err = r.endFile(err); err != nil {
			return err
		}
	}
}

// ReadRecords reads one record, and then those that are already in memory, as many as fit in recs.
// They are the records that [Reader.ReadRecord] would give. It implements [RecordBatchReader].
func (r *Reader) ReadRecords(recs []Record) (int, error) {
	if len(recs) == 0 {
		return 0, errNoRoom
	}
	if err := r.ReadRecord(&recs[0]); err != nil {
		return 0, err
	}
	return 1 + r.file.more(recs[1:]), nil
}

// endFile ends the current file with err. It returns nil if reading goes on with the next one.
func (r *Reader) endFile(err error) error {
	r.file = nil
	if closeErr := r.closeFile(); closeErr != nil && errors.Is(err, io.EOF) {
		err = closeErr
	}
	if err == io.EOF {
		return nil
	}
	return r.fail(err)
}

// fail keeps err for the end with ContinueOnError; otherwise err ends the reading.
func (r *Reader) fail(err error) error {
	if r.cfg.ContinueOnError && (r.cfg.Context == nil || r.cfg.Context.Err() == nil) {
		r.errs = append(r.errs, err)
		return nil
	}
	r.err = err
	return err
}

// Stats returns what was counted so far.
func (r *Reader) Stats() ReaderStats { return r.src.stats }

// Interfaces returns the interfaces that were described so far; [Record.Interface] is an index into
// it. Formats other than pcapng have one interface. An interface that a later section or file
// describes in the same way keeps its index. The slice is the reader's: do not change it.
func (r *Reader) Interfaces() []Interface { return r.src.interfaces.list }

// Names returns the name resolution entries that were read so far from pcapng name resolution
// blocks, up to 16 MB of them. The slice is the reader's: do not change it.
func (r *Reader) Names() []Name { return r.src.names.list }
