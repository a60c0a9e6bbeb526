package intervalstat

import (
	"fmt"

	"github.com/reeftools/reef/internal/cascade"
	"github.com/reeftools/reef/internal/hll"
	"github.com/reeftools/reef/pcapio"
)

// BucketWriter takes intervals as they end. WriteBucket must neither keep nor change b;
// [Bucket.Clone] makes a copy to keep.
type BucketWriter interface {
	WriteBucket(b *Bucket) error
}

// BucketWriterFunc makes a [BucketWriter] of a function.
type BucketWriterFunc func(b *Bucket) error

// WriteBucket calls f.
func (f BucketWriterFunc) WriteBucket(b *Bucket) error { return f(b) }

// Series cuts packets into intervals and gives each to a [BucketWriter] as soon as it has ended. It
// is a [pcapio.PacketWriter] and a [pcapio.RecordWriter]. Only [NewSeries] makes one that works.
//
// A Series is for one goroutine at a time. For several, give each a Series over the same aligned
// grid and merge the buckets of the same interval ([Bucket.Merge]).
type Series struct {
	line  timeline[Bucket]
	empty Bucket // for intervals without packets
	dst   BucketWriter

	decoder *pcapio.Decoder // of records that are not plain
	packet  pcapio.Packet
}

// NewSeries returns a Series that gives its intervals to dst. The error is an [ErrConfig].
func NewSeries(cfg Config, dst BucketWriter) (*Series, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if dst == nil {
		return nil, fmt.Errorf("%w: no writer to take the buckets", ErrConfig)
	}
	s := &Series{dst: dst}
	s.line = newTimeline(cfg, s.emit, func(b *Bucket) { b.reset(&cfg) })
	return s, nil
}

// WritePacket counts p. Its error is that of the BucketWriter, then and at all later calls.
func (s *Series) WritePacket(p *pcapio.Packet) error {
	b, late, err := s.line.at(p.Time)
	switch {
	case err != nil:
		return err
	case b == nil:
		s.line.stats.Late++
		return nil
	}
	s.line.stats.Used++
	if late {
		b.Late++
	}
	b.add(p)
	return nil
}

// Advance tells that time has reached t (ns since 1970) and gives out what has ended, for live
// captures in which no packet comes. Before the first packet it does nothing.
func (s *Series) Advance(t int64) error { return s.line.advance(t) }

// Flush gives out the intervals that are still open, and then flushes the BucketWriter if that is a
// [pcapio.Flusher]. A packet after it begins a new series.
func (s *Series) Flush() error { return cascade.Flush(s.line.flush(), s.dst) }

// Stats returns what was counted so far.
func (s *Series) Stats() Stats { return s.line.stats }

func (s *Series) emit(iv *interval, b *Bucket) error {
	if b == nil {
		b = &s.empty
		b.reset(&s.line.cfg)
	}
	b.place(iv, &s.line.cfg)
	if err := s.dst.WriteBucket(b); err != nil {
		return fmt.Errorf("intervalstat: interval %d: %w", b.Number, err)
	}
	return nil
}

// reset empties b for another interval and keeps its memory.
func (b *Bucket) reset(cfg *Config) {
	hosts, flows, sizes := b.Hosts, b.Flows, b.Sizes
	*b = Bucket{size: cfg.Size, whole: cfg.Whole}
	if cfg.Distinct {
		b.Hosts, b.Flows = emptySketch(hosts, cfg), emptySketch(flows, cfg)
	}
	if cfg.Percentiles {
		if sizes == nil {
			sizes = &Sizes{}
		}
		sizes.reset()
		b.Sizes = sizes
	}
}

// place tells b where it lies.
func (b *Bucket) place(iv *interval, cfg *Config) {
	b.Start, b.End, b.From, b.To, b.Omitted = iv.start, iv.end, iv.from, iv.to, iv.omitted
	b.Number = int64(iv.number)
	if cfg.Align {
		b.Number = iv.start / int64(cfg.width())
	}
}

// emptySketch returns h empty, or a new sketch; cfg was checked before.
func emptySketch(h *Sketch, cfg *Config) *Sketch {
	if h != nil {
		h.Reset()
		return h
	}
	h, err := hll.New(cfg.Precision)
	if err != nil {
		panic("intervalstat: Config.Validate let a bad Precision pass: " + err.Error())
	}
	return h
}
