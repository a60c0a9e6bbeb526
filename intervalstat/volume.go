package intervalstat

import (
	"fmt"
	"iter"
	"math"
	"math/bits"
	"strconv"
	"time"

	"github.com/reeftools/reef/internal/sat"
)

// Defaults of [VolumeConfig].
const (
	DefaultBin     = time.Second
	DefaultMaxBins = 1 << 22
)

// VolumeConfig says how a [Volume] spreads flows. The zero value has bins of a second and spreads
// in proportion to time.
type VolumeConfig struct {
	// Bin is the length of a bin; 0 means DefaultBin. Bins are [a,b) and begin at multiples of it
	// since 1970.
	Bin time.Duration
	// Whole gives each bin that a flow touches the same share, whatever part of it the flow covers.
	Whole bool
	// MaxBins bounds the memory; 0 means DefaultMaxBins. It is rounded up to a multiple of 256.
	MaxBins int
}

// Validate reports contradictions; the error is an [ErrConfig].
func (c *VolumeConfig) Validate() error {
	if c.Bin < 0 || c.MaxBins < 0 {
		return fmt.Errorf("%w: Bin %v or MaxBins %d is negative", ErrConfig, c.Bin, c.MaxBins)
	}
	return nil
}

// Volume spreads the volume of flows over time, for when only start, end and size of each are
// known.
//
// A flow of V bytes from a to b has (t-a)/(b-a) V of them before the time t. Amounts are kept to a
// millionth: what a flow has before the end of each bin is rounded down to one, and a bin gets the
// difference of two such numbers. So the bins of a flow sum to its volume exactly, and the result
// does not depend on the order of flows.
//
// A flow that touches more than 4096 bins costs no more than a short one: its bins between the
// first and the last get equal parts of what is theirs, rounded down to a millionth, and the first
// of them a millionth more until nothing is left.
//
// A Volume is for one goroutine at a time. Only [NewVolume] makes one that works.
type Volume struct {
	bin      int64
	whole    bool
	maxPages int64
	// A slot holds by how much a bin differs from the one before it, so that a bin of a flow that
	// goes on evenly need not be touched. The sums begin anew with each run, and a page that is
	// missing in a run has no changes.
	pages map[int64]*volumePage // by bin number / pageBins
	runs  pageRuns

	recentNumber int64
	recent       *volumePage // the last that was looked up

	changes uint64 // of slots, which tests bound
	stats   VolumeStats
}

// VolumeStats counts flows.
type VolumeStats struct {
	Flows    uint64 // all that were given
	Reversed uint64 // of them, ended before they began: start and end were exchanged
	Refused  uint64 // not counted: ErrTooManyBins
}

// Merge adds the counts of o.
func (s *VolumeStats) Merge(o *VolumeStats) {
	s.Flows += o.Flows
	s.Reversed += o.Reversed
	s.Refused += o.Refused
}

const (
	pageBins  = 256
	exactBins = 4096 // flows that touch more are spread in one go
)

// volumePage is the changes of pageBins bins, and those behind the last.
type volumePage [pageBins + 1]volumeChange

type volumeChange struct {
	packets, bytes Amount // modulo 2^64 packets or bytes, since it may go down
	flows          int64  // that touch the bin
}

func (c *volumeChange) add(o volumeChange) {
	c.packets, c.bytes, c.flows = c.packets.plus(o.packets), c.bytes.plus(o.bytes), c.flows+o.flows
}

// Amount is a number of packets or bytes with six decimals. It stays exact up to 2^64-1.
type Amount struct {
	Whole uint64
	Micro uint32 // millionths, below 1,000,000
}

// Bin is the volume in a stretch of time.
type Bin struct {
	Start          int64 // ns since 1970
	Packets, Bytes Amount
}

// NewVolume returns an empty Volume. The error is an [ErrConfig].
func NewVolume(cfg VolumeConfig) (*Volume, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Bin == 0 {
		cfg.Bin = DefaultBin
	}
	if cfg.MaxBins == 0 {
		cfg.MaxBins = DefaultMaxBins
	}
	return &Volume{bin: int64(cfg.Bin), whole: cfg.Whole, maxPages: int64(cfg.MaxBins-1)/pageBins + 1, pages: map[int64]*volumePage{}}, nil
}

