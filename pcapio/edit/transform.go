package edit

import (
	"fmt"
	"math/bits"
	"slices"
	"time"

	"github.com/reeftools/reef/pcapio"
)

// Transform changes a record in place, or drops it by returning false. It may set the fields and
// make Data shorter; it must not change the bytes of Data, which are the reader's, but put changed
// bytes into memory of its own that stays valid until the next call.
type Transform interface {
	Transform(r *pcapio.Record) (keep bool)
}

// TransformFunc makes a [Transform] of a function.
type TransformFunc func(r *pcapio.Record) bool

// Transform calls f.
func (f TransformFunc) Transform(r *pcapio.Record) bool { return f(r) }

// Matcher is a [Transform] that drops the records that do not match and changes nothing, such as a
// filter: Transform is Match.
type Matcher interface {
	Transform
	pcapio.Matcher
}

// TransformReader applies transforms to the records of a source. Make it with [NewTransform].
type TransformReader struct {
	src        pcapio.RecordReader
	batches    pcapio.RecordBatchReader // src, for ReadRecords
	transforms []Transform
	matchers   bool // all of them are Matchers
	stats      TransformStats

	// For ReadRaw: the source and the only transform, if they are these; else nil.
	slicer  *Slicer
	matcher Matcher
}

// TransformStats counts what a [TransformReader] did. Read = Kept + the sum of Dropped.
type TransformStats struct {
	Read, Kept uint64
	Dropped    []uint64 // by which transform, in the order of the arguments of [NewTransform]
}

// Account returns how many records were read, how many of them were kept, and which transforms
// dropped the others, numbered from 1.
func (s *TransformStats) Account() (in, used uint64, left []pcapio.Reason) {
	for i, n := range s.Dropped {
		left = append(left, pcapio.Reason{Name: fmt.Sprintf("dropped by transform %d", i+1), Packets: n})
	}
	return s.Read, s.Kept, left
}

// Merge adds the counts of o, a reader with the same transforms.
func (s *TransformStats) Merge(o *TransformStats) {
	s.Read += o.Read
	s.Kept += o.Kept
	for i, n := range o.Dropped {
		if i == len(s.Dropped) {
			s.Dropped = append(s.Dropped, 0)
		}
		s.Dropped[i] += n
	}
}

// NewTransform returns a reader of the records of src that went through all the transforms, one
// after the other.
func NewTransform(src pcapio.RecordReader, transforms ...Transform) *TransformReader {
	t := &TransformReader{src: src, batches: pcapio.Batches(src), transforms: transforms, matchers: true,
		stats: TransformStats{Dropped: make([]uint64, len(transforms))}}
	for _, f := range transforms {
		_, ok := f.(Matcher)
		t.matchers = t.matchers && ok
	}
	if t.matchers && len(transforms) == 1 {
		t.slicer, _ = src.(*Slicer)
		t.matcher = transforms[0].(Matcher)
	}
	return t
}

// ReadRecord reads the next record that no transform drops.
func (t *TransformReader) ReadRecord(r *pcapio.Record) error {
	for {
		if err := t.src.ReadRecord(r); err != nil {
			return err
		}
		t.stats.Read++
		if t.apply(r) {
			t.stats.Kept++
			return nil
		}
	}
}

// ReadRecords reads many if all transforms are Matchers, and moves those that are kept to the front
// of what the source has filled. Others may put each record into the same memory: then it reads
// one. See [pcapio.RecordBatchReader].
func (t *TransformReader) ReadRecords(recs []pcapio.Record) (int, error) {
	if !t.matchers {
		recs = recs[:min(len(recs), 1)]
	}
	for {
		n, err := t.batches.ReadRecords(recs)
		if err != nil {
			return 0, err
		}
		kept := 0
		for i := range recs[:n] {
			if !t.apply(&recs[i]) {
				continue
			}
			if kept < i {
				recs[kept] = recs[i]
			}
			kept++
		}
		t.stats.Read += uint64(n)
		t.stats.Kept += uint64(kept)
		if kept > 0 {
			return kept, nil
		}
	}
}

// Stats returns what was counted so far.
func (t *TransformReader) Stats() TransformStats {
	s := t.stats
	s.Dropped = slices.Clone(s.Dropped)
	return s
}

// Origin returns the file and the number of the last record, if the source knows them.
func (t *TransformReader) Origin() (file string, record int64) { return pcapio.OriginOf(t.src) }

// ReadRaw reads records as they stand if they come from a [Slicer] and the only transform is a
// [Matcher], since others may change records; else it reads none. See [pcapio.CopyRecords].
func (t *TransformReader) ReadRaw(w *pcapio.Writer) pcapio.RawRecords {
	if t.slicer == nil {
		return pcapio.RawRecords{}
	}
	raw := t.slicer.readRaw(w, t.matcher)
	t.stats.Read += uint64(raw.Read)
	t.stats.Kept += uint64(raw.Kept)
	t.stats.Dropped[0] += uint64(raw.Read - raw.Kept)
	return raw
}

func (t *TransformReader) apply(r *pcapio.Record) bool {
	for i, f := range t.transforms {
		if !f.Transform(r) {
			t.stats.Dropped[i]++
			return false
		}
	}
	return true
}

// Truncate returns a transform that keeps the first n bytes of each record. The length on the wire
// stays.
func Truncate(n int) Transform {
	n = max(n, 0)
	return TransformFunc(func(r *pcapio.Record) bool {
		r.Data = r.Data[:min(n, len(r.Data))]
		return true
	})
}

// Every returns a transform that keeps the first of each n records, and all if n is below 2.
func Every(n int64) Transform {
	n = max(n, 1)
	i := int64(-1)
	return TransformFunc(func(*pcapio.Record) bool {
		i++
		return i%n == 0
	})
}

// Shift returns a transform that adds d to all times. Records that leave the range of int64
// nanoseconds are dropped.
func Shift(d time.Duration) Transform {
	return TransformFunc(func(r *pcapio.Record) bool {
		moved := r.Time + int64(d)
		if (moved > r.Time) != (d > 0) && d != 0 {
			return false
		}
		r.Time = moved
		return true
	})
}

// Scale returns a transform that makes the time since the first record num/den times as long,
// rounded down to nanoseconds; 1/2 is twice as fast. Records that leave the range of int64
// nanoseconds are dropped. It fails unless both are positive.
func Scale(num, den int64) (Transform, error) {
	if num <= 0 || den <= 0 {
		return nil, fmt.Errorf("%w: Scale %d/%d: both must be positive", ErrConfig, num, den)
	}
	var first int64
	begun := false
	return TransformFunc(func(r *pcapio.Record) bool {
		if !begun {
			begun, first = true, r.Time
		}
		moved, ok := scaled(first, r.Time, uint64(num), uint64(den))
		r.Time = moved
		return ok
	}), nil
}

// scaled returns first + (t-first)*num/den in 128 bits, rounded down.
func scaled(first, t int64, num, den uint64) (int64, bool) {
	early := t < first
	distance := uint64(t) - uint64(first)
	if early {
		distance = -distance
	}
	hi, lo := bits.Mul64(distance, num)
	if hi >= den {
		return 0, false
	}
	q, rest := bits.Div64(hi, lo, den)
	if early {
		if rest > 0 {
			q++
		}
		return int64(uint64(first) - q), q <= uint64(first)-1<<63
	}
	return int64(uint64(first) + q), q <= 1<<63-1-uint64(first)
}
