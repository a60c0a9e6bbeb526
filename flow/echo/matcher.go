package echo

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/reeftools/reef/flow"
	"github.com/reeftools/reef/internal/cascade"
	"github.com/reeftools/reef/pcapio"
)

// Matcher matches replies to requests. It is a [pcapio.PacketWriter], not safe for concurrent use.
//
// Memory grows with the exchanges of the last Config.Timeout, never with the packets.
type Matcher struct {
	timeout int64
	repeat  int64
	max     int // exchanges
	maxMore int // answers of further hosts
	dst     ExchangeWriter
	err     error // of dst; sticky

	// Exchanges in order of their first request. Each has a number; that of the oldest held is
	// first, and number n lies in ring[n % len(ring)], whose length is a power of two.
	ring        []Exchange
	first, next uint64
	byKey       map[key]uint64
	streams     map[stream]streamState

	// the latest exchange of a multicast or limited broadcast address; dst is zero
	groups map[key]uint64
	more   map[responder]uint32 // where the answers of further hosts are in More of their exchange

	clock int64 // latest packet time, of any packet
	stats Stats
}

type streamState struct {
	held    int    // exchanges in the ring
	begun   uint64 // exchanges since it was empty
	highest uint64 // 1 + the highest number that was answered
}

// responder is a host that answered exchange n after another.
type responder struct {
	host [16]byte
	n    uint64
}

// wrapped is the most exchanges of a stream between a request and its copy: half of the sequence
// numbers (as in RFC 1982). After more the sequence numbers have wrapped.
const wrapped = 1 << 15

// New returns a Matcher. dst takes each exchange when nothing more can belong to it, in order of
// first request. An error of dst is returned by the call that led to it and by all later ones.
func New(cfg Config, dst ExchangeWriter) (*Matcher, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if dst == nil {
		return nil, fmt.Errorf("%w: no writer to take the exchanges", ErrConfig)
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = DefaultTimeout
	}
	if cfg.Repeat == 0 {
		cfg.Repeat = DefaultRepeat
	}
	if cfg.MaxPending == 0 {
		cfg.MaxPending = DefaultMaxPending
	}
	if cfg.MaxAnswers == 0 {
		cfg.MaxAnswers = DefaultMaxAnswers
	}
	return &Matcher{timeout: int64(cfg.Timeout), repeat: int64(cfg.Repeat), max: cfg.MaxPending, maxMore: cfg.MaxAnswers, dst: dst,
		groups: make(map[key]uint64), more: make(map[responder]uint32),
		ring:  make([]Exchange, 16),
		byKey: make(map[key]uint64), streams: make(map[stream]streamState), clock: math.MinInt64}, nil
}

