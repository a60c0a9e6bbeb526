package netmate

import (
	"encoding/binary"
	"math"

	"github.com/reeftools/reef/flow"
	"github.com/reeftools/reef/pcapio"
)

// classicFlow is NetMate's state of one flow. Times are microseconds since 1970. Widths and the
// order of steps are NetMate's, because its results depend on them.
type classicFlow struct {
	src, dst     uint64         // of the first packet, as in classicPacket
	seq          uint64         // number of flows before it
	side         [2]classicSide // forward, backward
	first        uint64         // 0 means unset
	activeStart  uint64
	active, idle classicMoments
	cstate       tcpState // of the forward side
	sstate       tcpState
	proto        uint8
	valid        bool
	hasData      bool
}

// classicSide is the state of one direction.
type classicSide struct {
	bytes            uint32
	length           classicMoments
	iat              classicMoments
	last             uint64 // 0 means unset
	psh, urg, header uint32
}

// classicMoments are NetMate's sums. 0 as minimum means unset.
type classicMoments struct {
	n          uint32
	min, max   uint64
	sum, sqSum float64
}

// add takes a sample and its square, which NetMate computes in different widths.
func (m *classicMoments) add(v uint64, square float64) {
	if v < m.min || m.min == 0 {
		m.min = v
	}
	m.max = max(m.max, v)
	m.sum += float64(v)
	m.sqSum += square
	m.n++
}

// square is v*v in 64 bits.
func square(v uint64) float64 { return float64(v * v) }

// mean is truncated; 0 without samples.
func (m *classicMoments) mean() int64 {
	if m.n == 0 {
		return 0
	}
	return truncate(m.sum / float64(m.n))
}

// std is truncated; 0 under two samples. Cancellation can make the variance negative; then the
// result is what the conversion of a NaN gives on amd64.
func (m *classicMoments) std() int64 {
	if m.n < 2 {
		return 0
	}
	return truncate(math.Sqrt((m.sqSum - m.sum*m.sum/float64(m.n)) / float64(m.n-1)))
}

// truncate converts to an integer as amd64 does, on every machine.
func truncate(v float64) int64 {
	if v < 1<<63 { // false for NaN
		return int64(v)
	}
	return math.MinInt64
}

// tcpState is the state of one side of a TCP connection.
type tcpState uint8

const (
	stateInitial tcpState = iota
	stateSYN
	stateSYNACK
	stateEstablished
	stateFIN
	stateClosed
)

// next returns the state after a packet with flags. own tells whether the side itself sent it.
func (s tcpState) next(flags uint8, own bool) tcpState {
	has := func(f pcapio.TCPFlags) bool { return flags&uint8(f) == uint8(f) }
	switch {
	case has(pcapio.RST):
		return stateClosed
	case has(pcapio.FIN) && own:
		return stateFIN
	case s == stateFIN && has(pcapio.ACK) && !own:
		return stateClosed
	case s == stateInitial && has(pcapio.SYN) && own:
		return stateSYN
	case s == stateSYN && has(pcapio.SYN|pcapio.ACK) && !own:
		return stateSYNACK
	case s == stateSYNACK && has(pcapio.ACK) && own:
		return stateEstablished
	}
	return s
}

// last returns the time of the latest packet of the active period.
func (f *classicFlow) last() uint64 { return max(f.side[0].last, f.side[1].last) }

// add takes packet p at now and tells whether it closed the connection.
func (f *classicFlow) add(p *classicPacket, now uint64, threshold uint64) (closed bool) {
	s := &f.side[0]
	reverse := p.src != f.src
	if reverse {
		s = &f.side[1]
	}
	s.header += uint32(p.ipHdrLen)
	if p.proto == pcapio.ProtoUDP && !f.valid {
		s.header += 8
		f.valid = p.udpLen > 8
	}
	if p.proto == pcapio.ProtoTCP {
		f.addTCP(p, s, reverse)
	}
	f.addTime(now, threshold)

	n := uint64(p.ipLen)
	// an int of 32 bits: negative for lengths over 46340
	s.length.add(n, float64(int32(uint32(n*n))))
	if s.last > 0 {
		d := now - s.last
		// NetMate keeps minimum and maximum of IATs in 32 bits and compares them with 64.
		s.iat.add(d, square(d))
		s.iat.min, s.iat.max = uint64(uint32(s.iat.min)), uint64(uint32(s.iat.max))
	}
	s.last = now
	s.bytes += uint32(p.ipLen)
	return p.proto == pcapio.ProtoTCP && f.cstate == stateClosed && f.sstate == stateClosed
}