// Add spreads a flow that had its first packet at start and its last at end, in ns since 1970. A
// flow without length is in one bin.
//
// The error is [ErrTooManyBins]; the flow is then not counted at all, and others still can be.
func (v *Volume) Add(start, end int64, packets, bytes uint64) error {
	if v.bin == 0 {
		return fmt.Errorf("%w: the zero value takes no flows, use NewVolume", ErrConfig)
	}
	v.stats.Flows++
	if end < start {
		v.stats.Reversed++
		start, end = end, start
	}
	first, last := sat.FloorDiv(start, v.bin), sat.FloorDiv(end, v.bin)
	if !v.runs.add(pageRun{sat.FloorDiv(first, pageBins), sat.FloorDiv(last, pageBins)}, v.maxPages) {
		v.stats.Refused++
		return ErrTooManyBins
	}
	f := flowShape{bin: v.bin, whole: v.whole, start: start, first: first, last: last, length: uint64(end) - uint64(start)}
	if v.whole {
		f.length = uint64(last-first) + 1
	}
	v.change(first, volumeChange{flows: 1})
	if uint64(last)-uint64(first) < exactBins {
		v.spread(&f, packets, bytes)
	} else {
		v.spreadEvenly(&f, packets, bytes)
	}
	return nil
}

// flowShape is where a flow lies.
type flowShape struct {
	bin                int64
	whole              bool
	start, first, last int64  // first and last are bins
	length             uint64 // ns, or bins if whole
}

// before returns how much of the flow's length comes before the end of bin n.
func (f *flowShape) before(n int64) uint64 {
	switch {
	case n == f.last:
		return f.length
	case f.whole:
		return uint64(n-f.first) + 1
	}
	return uint64((n+1)*f.bin) - uint64(f.start)
}

// spread gives each bin of a flow its part.
func (v *Volume) spread(f *flowShape, packets, bytes uint64) {
	var done, part volumeChange // of the flow, before the end of the last bin; what that bin has
	for n := f.first; ; n++ {
		before := f.before(n)
		d := volumeChange{packets: share(packets, before, f.length), bytes: share(bytes, before, f.length)}
		p := volumeChange{packets: d.packets.minus(done.packets), bytes: d.bytes.minus(done.bytes)}
		v.change(n, volumeChange{packets: p.packets.minus(part.packets), bytes: p.bytes.minus(part.bytes)})
		done, part = d, p
		if n == f.last { // which may be the last number that there is
			break
		}
	}
	v.changeAfter(f.last, volumeChange{packets: Amount{}.minus(part.packets), bytes: Amount{}.minus(part.bytes), flows: -1})
}

// spreadEvenly gives the first and the last bin their parts, and those between them equal ones.
func (v *Volume) spreadEvenly(f *flowShape, packets, bytes uint64) {
	spread := func(volume uint64, set func(Amount) volumeChange) {
		head, untilLast := share(volume, f.before(f.first), f.length), share(volume, f.before(f.last-1), f.length)
		tail := Amount{Whole: volume}.minus(untilLast)
		bins := uint64(f.last-f.first) - 1
		part, rest := untilLast.minus(head).divide(bins)
		v.change(f.first, set(head))
		v.change(f.first+1, set(part.plus(Amount{Micro: 1}).minus(head))) // a millionth more
		v.change(f.first+1+int64(rest), set(Amount{}.minus(Amount{Micro: 1})))
		v.change(f.last, set(tail.minus(part)))
		v.changeAfter(f.last, set(Amount{}.minus(tail)))
	}
	spread(packets, func(a Amount) volumeChange { return volumeChange{packets: a} })
	spread(bytes, func(a Amount) volumeChange { return volumeChange{bytes: a} })
	v.changeAfter(f.last, volumeChange{flows: -1})
}

// change adds d to what changes at bin n.
func (v *Volume) change(n int64, d volumeChange) {
	page := sat.FloorDiv(n, pageBins)
	v.page(page)[n-page*pageBins].add(d)
	v.changes++
}

// changeAfter adds d to what changes behind bin n, of which there may be no number.
func (v *Volume) changeAfter(n int64, d volumeChange) {
	page := sat.FloorDiv(n, pageBins)
	v.page(page)[n-page*pageBins+1].add(d)
	v.changes++
}