// WritePacket takes the next packet.
func (m *Matcher) WritePacket(p *pcapio.Packet) error {
	if m.dst == nil {
		return errZero
	}
	if m.err != nil {
		return m.err
	}
	m.stats.Packets++
	if p.Time > m.clock { // every packet moves the clock
		m.clock = p.Time
		if m.expire(); m.err != nil {
			return m.err
		}
	}
	if p.Layers&(pcapio.LayerICMP|pcapio.LayerICMPv6) == 0 {
		if p.Status.HasIP() && (p.Proto == pcapio.ProtoICMP || p.Proto == pcapio.ProtoICMPv6) {
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

// Flush ends all exchanges, and flushes the ExchangeWriter if that has a Flush. The Matcher is then
// empty and can be used again.
func (m *Matcher) Flush() error {
	if m.dst == nil {
		return errZero
	}
	for m.first < m.next && m.err == nil {
		m.pop(flow.ForcedEnd)
	}
	return cascade.Flush(m.err, m.dst)
}

func (m *Matcher) at(n uint64) *Exchange { return &m.ring[n&uint64(len(m.ring)-1)] }

// after tells whether t is later than timeout after start.
func (m *Matcher) after(t, start int64) bool { return past(t, start, m.timeout) }

// past tells whether t is more than d after start, without overflow.
func past(t, start, d int64) bool { return t > start && uint64(t)-uint64(start) > uint64(d) }

func (m *Matcher) request(p *pcapio.Packet, k key) {
	n, known := m.byKey[k]
	if known {
		e := m.at(n)
		if e.Replies == 0 && !m.after(p.Time, e.Request) && !past(p.Time, e.LastRequest, m.repeat) && m.streams[k.stream()].begun-e.ordinal <= wrapped {
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
		RequestLen: messageLen(p), RequestTTL: p.TTL, payload: payloadOf(p), ordinal: s.begun, Group: isGroup(&k.dst)}
	m.byKey[k] = m.next
	if m.at(m.next).Group {
		m.groups[k.anybody()] = m.next
	}
	m.next++
}

func (m *Matcher) reply(p *pcapio.Packet, k key) {
	n, known := m.byKey[k]
	if !known || m.after(p.Time, m.at(n).LastRequest) {
		n, known = m.asked(p, k)
	}
	if !known || m.after(p.Time, m.at(n).LastRequest) {
		m.stats.Unmatched++
		return
	}
	e := m.at(n)
	a := m.answer(e, n, k.dst)
	if a == nil {
		m.stats.Overflow++
		return
	}
	if a.Replies == 0 {
		a.Responder, a.Reply, a.ReplyTTL, a.ReplyLen = k.dst, p.Time, p.TTL, messageLen(p)
		id := stream{e.Src, e.Dst, e.ID, e.Kind}
		s := m.streams[id]
		a.Reordered = s.highest > n && (a == &e.Answer || s.highest > n+1)
		s.highest = max(s.highest, n+1)
		m.streams[id] = s
	}
	a.Replies++
	a.LastReply = p.Time
	if k.kind != Timestamp { // whose reply has other times in it by design
		got := payloadOf(p)
		a.PayloadChanged = a.PayloadChanged || e.payload.differs(&got)
	}
}

// answer returns the Answer of host in exchange n, which is e. It is nil if there is no room for
// one more host.
func (m *Matcher) answer(e *Exchange, n uint64, host [16]byte) *Answer {
	switch {
	case e.Replies == 0:
		m.stats.Replies++
		return &e.Answer
	case e.Responder == host:
		m.stats.Duplicates++
		return &e.Answer
	}
	r := responder{host, n}
	i, known := m.more[r]
	switch {
	case known:
		m.stats.Duplicates++
	case len(m.more) >= m.maxMore:
		return nil
	default:
		m.stats.Answers++
		i = uint32(len(e.More))
		m.more[r] = i
		e.More = append(e.More, Answer{})
	}
	return &e.More[i]
}

// asked returns the exchange of a multicast or broadcast request that p, a reply, answers; k is the
// key of a request to p's sender.
func (m *Matcher) asked(p *pcapio.Packet, k key) (uint64, bool) {
	if n, ok := m.groups[k.anybody()]; ok {
		return n, true
	}
	if k.kind != Echo {
		return 0, false
	}
	host := binary.BigEndian.Uint32(k.dst[12:])
	for bits := 2; bits <= maxHostBits; bits++ {
		// If the host's network has this many host bits, the address with all of them set is its
		// directed broadcast (RFC 922, 7).
		all := host | (1<<bits - 1)
		if all == host {
			continue
		}
		binary.BigEndian.PutUint32(k.dst[12:], all)
		n, ok := m.byKey[k]
		if !ok {
			continue
		}
		e, got := m.at(n), payloadOf(p)
		if !e.Group && e.Replies > 0 || e.payload.differs(&got) {
			return 0, false // it is a host of its own, or was asked something else
		}
		e.Group = true
		return n, true
	}
	return 0, false
}

// maxHostBits is for networks of up to 65,534 hosts.
const maxHostBits = 16

// messageLen is the length from the ICMP header on.
func messageLen(p *pcapio.Packet) int32 { return int32(p.IPLen - p.IPHdrLen) }

// expire gives out the oldest exchanges that have timed out.
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
	if n, ok := m.groups[k.anybody()]; e.Group && ok && n == m.first {
		delete(m.groups, k.anybody())
	}
	for i := range e.More {
		delete(m.more, responder{e.More[i].Responder, m.first})
	}
	if m.after(m.clock, e.LastRequest) {
		why = flow.IdleTimeout // also of those that waited for an older one
	}
	if e.Reason == 0 {
		e.Reason = why
	}
	if e.Reason == flow.LackOfResources {
		m.stats.Evicted++
	}
	s := m.streams[k.stream()]
	if s.held--; s.held > 0 {
		m.streams[k.stream()] = s
	} else {
		delete(m.streams, k.stream())
	}
	m.first++
	m.stats.Exchanges++
	m.err = m.dst.WriteExchange(e)
	e.More = nil
}

func (m *Matcher) grow() {
	ring := make([]Exchange, 2*len(m.ring))
	for n := m.first; n < m.next; n++ {
		ring[n&uint64(len(ring)-1)] = *m.at(n)
	}
	m.ring = ring
}
