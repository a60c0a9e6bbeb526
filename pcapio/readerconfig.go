package pcapio

import (
	"context"
	"fmt"
	"math"
)

// DefaultMaxRecordLen is the largest record that a [Reader] takes unless told otherwise: libpcap's
// MAXIMUM_SNAPLEN.
const DefaultMaxRecordLen = 262144

// ReaderConfig says how a [Reader] treats odd and damaged input. The zero value is strict and fits
// most uses.
type ReaderConfig struct {
	// MaxRecordLen bounds the captured bytes of one record; a longer one is damage. Zero means
	// DefaultMaxRecordLen. Snap lengths in files are not used as a bound, since many writers get
	// them wrong.
	MaxRecordLen int
	// Resync makes the reader look for the next plausible record after damage, instead of ending
	// with an error. [Reader.Stats] counts the gaps. It may have to read some way ahead, so it is
	// not for live pipes.
	Resync bool
	// ContinueOnError makes the reader go on with the next file after one that is missing, cut or
	// damaged. All errors are then returned together, joined by [errors.Join], instead of io.EOF.
	ContinueOnError bool
	// Libpcap reads files as libpcap 1.10 does, to compare results with tools that are built on it.
	// In pcap files, records are cut at the snap length that the file declares. The seconds of
	// little-endian files are signed, as libpcap reads them on little-endian machines, so times
	// from 2038-01-19 on are before 1970. Files of AIX are not recognised: their interface types
	// are read as link types, their nanoseconds as microseconds. Pcapng files end with an
	// [ErrLibpcap] where libpcap stops, also with Resync: at an interface that differs from the
	// first in link type or snap length, at a second interface of raw IP, at a section of another
	// byte order, at a record over the snap length, at lengths without padding, at time options
	// that are wrong or repeated, at a block of more than 16 MiB.
	Libpcap bool
	// Progress, if not nil, is called before each read of a file, with the results of
	// [Reader.InputOffset] and [Reader.Size]: to show progress or to stop. A read of a plain file
	// is up to 128 KB, so there is no cost per record. Progress is not called before Open or
	// NewReader returns. Its error ends the file like a read error, in a [*FileError].
	Progress func(read, size int64) error
	// Context, if not nil, ends reading when it is done, also while the reader waits for a pipe.
	// Its error is returned like a read error, in a [*FileError]. Data that arrives after that is
	// lost. The goroutine that waits for the source ends when the source gives something or is
	// closed.
	Context context.Context
	// Idle, if not nil, is called every 100 ms while the reader waits for a source that is not a
	// regular file: to flush output or to look at a clock. The goroutine that reads calls it. Its
	// error ends the file like a read error.
	Idle func() error
}

// Validate reports a setting that makes no sense; the error is an [ErrConfig].
func (c *ReaderConfig) Validate() error {
	if c.MaxRecordLen < 0 || c.MaxRecordLen > math.MaxInt32/4 {
		return fmt.Errorf("%w: MaxRecordLen %d is not between 0 and %d", ErrConfig, c.MaxRecordLen, math.MaxInt32/4)
	}
	return nil
}

// ReaderStats counts what a [Reader] read. Each record that was delivered is in Records; the other
// counters name oddities.
type ReaderStats struct {
	Files   uint64 // files begun
	Records uint64 // records delivered
	Bytes   uint64 // captured bytes in them

	Gaps         uint64 // places where Resync had to look for the next record
	SkippedBytes uint64 // bytes passed over there

	// pcapng blocks that are not packets: sections, interfaces, names, statistics, custom and
	// unknown ones
	OtherBlocks  uint64
	DroppedNames uint64 // pcapng names beyond the number that is kept
	// records with more captured bytes than were on the wire; delivered as they are
	LongerThanWire uint64
	// records longer than the declared snap length; delivered whole, unless ReaderConfig.Libpcap
	BeyondSnapLen uint64
	// records with a microsecond or nanosecond field of a second or more; it was added, as libpcap
	// does
	BadFraction    uint64
	HugeWireLength uint64 // records with a wire length above 2^31-1; it was set to that
	// records with a time that uint64 nanoseconds cannot hold; it was set to the nearest that they
	// can
	SaturatedTimes uint64
	Untimed        uint64 // records without a time (simple packet blocks); it was set to 0
	// pcapng blocks whose length lacks the padding; the second length told where they end
	UnpaddedBlocks uint64
	// pcapng statistics of interfaces that the section does not describe; they were passed over
	LostStatistics uint64
	// pcapng options of an impossible length: too short, too long or longer than the block; they
	// were passed over
	BadOptions uint64
	// interfaces whose if_tsresol or if_tsoffset was such an option: their times may be wrong
	BadTimeUnits uint64
	// interfaces with a link type that has no LINKTYPE_ number; their records have LinkNone
	UnknownLinkType uint64
}

// Merge adds the counts of o.
func (s *ReaderStats) Merge(o *ReaderStats) {
	s.Files += o.Files
	s.Records += o.Records
	s.Bytes += o.Bytes
	s.Gaps += o.Gaps
	s.SkippedBytes += o.SkippedBytes
	s.OtherBlocks += o.OtherBlocks
	s.DroppedNames += o.DroppedNames
	s.LongerThanWire += o.LongerThanWire
	s.BeyondSnapLen += o.BeyondSnapLen
	s.BadFraction += o.BadFraction
	s.HugeWireLength += o.HugeWireLength
	s.SaturatedTimes += o.SaturatedTimes
	s.Untimed += o.Untimed
	s.UnpaddedBlocks += o.UnpaddedBlocks
	s.LostStatistics += o.LostStatistics
	s.BadOptions += o.BadOptions
	s.BadTimeUnits += o.BadTimeUnits
	s.UnknownLinkType += o.UnknownLinkType
}

// Account says that each record that was read was delivered; nothing is left. Places that could not
// be read have no count of records.
func (s *ReaderStats) Account() (in, used uint64, left []Reason) { return s.Records, s.Records, nil }
