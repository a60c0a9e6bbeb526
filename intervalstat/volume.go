package intervalstat

import (
	"fmt"
	"iter"
	"maps"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"time"
)

// Defaults of [VolumeConfig].
const (
	DefaultBin     = time.Second
	DefaultMaxBins = 1 << 22
)

// VolumeConfig says how a [Volume] spreads flows. The zero value has bins of a second and spreads in proportion to time.
type VolumeConfig struct {
	// Bin is the length of a bin; 0 means DefaultBin. Bins are [a,b) and begin at multiples of it since 1970.
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

// Volume spreads the volume of flows over time, for when only start, end and size of each are known.
//
// A flow of V bytes from a to b has (t-a)/(b-a) V of them before the time t. Amounts are kept to a millionth: what a flow has before the end of
// each bin is rounded down to one, and a bin gets the difference of two such numbers. So the bins of a flow sum to its volume exactly, and the
// result does not depend on the order of flows.
type Volume struct {
	bin      int64
	whole    bool
	maxPages int
	pages    map[int64]*volumePage // by bin number / pageBins
	stats    VolumeStats
}

// VolumeStats counts flows.
type VolumeStats struct {
	Flows    uint64 // all that were given
	Reversed uint64 // of them, ended before they began: start and end were exchanged
	Refused  uint64 // not counted: ErrTooManyBins
}

const pageBins = 256

type volumePage [pageBins]struct {
	packets, bytes Amount
	used           bool
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
	return &Volume{bin: int64(cfg.Bin), whole: cfg.Whole, maxPages: (cfg.MaxBins-1)/pageBins + 1, pages: map[int64]*volumePage{}}, nil
}

// Add spreads a flow that had its first packet at start and its last at end, in ns since 1970. A flow without length is in one bin.
//
// The error is [ErrTooManyBins]; the flow is then not counted at all, and others still can be.
func (v *Volume) Add(start, end int64, packets, bytes uint64) error {
	v.stats.Flows++
	if end < start {
		v.stats.Reversed++
		start, end = end, start
	}
	first, last := floorDiv(start, v.bin), floorDiv(end, v.bin)
	if !v.makePages(floorDiv(first, pageBins), floorDiv(last, pageBins)) {
		v.stats.Refused++
		return ErrTooManyBins
	}
	var donePackets, doneBytes Amount
	length := uint64(end) - uint64(start)
	if v.whole {
		length = uint64(last-first) + 1
	}
	for n := first; ; n++ {
		before := length // of the flow, before the end of bin n
		switch {
		case n == last:
		case v.whole:
			before = uint64(n-first) + 1
		default:
			before = uint64((n+1)*v.bin) - uint64(start)
		}
		p, b := share(packets, before, length), share(bytes, before, length)
		slot := &v.pages[floorDiv(n, pageBins)][uint64(n)%pageBins]
		slot.used = true
		slot.packets = slot.packets.plus(p.minus(donePackets))
		slot.bytes = slot.bytes.plus(b.minus(doneBytes))
		donePackets, doneBytes = p, b
		if n == last { // which may be the last number that there is
			return nil
		}
	}
}

// makePages makes the pages from first to last, or none if that were too many.
func (v *Volume) makePages(first, last int64) bool {
	if uint64(last)-uint64(first) >= uint64(v.maxPages) {
		return false
	}
	missing := 0
	for n := first; n <= last; n++ {
		if v.pages[n] == nil {
			missing++
		}
	}
	if len(v.pages)+missing > v.maxPages {
		return false
	}
	for n := first; missing > 0; n++ {
		if v.pages[n] == nil {
			v.pages[n] = &volumePage{}
			missing--
		}
	}
	return true
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
		for _, n := range slices.Sorted(maps.Keys(v.pages)) {
			for i := range v.pages[n] {
				slot := &v.pages[n][i]
				if slot.used && !yield(Bin{Start: v.start(n*pageBins + int64(i)), Packets: slot.packets, Bytes: slot.bytes}) {
					return
				}
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

// Merge adds the flows that o has spread. It is [ErrMismatch] if the bins differ in length or kind, and [ErrTooManyBins] if they were too many;
// nothing is changed then.
func (v *Volume) Merge(o *Volume) error {
	if v.bin != o.bin || v.whole != o.whole {
		return fmt.Errorf("%w: bins of %v and %v", ErrMismatch, time.Duration(v.bin), time.Duration(o.bin))
	}
	pages := len(v.pages)
	for n := range o.pages {
		if v.pages[n] == nil {
			pages++
		}
	}
	if pages > v.maxPages {
		return ErrTooManyBins
	}
	for n, from := range o.pages {
		to := v.pages[n]
		if to == nil {
			to = &volumePage{}
			v.pages[n] = to
		}
		for i := range from {
			to[i].packets = to[i].packets.plus(from[i].packets)
			to[i].bytes = to[i].bytes.plus(from[i].bytes)
			to[i].used = to[i].used || from[i].used
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

// minus returns a - b, which must not be negative.
func (a Amount) minus(b Amount) Amount {
	a.Whole -= b.Whole
	if a.Micro < b.Micro {
		a.Micro += 1e6
		a.Whole--
	}
	a.Micro -= b.Micro
	return a
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

// floorDiv divides and rounds down; b must be positive.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
