package intervalstat

import (
	"fmt"
	"math"

	"github.com/reeftools/reef/internal/moments"
	"github.com/reeftools/reef/pcapio"
)

// Bucket is one interval and what was counted in it. All sums are integers, so that neither order
// nor merging changes a result.
type Bucket struct {
	// Number counts intervals from 1, left-out ones included; with Config.Align it is Start /
	// Width, since 1970.
	Number int64
	// Start and End are the borders of the interval, in ns since 1970; which one belongs to it,
	// Config.Align says. With Config.Whole they are the earliest and the latest packet.
	Start, End int64
	// From and To are the part of it that the capture covers: the first interval begins with the
	// first packet and the last one ends with the last. Rates are over this time.
	From, To int64
	// First and Last are the times of the earliest and of the latest packet in it; 0 if it has
	// none.
	First, Last int64

	Packets  uint64
	Bytes    uint64 // sum of the sizes
	Min, Max int    // smallest and largest size; 0 if it has no packets
	Protocols
	Late    uint64 // of Packets: those whose own interval had ended
	Omitted uint64 // empty intervals before this one that were left out, see Config.MaxEmpty

	// Hosts and Flows are sketches of the addresses (source and destination) and of the flows
	// (addresses, protocol and ports, both directions being one); nil without Config.Distinct.
	Hosts, Flows *Sketch
	// Sizes is the distribution of sizes; nil without Config.Percentiles.
	Sizes *Sizes

	size    SizePolicy
	whole   bool            // with Config.Whole
	squares moments.Squares // of the sizes
}

// add counts p.
func (b *Bucket) add(p *pcapio.Packet) {
	size := b.size.Of(p)
	b.count(p.Time, size)
	b.Protocols.add(p)
	if b.Hosts != nil {
		addDistinct(b.Hosts, b.Flows, p)
	}
	if b.Sizes != nil {
		b.Sizes.Add(size)
	}
}

// count counts a packet at time t.
func (b *Bucket) count(t int64, size int) {
	if b.Packets == 0 {
		b.Min, b.Max = size, size
		b.First, b.Last = t, t
	}
	b.Min, b.Max = min(b.Min, size), max(b.Max, size)
	b.First, b.Last = min(b.First, t), max(b.Last, t)
	b.Packets++
	b.Bytes += uint64(size)
	b.squares.Add(uint64(size))
}

// Covered returns the nanoseconds that the capture covers of the interval.
func (b *Bucket) Covered() uint64 { return uint64(b.To) - uint64(b.From) }

// Partial tells whether the capture covers the interval in part only.
func (b *Bucket) Partial() bool { return b.From != b.Start || b.To != b.End }

// PacketRate is Packets per second of covered time. As the other rates, it is NaN if no time is
// covered.
func (b *Bucket) PacketRate() float64 { return b.rate(float64(b.Packets)) }

// ByteRate is Bytes per second of covered time.
func (b *Bucket) ByteRate() float64 { return b.rate(float64(b.Bytes)) }

// BitRate is 8 * Bytes per second of covered time.
func (b *Bucket) BitRate() float64 { return b.rate(8 * float64(b.Bytes)) }

func (b *Bucket) rate(n float64) float64 {
	if b.To == b.From {
		return math.NaN()
	}
	return n * 1e9 / float64(b.Covered())
}

// Mean returns the mean size; 0 without packets.
func (b *Bucket) Mean() float64 {
	if b.Packets == 0 {
		return 0
	}
	return float64(b.Bytes) / float64(b.Packets)
}

// Variance returns the population variance of the sizes, E[x²] - E[x]², without cancellation: it is
// computed as the fraction (n Σx² - (Σx)²) / n² in integers and rounded once. It is 0 without
// packets.
func (b *Bucket) Variance() float64 { return b.moments().Variance() }

// SampleVariance returns the unbiased estimate (n Σx² - (Σx)²) / (n (n-1)); 0 with less than two
// packets.
func (b *Bucket) SampleVariance() float64 { return b.moments().SampleVariance() }

func (b *Bucket) moments() *moments.Moments {
	return &moments.Moments{N: b.Packets, Sum: b.Bytes, Squares: b.squares}
}

// StdDev returns the population standard deviation of the sizes, the square root of
// [Bucket.Variance].
func (b *Bucket) StdDev() float64 { return math.Sqrt(b.Variance()) }

// Quantile returns the smallest size that at least the share q of the packets do not exceed: 0.5
// gives the median. It needs Config.Percentiles, and gives 0 without packets.
func (b *Bucket) Quantile(q float64) int {
	if b.Sizes == nil {
		return 0
	}
	return b.Sizes.Quantile(q)
}

// Merge adds what o counted in the same interval, as on another tap. It is [ErrMismatch], and
// changes nothing, if the intervals or what was measured differ. A packet that both saw counts
// twice.
func (b *Bucket) Merge(o *Bucket) error {
	switch {
	case b.whole != o.whole || !b.whole && (b.Start != o.Start || b.End != o.End):
		return fmt.Errorf("%w: intervals %d to %d and %d to %d", ErrMismatch, b.Start, b.End, o.Start, o.End)
	case b.size != o.size:
		return fmt.Errorf("%w: sizes %v and %v", ErrMismatch, b.size, o.size)
	case (b.Hosts == nil) != (o.Hosts == nil) || (b.Sizes == nil) != (o.Sizes == nil):
		return fmt.Errorf("%w: only one has distinct counts or percentiles", ErrMismatch)
	}
	if b.Hosts != nil {
		if err := b.Hosts.Merge(o.Hosts); err != nil {
			return fmt.Errorf("%w: %w", ErrMismatch, err)
		}
		if err := b.Flows.Merge(o.Flows); err != nil {
			return fmt.Errorf("%w: %w", ErrMismatch, err)
		}
	}
	if b.Sizes != nil {
		b.Sizes.Merge(o.Sizes)
	}
	b.Start, b.End = min(b.Start, o.Start), max(b.End, o.End) // the same but with Config.Whole
	b.From, b.To = min(b.From, o.From), max(b.To, o.To)
	switch {
	case o.Packets == 0:
	case b.Packets == 0:
		b.Min, b.Max, b.First, b.Last = o.Min, o.Max, o.First, o.Last
	default:
		b.Min, b.Max = min(b.Min, o.Min), max(b.Max, o.Max)
		b.First, b.Last = min(b.First, o.First), max(b.Last, o.Last)
	}
	b.Packets += o.Packets
	b.Bytes += o.Bytes
	b.squares.Merge(o.squares)
	b.Protocols.merge(&o.Protocols)
	b.Late += o.Late
	b.Omitted = min(b.Omitted, o.Omitted)
	return nil
}

// Clone returns a copy of b that shares nothing with it.
func (b *Bucket) Clone() *Bucket {
	c := *b
	if b.Hosts != nil {
		c.Hosts, c.Flows = b.Hosts.Clone(), b.Flows.Clone()
	}
	if b.Sizes != nil {
		c.Sizes = b.Sizes.Clone()
	}
	return &c
}
