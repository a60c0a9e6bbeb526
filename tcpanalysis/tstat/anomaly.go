package tstat

// Anomaly is the class of a segment that was sent again or came out of order; the package comment
// gives the rules.
type Anomaly uint8

// The classes, in the order of Tstat's columns pkts_rto to pkts_unfs.
const (
	Timeout          Anomaly = iota // pkts_rto
	Fast                            // pkts_fs
	Reordering                      // pkts_reor
	NetworkDuplicate                // pkts_dup
	Unknown                         // pkts_unk
	FlowControl                     // pkts_fc
	UnneededTimeout                 // pkts_unrto
	UnneededFast                    // pkts_unfs
	numAnomaly
)

// Tstat's numbers for the classes, kept per record. The missing numbers above 7 are kinds of
// Unknown that no output distinguishes.
const (
	inSequence      = 0
	retransTimeout  = 1
	retransFast     = 2
	reordering      = 3
	networkDup      = 4
	flowControl     = 5
	unneededTimeout = 6
	unneededFast    = 7
	unclassified    = 8 // to 13 in Tstat
	classMask       = 15
	batch           = 16 // taken from the segment before
	noSample        = 32 // while a side had no round-trip time
)

// Bounds of the rules, in microseconds.
const (
	minRTO       = 100000.0
	minRTT       = 1000.0
	noSampleRTO  = 500000.0
	noSampleRTT  = 5000.0
	noPrevious   = -1.0 // recovery time of a gap at the start
	manyACKs     = 3    // more than this many ACKs mean fast retransmission
	histogramAll = 63   // the value of Unknown in the histograms tcp_anomalies
)

// classify counts n bytes of the segment: those in record i if seen, else the new record before i.
func (in *insertion) classify(i, n uint32, seen bool, recovery float64) {
	target := i
	if !seen {
		target = in.a.records.At(i).Prev()
	}
	class := in.rules(i, target, n, seen, recovery)
	in.a.records.At(target).Note.class = class
	in.countClass(class)
	if class&classMask == inSequence {
		return
	}
	switch class & classMask {
	case retransTimeout:
		in.h.Anomalies[Timeout]++
	case retransFast:
		in.h.Anomalies[Fast]++
	case reordering:
		in.h.Anomalies[Reordering]++
	case networkDup:
		in.h.Anomalies[NetworkDuplicate]++
	case flowControl:
		in.h.Anomalies[FlowControl]++
	case unneededTimeout:
		in.h.Anomalies[UnneededTimeout]++
	case unneededFast:
		in.h.Anomalies[UnneededFast]++
	default:
		in.h.Anomalies[Unknown]++
	}
}

// rules returns the class of a segment. Record target holds it. Record at is the same if seen, else
// the one that follows it.
func (in *insertion) rules(at, target, n uint32, seen bool, recovery float64) uint8 {
	a, h, peer := in.a, in.h, in.peer
	r := a.records.At(at)
	var before *record
	if p := a.records.At(target).Prev(); p != 0 {
		before = a.records.At(p)
	}
	mean := h.RTT.meanMicros(a.classic) + peer.RTT.meanMicros(a.classic)
	both := RTT{N: h.RTT.N + peer.RTT.N, Sum: h.RTT.Sum + peer.RTT.Sum, sumSq: h.RTT.sumSq + peer.RTT.sumSq}
	rto := max(mean+4*both.stdevMicros(a.classic), minRTO)
	shortest := max(float64(h.RTT.Min+peer.RTT.Min)/1000, minRTT)
	if !seen {
		recovery = noPrevious
		if before != nil {
			recovery = float64(a.now-before.Time) / 1000
		}
	}
	flag := uint8(0)
	if h.RTT.N == 0 || peer.RTT.N == 0 {
		flag, rto, shortest = noSample, noSampleRTO, noSampleRTT
		if recovery == noPrevious {
			recovery = float64(a.now-r.Time) / 1000
		}
	}
	late := recovery > rto
	fast := before != nil && before.Acked > manyACKs && recovery < rto
	acked := r.Acked > 0
	switch {
	case n == 1 && peer.window == 0 && h.SYNs > 0 && peer.SYNs > 0:
		return flowControl
	case before != nil && before.Note.class != inSequence && recovery < mean:
		return before.Note.class | batch
	case (seen || acked) && r.Note.id == in.id:
		return networkDup | flag
	case fast && acked:
		return unneededFast | flag
	case fast:
		return retransFast | flag
	case late && acked:
		return unneededTimeout | flag
	case late:
		return retransTimeout | flag
	case !seen && !acked && float64(a.now-r.Time)/1000 < shortest:
		return reordering | flag
	}
	return unclassified | flag
}

// countClass adds to the histograms tcp_anomalies, which count every segment.
func (in *insertion) countClass(class uint8) {
	s := in.a.set
	if s == nil {
		return
	}
	v := int64(class & classMask)
	if v > unneededFast {
		v = histogramAll
	}
	s.count(tcpAnomalies, in.a.way, v)
	s.count(tcpAnomalies, side(in.fromClient), v)
}
