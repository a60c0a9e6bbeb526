package flowlist

import "github.com/reeftools/reef/pairhash"

// Weight is what a flow counts in [Reader.ReadPairs].
type Weight uint8

// Weights.
const (
	Flows   Weight = iota // 1
	Packets               // its packets
	Bytes                 // its bytes
)

func (w Weight) of(f *Flow) pairhash.PairCount {
	c := pairhash.PairCount{Pair: pairhash.Pair{A: f.Src, B: f.Dst}, N: 1}
	switch w {
	case Packets:
		c.N = f.Packets
	case Bytes:
		c.N = f.Bytes
	}
	return c
}

// scratchLen is how many lines are read at once to be turned into what was asked for.
const scratchLen = 64

// usualFlows reads lines from what is in the buffer, until s is full or a line is not of the usual
// shape. That line, good or bad, is left to ReadFlow.
func (r *Reader) usualFlows(s []Flow) (n int) {
	if r.notation != Words {
		return r.take(parsePlainLines(r.buf[r.at:r.end], s, r.notation))
	}
	scratch := &r.counts
	for k := scratchLen; k == scratchLen && n < len(s); n += k {
		k = r.take(parseWordLines(r.buf[r.at:r.end], scratch[:min(scratchLen, len(s)-n)], Packets))
		for i := range scratch[:k] {
			s[n+i] = Flow{Src: scratch[i].A, Dst: scratch[i].B, Packets: scratch[i].N}
		}
	}
	return n
}

// usualPairs is usualFlows for ReadPairs.
func (r *Reader) usualPairs(s []pairhash.PairCount, by Weight) (n int) {
	if r.notation == Words {
		return r.take(parseWordLines(r.buf[r.at:r.end], s, by))
	}
	scratch := &r.flows
	for k := scratchLen; k == scratchLen && n < len(s); n += k {
		k = r.take(parsePlainLines(r.buf[r.at:r.end], scratch[:min(scratchLen, len(s)-n)], r.notation))
		for i := range scratch[:k] {
			s[n+i] = by.of(&scratch[i])
		}
	}
	return n
}

// take moves on behind n lines, which have length bytes, and returns n.
func (r *Reader) take(n, length int) int {
	r.at += length
	r.offset += int64(length)
	r.lines += int64(n)
	return n
}
