package tcpanalysis

import (
	"fmt"
	"slices"

	"github.com/reeftools/reef/pcapio"
)

// model follows connections.
type model struct {
	cfg   Config
	now   int64 // packet clock: never goes back
	live  map[string]*modelConn
	conns []*modelConn
}

// take puts p on its connection.
func (m *model) take(p *pcapio.Packet) {
	from, to := fmt.Sprint(p.Src, p.SrcPort), fmt.Sprint(p.Dst, p.DstPort)
	key := min(from, to) + max(from, to)
	c := m.live[key]
	if p.Layers&pcapio.LayerTCP == 0 {
		if c != nil && m.silence(c) == Live {
			c.sideOf(p).fragment(p, m.now)
		}
		return
	}
	if c != nil {
		if reason := m.silence(c); reason != Live {
			m.end(c, reason)
			c = nil
		} else if p.TCP.Flags&syn != 0 && c.opens(p) {
			m.end(c, Reused)
			c = nil
		}
	}
	if c == nil {
		c = &modelConn{number: len(m.conns) + 1, first: p.Time, last: p.Time}
		a, b := &modelSide{conn: c}, &modelSide{conn: c}
		a.peer, b.peer = b, a
		c.sides = [2]*modelSide{a, b}
		m.live[key] = c
		m.conns = append(m.conns, c)
	}
	side := c.sideOf(p)
	c.first, c.last = min(c.first, p.Time), max(c.last, p.Time)
	side.take(&modelPacket{Packet: p, side: side, now: m.now})
	c.touched = m.now
}

// sideOf returns who sent p.
func (c *modelConn) sideOf(p *pcapio.Packet) *modelSide {
	if len(c.all) > 0 && (c.all[0].Src != p.Src || c.all[0].SrcPort != p.SrcPort) {
		return c.sides[1]
	}
	return c.sides[0]
}

func (m *model) end(c *modelConn, reason EndReason) {
	c.reason = reason
	for key, l := range m.live {
		if l == c {
			delete(m.live, key)
		}
	}
}

// silence returns why c is over by now, or Live.
func (m *model) silence(c *modelConn) (reason EndReason) {
	quiet := m.now - c.touched
	if c.reset != nil {
		defer func() {
			if reason != Live {
				reason = WasReset
			}
		}()
	}
	switch {
	case c.reset != nil && !c.reset.challenged:
		if quiet > resetLinger {
			return WasReset
		}
	case c.sides[0].finished() && c.sides[1].finished():
		if quiet > timeWait {
			return Closed
		}
	case c.onlySYNs():
		if quiet > int64(m.cfg.HalfOpen) {
			return HalfOpenTimeout
		}
	default:
		if quiet > int64(m.cfg.Idle) {
			return IdleTimeout
		}
	}
	return Live
}

// atEnd is why c ends with the capture.
func (m *model) atEnd(c *modelConn) EndReason {
	switch reason := m.silence(c); {
	case reason != Live:
		return reason
	case c.reset != nil:
		return WasReset
	case c.sides[0].finished() && c.sides[1].finished():
		return Closed
	}
	return EndOfCapture
}

const (
	timeWait    = 60e9 // 2 MSL of Linux (RFC 9293, 3.6.1)
	resetLinger = 10e9
)

func (c *modelConn) onlySYNs() bool {
	return !slices.ContainsFunc(c.all, func(p *modelPacket) bool { return p.TCP.Flags&(syn|rst) == 0 })
}

// finished tells whether a FIN of the side was acknowledged.
func (s *modelSide) finished() bool {
	f := s.fin()
	return s.acked && f != nil && s.una >= f.hi
}

// fin returns the first FIN of the side.
func (s *modelSide) fin() *modelPacket {
	for _, p := range s.all {
		whole := p.TCP.Flags&fin != 0 && p.IPFlags&pcapio.MoreFragments == 0
		if (whole || p.fin) && p.TCP.Flags&rst == 0 && p.class != CaptureDup {
			return p
		}
	}
	return nil
}

// syns returns the SYNs of the side that have these flags, of SYN and ACK.
func (s *modelSide) syns(flags pcapio.TCPFlags) (list []*modelPacket) {
	for _, p := range s.all {
		if p.TCP.Flags&(syn|ack) == flags {
			list = append(list, p)
		}
	}
	return list
}

func (s *modelSide) anySYN() bool { return len(s.syns(syn))+len(s.syns(syn|ack)) > 0 }

