package echo

import (
	"math"

	"github.com/reeftools/reef/flow"
	"github.com/reeftools/reef/pcapio"
)

// Matcher puts requests and replies together. It is a [pcapio.PacketWriter], not safe for concurrent use.
//
// Memory grows with the exchanges of the last Config.Timeout, never with the packets.
type Matcher struct {
	timeout int64
	max     int
	end     func(*Exchange) error
	err     error // of end; sticky

	// Exchanges in order of their first request. Each has a number; that of the oldest held is first, and number n lies in
	// ring[n % len(ring)], whose length is a power of two.
	ring        []Exchange
	first, next uint64
	byKey       map[key]uint64
	streams     map[stream]streamState

	clock int64 // latest packet time, of any packet
	stats Stats
}

type streamState struct {
	held    int    // exchanges in the ring
	begun   uint64 // exchanges since it was empty
	highest uint64 // 1 + the highest number that was answered
}

// wrapped is how many exchanges of a stream lie between a request and its copy at most: half of the sequence numbers (as in RFC 1982).
// After more of them they have wrapped.
const wrapped = 1 << 15

// Stats are the counts of a Matcher: Packets = Requests + Repeats + Replies + Duplicates + Unmatched + Other + Cut + NotICMP, and
// Requests = Exchanges ended + those held.
type Stats struct {
	Packets    uint64 // given to WritePacket
	Requests   uint64 // began an exchange
	Repeats    uint64 // copies of unanswered requests
	Replies    uint64 // first to their request
	Duplicates uint64 // further replies to an answered request
	Unmatched  uint64 // replies without a request, or late
	Other      uint64 // ICMP messages of other kinds
	Cut        uint64 // ICMP of which the first eight bytes were not captured or not there, and later fragments
	NotICMP    uint64 // everything else
	Exchanges  uint64 // given to end
}

// New returns a Matcher. end is called for each exchange when nothing more can belong to it, in order of first request; it must not
// keep its pointer. An error of end is returned by the call that led to it and by all later ones.
func New(cfg Config, end func(*Exchange) error) (*Matcher, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = DefaultTimeout
	}
	if cfg.MaxPending == 0 {
		cfg.MaxPending = DefaultMaxPending
	}
	return &Matcher{timeout: int64(cfg.Timeout), max: cfg.MaxPending, end: end, ring: make([]Exchange, 16),
		byKey: make(map[key]uint64), streams: make(map[stream]streamState), clock: math.MinInt64}, nil
}

// Stats returns the counts so far.
func (m *Matcher) Stats() Stats { return m.stats }

// WritePacket takes the next packet.
func (m *Matcher) WritePacket(p *pcapio.Packet) error {
	if m.err != nil {
		return m.err
	}
	m.stats.Packets++
	if p.Time > m.clock { // other packets too tell how late it is
		m.clock = p.Time
		if m.expire(); m.err != nil {
			return m.err
		}
	}
	if p.Layers&(pcapio.LayerICMP|pcapio.LayerICMPv6) == 0 {
		if p.Status.HasIP() && (p.Proto == 1 || p.Proto == 58) {
			m.stats.Cut++
		} else {
			m.stats.NotICMP++
		}
		return nil
	}
	role, k := classify(p)
	if role == other {
		m.stats.Other++
		return nil
	}
	if role == request {
		m.request(p, k)
	} else {
		m.reply(p, k)
	}
	return m.err
}

// Flush ends all exchanges. The Matcher is empty then and may go on.
func (m *Matcher) Flush() error {
	for m.first < m.next && m.err == nil {
		m.pop(flow.ForcedEnd)
	}
	return m.err
}

func (m *Matcher) at(n uint64) *Exchange { return &m.ring[n&uint64(len(m.ring)-1)] }

// after tells whether t is later than timeout after start, without overflow.
func (m *Matcher) after(t, start int64) bool {
	return t > start && uint64(t)-uint64(start) > uint64(m.timeout)
}

func (m *Matcher) request(p *pcapio.Packet, k key) {
	n, known := m.byKey[k]
	if known {
		e := m.at(n)
		if e.Replies == 0 && !m.after(p.Time, e.Request) && m.streams[k.stream()].begun-e.ordinal <= wrapped {
			m.stats.Repeats++
			e.Requests++
			e.LastRequest = p.Time
			e.payload = payloadOf(p)
			return
		}
		e.gone = true
		if e.Replies > 0 {
			e.Reason = flow.EndOfFlow
		}
	}
	if m.next-m.first == uint64(m.max) {
		if m.pop(flow.LackOfResources); m.err != nil {
			return
		}
	}
	if m.next-m.first == uint64(len(m.ring)) {
		m.grow()
	}
	m.stats.Requests++
	s := m.streams[k.stream()]
	s.held++
	s.begun++
	m.streams[k.stream()] = s
	*m.at(m.next) = Exchange{Kind: k.kind, Src: k.src, Dst: k.dst, ID: k.id, Seq: k.seq, Request: p.Time, LastRequest: p.Time, Requests: 1,
		RequestLen: messageLen(p), RequestTTL: p.TTL, payload: payloadOf(p), ordinal: s.begun}
	m.byKey[k] = m.next
	m.next++
}

func (m *Matcher) reply(p *pcapio.Packet, k key) {
	n, known := m.byKey[k]
	if !known || m.after(p.Time, m.at(n).LastRequest) {
		m.stats.Unmatched++
		return
	}
	e := m.at(n)
	if e.Replies == 0 {
		m.stats.Replies++
		e.Reply, e.ReplyTTL, e.ReplyLen = p.Time, p.TTL, messageLen(p)
		s := m.streams[k.stream()]
		e.Reordered = s.highest > n
		s.highest = max(s.highest, n+1)
		m.streams[k.stream()] = s
	} else {
		m.stats.Duplicates++
	}
	e.Replies++
	e.LastReply = p.Time
	if k.kind != Timestamp { // whose reply has other times in it by design
		got := payloadOf(p)
		e.PayloadChanged = e.PayloadChanged || e.payload.differs(&got)
	}
}

// messageLen is the length from the ICMP header on.
func messageLen(p *pcapio.Packet) int32 { return int32(p.IPLen - p.IPHdrLen) }

// expire gives out the oldest exchanges as long as their time is over.
func (m *Matcher) expire() {
	for m.first < m.next && m.err == nil && m.after(m.clock, m.at(m.first).LastRequest) {
		m.pop(flow.IdleTimeout)
	}
}

// pop ends the oldest exchange.
func (m *Matcher) pop(why flow.EndReason) {
	e := m.at(m.first)
	k := key{src: e.Src, dst: e.Dst, id: e.ID, seq: e.Seq, kind: e.Kind}
	if !e.gone {
		delete(m.byKey, k)
	}
	if m.after(m.clock, e.LastRequest) {
		why = flow.IdleTimeout // also of those that waited for an older one
	}
	if e.Reason == 0 {
		e.Reason = why
	}
	s := m.streams[k.stream()]
	if s.held--; s.held > 0 {
		m.streams[k.stream()] = s
	} else {
		delete(m.streams, k.stream())
	}
	m.first++
	m.stats.Exchanges++
	m.err = m.end(e)
}

func (m *Matcher) grow() {
	ring := make([]Exchange, 2*len(m.ring))
	for n := m.first; n < m.next; n++ {
		ring[n&uint64(len(ring)-1)] = *m.at(n)
	}
	m.ring = ring
}