func (v *Volume) page(n int64) *volumePage {
	if v.recent != nil && v.recentNumber == n {
		return v.recent
	}
	p := v.pages[n]
	if p == nil {
		p = &volumePage{}
		v.pages[n] = p
	}
	v.recentNumber, v.recent = n, p
	return p
}

// share returns volume * part / length in millionths, rounded down; all of volume if length is 0.
func share(volume, part, length uint64) Amount {
	if part == length {
		return Amount{Whole: volume}
	}
	hi, lo := bits.Mul64(volume, part)
	whole, rest := bits.Div64(hi, lo, length) // part < length, so that the quotient is below volume
	hi, lo = bits.Mul64(rest, 1e6)
	micro, _ := bits.Div64(hi, lo, length)
	return Amount{Whole: whole, Micro: uint32(micro)}
}

// Bins returns the bins that flows touched, in order of time.
func (v *Volume) Bins() iter.Seq[Bin] {
	return func(yield func(Bin) bool) {
		var none volumePage
		for _, run := range v.runs.list {
			var now volumeChange // the sum of changes: what the bin has
			for n := run.first; n <= run.last; n++ {
				page := v.pages[n]
				if page == nil {
					page = &none
				}
				for i := range pageBins {
					now.add(page[i])
					if now.flows > 0 && !yield(Bin{Start: v.start(n*pageBins + int64(i)), Packets: now.packets, Bytes: now.bytes}) {
						return
					}
				}
				now.add(page[pageBins])
			}
		}
	}
}

// start returns the start of a bin, or the smallest time there is if it is earlier.
func (v *Volume) start(bin int64) int64 {
	if bin < math.MinInt64/v.bin {
		return math.MinInt64
	}
	return bin * v.bin
}

// Merge adds the flows that o has spread. It is [ErrMismatch] if the bins differ in length or kind,
// and [ErrTooManyBins] if they were too many; nothing is changed then.
func (v *Volume) Merge(o *Volume) error {
	if v.bin != o.bin || v.whole != o.whole {
		return fmt.Errorf("%w: bins of %v and %v", ErrMismatch, time.Duration(v.bin), time.Duration(o.bin))
	}
	runs := v.runs.clone()
	for _, r := range o.runs.list {
		if !runs.add(r, v.maxPages) {
			return ErrTooManyBins
		}
	}
	v.runs = runs
	for n, from := range o.pages {
		to := v.page(n)
		for i := range from {
			to[i].add(from[i])
		}
	}
	v.stats.Flows += o.stats.Flows
	v.stats.Reversed += o.stats.Reversed
	v.stats.Refused += o.stats.Refused
	return nil
}

// Stats returns what was counted so far.
func (v *Volume) Stats() VolumeStats { return v.stats }

func (a Amount) plus(b Amount) Amount {
	a.Whole += b.Whole
	if a.Micro += b.Micro; a.Micro >= 1e6 {
		a.Micro -= 1e6
		a.Whole++
	}
	return a
}

// minus returns a - b, modulo 2^64.
func (a Amount) minus(b Amount) Amount {
	a.Whole -= b.Whole
	if a.Micro < b.Micro {
		a.Micro += 1e6
		a.Whole--
	}
	a.Micro -= b.Micro
	return a
}

// divide returns the part that each of n gets of a, and how many millionths are left.
func (a Amount) divide(n uint64) (part Amount, rest uint64) {
	hi, lo := bits.Mul64(a.Whole%n, 1e6)
	lo, carry := bits.Add64(lo, uint64(a.Micro), 0)
	micro, rest := bits.Div64(hi+carry, lo, n) // below 1e6, as the remainder is below n
	return Amount{Whole: a.Whole / n, Micro: uint32(micro)}, rest
}

// AppendTo appends a as a decimal number without needless zeros: 20000, 13636.363636.
func (a Amount) AppendTo(b []byte) []byte {
	b = strconv.AppendUint(b, a.Whole, 10)
	if a.Micro == 0 {
		return b
	}
	b = append(b, '.')
	for unit, rest := uint32(1e5), a.Micro; rest > 0; unit /= 10 {
		b = append(b, byte('0'+rest/unit))
		rest %= unit
	}
	return b
}

// String returns a as AppendTo writes it.
func (a Amount) String() string { return string(a.AppendTo(nil)) }

// Float64 returns the nearest number.
func (a Amount) Float64() float64 { return float64(a.Whole) + float64(float64(a.Micro)/1e6) }