// opens tells whether the SYN p opens a new connection (RFC 9293, 3.10.7.4; RFC 6191).
func (c *modelConn) opens(p *pcapio.Packet) bool {
	s := c.sideOf(p)
	both := p.TCP.Flags & (syn | ack)
	if s.outlives(p) {
		return false
	}
	if s.anySYN() && uint32(s.syn()) == p.TCP.Seq {
		return false // sent again, or with the ACK of a simultaneous open (3.5)
	}
	if both == syn|ack && s.anySYN() && s.lastACK() != nil && s.highest() == p.TCP.Ack {
		return false // two hosts, or SYN cookies, answered
	}
	if a, _ := c.sideA(); both == syn|ack && s.anySYN() && a == s {
		return false // it has no reason to answer
	}
	if both == syn|ack && s.anySYN() && s.peer.anySYN() && uint32(s.peer.syn())+1 == p.TCP.Ack {
		return false
	}
	if s.anySYN() {
		return true
	}
	if s.peer.anySYN() && (both == syn|ack || len(s.all) == 0) {
		return false // the other half of the handshake
	}
	// Stored late: it is followed at once by what is there already, or comes soon and lies not far
	// below.
	follows := p.TCP.Seq + 1
	asked := s.peer.lastACK() != nil
	below := func(at int64) bool { return uint32(at)-follows <= 1<<20 }
	if s.known && uint32(s.low) == follows || asked && uint32(s.lastAsked()) == follows {
		return false
	}
	soon := p.Time-c.first <= 1e9
	onlyRSTs := !s.known && slices.ContainsFunc(s.all, func(q *modelPacket) bool { return q.TCP.Flags&rst != 0 })
	return !(soon && !onlyRSTs && (!s.known || below(s.low)) && (!asked || below(s.lastAsked())))
}

// outlives tells whether the SYN p is older than the connection, which is in TIME-WAIT (RFC 6191,
// 2).
func (s *modelSide) outlives(p *pcapio.Packet) bool {
	if !s.finished() || !s.peer.finished() || s.place(p.TCP.Seq) >= s.next {
		return false
	}
	q := s.fin()
	return p.TCP.Options&q.TCP.Options&pcapio.OptTimestamps != 0 && q.TCP.TSval != 0 && int32(p.TCP.TSval-q.TCP.TSval) < 0
}

// lastAsked is the highest ACK number that the peer sent, where the side stands by it.
func (s *modelSide) lastAsked() int64 {
	if s.peer.lastACK() == nil {
		return s.una
	}
	return s.place(s.peer.highest())
}

// highest is the highest ACK number that the side sent; one far from those before begins anew.
func (s *modelSide) highest() (high uint32) {
	any := false
	for _, p := range s.all {
		if p.TCP.Flags&ack == 0 || p.TCP.Flags&rst != 0 || p.class == CaptureDup || p.void {
			continue
		}
		if behind := int32(high - p.TCP.Ack); !any || behind <= 0 || behind > modelReach {
			high, any = p.TCP.Ack, true
		}
	}
	return high
}

// sideA returns who opened the connection, and how that is known.
func (c *modelConn) sideA() (*modelSide, DirectionMethod) {
	for _, p := range c.all {
		if p.TCP.Flags&(syn|ack) == syn {
			return p.side, SentSYN
		}
	}
	for _, p := range c.all {
		if p.TCP.Flags&(syn|ack) == syn|ack {
			return p.side.peer, GotSYNACK
		}
	}
	return c.sides[0], FirstPacket
}

// source is the address of the side.
func (s *modelSide) source() (a [16]byte) {
	if len(s.all) > 0 {
		return s.all[0].Src
	}
	return s.peer.all[0].Dst
}

// takesReset decides what the peer of the sender does with the RST p.
func (c *modelConn) takesReset(p *modelPacket) {
	s, r := p.side, p.side.peer
	p.sequenced = r.lastACK() != nil
	switch {
	case s.finished() && r.finished(): // nothing is left to reset
	case s.refuses(p):
		at := r.place(p.TCP.Ack)
		if p.TCP.Flags&ack != 0 && at > r.syn() && at <= r.next {
			c.reset = p
		}
	case r.lastACK() == nil:
		c.reset = p // nothing is known of what it expects
	default: // RFC 5961, 3.2
		expects := s.lastAsked()
		if s.acked {
			expects = max(expects, s.una)
		}
		at := s.place(p.TCP.Seq)
		window := int64(1 << 30)
		if w, ok := r.window(); ok {
			window = int64(w)
		}
		switch {
		case at == expects || at > expects && at <= s.next:
			c.reset = p
		case at >= expects && at < expects+window && c.reset == nil:
			c.reset, p.challenged = p, true
		}
	}
}

// refuses tells whether p, a RST, comes to a peer in SYN-SENT (RFC 9293, 3.10.7.3).
func (s *modelSide) refuses(p *modelPacket) bool {
	return len(s.peer.syns(syn)) > 0 && !s.anySYN() && s.peer.lastACK() == nil
}

// goesOn revokes a reset that p shows not to have happened.
func (c *modelConn) goesOn(p *modelPacket) {
	r := c.reset
	if r == nil || p.TCP.Flags&rst != 0 {
		return
	}
	from, later := r.side, p.Time-r.Time
	above := p.TCP.Flags&ack != 0 && r.sequenced && int32(p.TCP.Ack-r.TCP.Seq) > 0
	challenge := r.challenged && empty(p.Packet) && from.peer.lastACK() != nil && p.TCP.Ack == from.peer.highest()
	switch {
	case p.side == from && later >= 3e6, p.side != from && (later >= 1e9 || above || challenge):
		c.reset = nil
	}
}