// addTCP moves the states on and judges from the counts before this packet whether the flow is a
// connection with data.
func (f *classicFlow) addTCP(p *classicPacket, s *classicSide, reverse bool) {
	f.cstate = f.cstate.next(p.flags, !reverse)
	f.sstate = f.sstate.next(p.flags, reverse)
	if !f.valid {
		if (f.cstate == stateEstablished || f.sstate == stateEstablished) && p.ipLen > p.ipHdrLen+p.tcpHdr {
			f.hasData = true
		}
		f.valid = f.hasData && f.side[0].length.n > 0 && f.side[1].length.n > 0
	}
	if p.flags&uint8(pcapio.PSH) != 0 {
		s.psh++
	}
	if p.flags&uint8(pcapio.URG) != 0 {
		s.urg++
	}
	s.header += uint32(p.tcpHdr)
}

// addTime moves active and idle periods on to a packet at now.
func (f *classicFlow) addTime(now, threshold uint64) {
	if f.first == 0 {
		f.first, f.activeStart = now, now
		return
	}
	last := f.last()
	gap := now - last
	if gap <= threshold {
		return
	}
	f.idle.add(gap, square(gap))
	active := last - f.activeStart
	f.active.add(active, square(active))
	f.side[0].last, f.side[1].last = 0, 0
	f.activeStart = now
}

// row writes NetMate's columns into r.
func (f *classicFlow) row(reason flow.EndReason, r *Row) {
	*r = Row{Semantics: Classic}
	fwd, rev := &f.side[0], &f.side[1]
	last := f.last()
	r.Record = flow.Record{
		Key:    f.flowKey(),
		Start:  int64(f.first) * 1000,
		End:    int64(last) * 1000,
		Fwd:    flow.Counters{Packets: uint64(fwd.length.n), Bytes: uint64(fwd.bytes)},
		Rev:    flow.Counters{Packets: uint64(rev.length.n), Bytes: uint64(rev.bytes)},
		Reason: reason,
	}
	v := &r.Values
	v[TotalFPackets], v[TotalFVolume] = int64(fwd.length.n), int64(fwd.bytes)
	v[TotalBPackets], v[TotalBVolume] = int64(rev.length.n), int64(rev.bytes)
	r.setLengths(MinFPktl, &fwd.length)
	r.setLengths(MinBPktl, &rev.length)
	r.setTimes(MinFIAT, &fwd.iat)
	r.setTimes(MinBIAT, &rev.iat)
	v[Duration] = int64(last - f.first)

	active := f.active
	period := last - f.activeStart
	active.add(period, square(period))
	r.setTimes(MinActive, &active)
	r.setTimes(MinIdle, &f.idle)

	v[SFlowFPackets], v[SFlowFBytes] = int64(fwd.length.n/active.n), int64(fwd.bytes/active.n)
	v[SFlowBPackets], v[SFlowBBytes] = int64(rev.length.n/active.n), int64(rev.bytes/active.n)
	v[FPSHCount], v[BPSHCount] = int64(fwd.psh), int64(rev.psh)
	v[FURGCount], v[BURGCount] = int64(fwd.urg), int64(rev.urg)
	v[TotalFHLen], v[TotalBHLen] = int64(fwd.header), int64(rev.header)
}

// setLengths stores length statistics, -1 without packets. NetMate writes the deviation as 32 bits.
func (r *Row) setLengths(first Feature, m *classicMoments) {
	r.setTimes(first, m)
	r.Values[first+3] = int64(uint32(r.Values[first+3]))
	if m.n == 0 {
		r.Values[first], r.Values[first+1], r.Values[first+2] = -1, -1, -1
	}
}

// setTimes stores minimum, mean, maximum and standard deviation from column first on.
func (r *Row) setTimes(first Feature, m *classicMoments) {
	r.Values[first], r.Values[first+1], r.Values[first+2], r.Values[first+3] = int64(m.min), m.mean(), int64(m.max), m.std()
}

func (f *classicFlow) flowKey() flow.Key {
	k := flow.Key{SrcPort: uint16(f.src), DstPort: uint16(f.dst), Proto: f.proto, Version: 4, PortsOK: true}
	for _, a := range []struct {
		to   *[16]byte
		from uint64
	}{{&k.Src, f.src}, {&k.Dst, f.dst}} {
		a.to[10], a.to[11] = 0xff, 0xff
		binary.BigEndian.PutUint32(a.to[12:], uint32(a.from>>16))
	}
	return k
}
