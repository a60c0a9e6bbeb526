package pcapio

import "io"

// source is what the formats read from and share: the buffer of the current file, the limits, and
// the counters, interfaces and names of all files.
type source struct {
	buffer
	maxLen  uint32 // the longest record
	resync  bool
	libpcap bool

	stats      ReaderStats
	interfaces interfaceTable
	names      nameList

	// Of the current file.

	name   string
	record int64 // records that were read
	sought bool  // some of it were passed over, and are not in record
	last   int64 // time of the last record
	timed  bool  // last is set
	scan   scan  // for damage
}

func newSource(cfg ReaderConfig) source {
	return source{maxLen: uint32(cfg.MaxRecordLen), resync: cfg.Resync, libpcap: cfg.Libpcap}
}

// begin turns to the next file.
func (s *source) begin(name string) {
	s.stats.Files++
	s.name, s.record, s.sought, s.last, s.timed, s.scan = name, 0, false, 0, false, scan{}
}

// forget makes s as new, but for the memory of its buffer.
func (s *source) forget() {
	*s = source{buffer: s.buffer, maxLen: s.maxLen, resync: s.resync, libpcap: s.libpcap}
}

// took counts records that were read, of that many captured bytes together, and notes the time of
// the last one.
func (s *source) took(records, octets int, last int64) {
	s.stats.Records += uint64(records)
	s.stats.Bytes += uint64(octets)
	s.record += int64(records)
	s.last, s.timed = last, true
}

// damaged makes a FileError of cause for the record at the current position. A source that ends
// there cuts the record.
func (s *source) damaged(cause error) error {
	if cause == io.EOF {
		cause = errCut("a record")
	}
	number := s.record + 1
	if s.sought {
		number = -1
	}
	return &FileError{File: s.name, Offset: s.offset(), Record: number, Err: cause}
}

// ended is the error for a source that failed with err before the next record: io.EOF if it ended
// exactly between two records.
func (s *source) ended(err error) error {
	if err == io.EOF && s.pos == s.end {
		return io.EOF
	}
	return s.damaged(err)
}

// tooLong is the cause of damage for a record of more captured bytes than are taken.
func (s *source) tooLong(capLen uint32) error {
	return errFormat("%d captured bytes, more than %d", capLen, s.maxLen)
}
