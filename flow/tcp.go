package flow

import (
	"time"

	"github.com/reeftools/reef/pcapio"
)

// What a table remembers about a TCP connection, among the marks of its entry. Each kind is a pair
// of bits, Reverse above Forward, so bit<<direction is the bit of a direction.
const (
	tcpFin   marks = 1 << (3 + 2*iota) // sent a FIN
	tcpKnown                           // entry.next is known
	tcpAcked                           // all before entry.next was acknowledged
	// a RST that its receiver takes, by Forward; the bit above it: by Reverse
	tcpReset
	// of tcpReset: the receiver may ignore or challenge it, what follows tells
	tcpDoubt      marks = 1 << 11
	tcpTalked     marks = 1 << 12 // a side sent data when the other had sent something
	tcpDataInSYN  marks = 1 << 13
	tcpBothResets       = tcpReset | tcpReset<<1
	tcpBothFins         = tcpFin | tcpFin<<1
	tcpEnds             = tcpBothFins | tcpBothResets
	tcpMarks            = ^(markLoose | markTouched | markPart)
)

const (
	// largest window (RFC 7323, 2.3): nothing of a connection is farther away in sequence space
	maxScaled   = 1 << 30
	maxUnscaled = 1 << 16 // above the largest window without scaling
	// most bytes assumed to be in flight at once; a blind guess falls within them once in 256 times
	maxInFlight = 1 << 24
	maxLateSYN  = 1 << 20 // and to have been stored before the SYN

	// attemptLinger is how long a flow without data still takes packets after a RST. Scans and
	// floods consist of such flows.
	attemptLinger = int64(5 * time.Second)
	// reordering is how much later than it was sent a packet may be stored: capture queues are
	// emptied in turn.
	reordering = int64(10 * time.Millisecond)
)

// track updates the connection of the live entry n from TCP packet s, which travels in direction
// dir and is not counted yet. It returns the direction, which s may change.
func (t *Table[S]) track(n uint32, s *observation, dir Direction) Direction {
	e := t.store.at(n)
	if s.flags&(pcapio.SYN|pcapio.RST) == pcapio.SYN {
		dir = t.orient(e, s, dir)
	}
	before, _ := t.limit(&e.head)
	if s.flags&pcapio.RST != 0 {
		e.gotReset(s, dir)
	} else {
		e.goesOn(s, dir)
		e.follow(s, dir)
		if s.flags&pcapio.FIN != 0 {
			e.marks |= tcpFin << dir
		}
	}
	if limit, _ := t.limit(&e.head); limit < before {
		t.schedule(n, t.clock)
	}
	return dir
}

// follow moves on to what s, which is no RST, sends and acknowledges.
func (e *head) follow(s *observation, dir Direction) {
	peer := dir ^ 1
	m := e.marks
	next, end := &e.next[dir&1], s.seq+s.seqLen
	ahead := int32(end - *next)
	switch {
	case m&(tcpKnown<<dir) == 0, ahead > 0, ahead < -maxScaled, s.flags&pcapio.SYN != 0 && !e.hasSYN(s, dir):
		*next = end
		m = m&^(tcpAcked<<dir) | tcpKnown<<dir
	}
	if s.partial {
		m &^= tcpKnown << dir // how much more the other fragments hold is not known here
	}
	if s.flags&pcapio.ACK != 0 {
		acked := int32(s.ack - e.next[peer&1])
		switch {
		case acked == 0:
			m |= (tcpKnown | tcpAcked) << peer
		// also of what was not captured
		case m&(tcpKnown<<peer) == 0, acked > 0 && acked <= maxScaled:
			e.next[peer&1] = s.ack
			m |= (tcpKnown | tcpAcked) << peer
		}
	}
	if s.data {
		switch other := e.flags[peer&1]; {
		case s.flags&pcapio.SYN != 0:
			m |= tcpDataInSYN
		case other != 0 && other&pcapio.RST == 0:
			m |= tcpTalked
		}
	}
	e.marks = m
}

// gotReset notes a RST if it may have ended the connection.
func (e *head) gotReset(s *observation, dir Direction) {
	peer := dir ^ 1
	doubt := marks(0)
	switch ahead := int32(s.seq - e.next[dir&1]); {
	case e.marks&(tcpKnown<<dir) == 0:
		if e.flags[peer&1]&(pcapio.SYN|pcapio.ACK) == pcapio.SYN && !e.acksSYN(s, peer) {
			return
		}
	case ahead == 0:
	case ahead > 0 && ahead < maxUnscaled, ahead < 0 && ahead > -maxInFlight && e.marks&(tcpAcked<<dir) == 0:
		if e.marks&tcpBothResets != 0 {
			return // one is noted; a doubtful one adds nothing to it
		}
		doubt = tcpDoubt
	default:
		return
	}
	e.marks = e.marks&^(tcpBothResets|tcpDoubt) | tcpReset<<dir | doubt
	if s.flags&pcapio.ACK != 0 && e.marks&(tcpKnown<<peer) == 0 {
		e.next[peer&1] = s.ack // so that the SYN, if it is stored later, is known
		e.marks |= tcpKnown << peer
	}
}

// acksSYN tells whether s, a RST, acknowledges the SYN that peer has sent.
func (e *head) acksSYN(s *observation, peer Direction) bool {
	missing := e.next[peer&1] - s.ack
	return s.flags&pcapio.ACK != 0 && (missing == 0 || e.marks&tcpDataInSYN != 0 && missing < maxUnscaled)
}

// goesOn withdraws a RST when s, which is no RST, shows that the connection is alive.
func (e *head) goesOn(s *observation, dir Direction) {
	if e.marks&tcpBothResets == 0 {
		return
	}
	alive := false
	if e.marks&(tcpReset<<dir) != 0 { // the sender goes on, if s is not older than the RST
		alive = e.marks&(tcpKnown<<dir) == 0 || exceeds(e.end, s.time, reordering) ||
			e.marks&tcpDoubt == 0 && int32(s.seq+s.seqLen-e.next[dir&1]) > 0
	} else { // the receiver of the RST challenges it, or repeats its SYN
		alive = e.marks&tcpDoubt != 0 && s.seqLen == 0 || s.flags&pcapio.SYN != 0 && exceeds(e.end, s.time, reordering)
	}
	if alive {
		e.marks &^= tcpBothResets | tcpDoubt
	}
}

// hasSYN tells whether s is probably a late or repeated SYN or SYN+ACK of e's connection.
func (e *head) hasSYN(s *observation, dir Direction) bool {
	if e.marks&(tcpKnown<<dir) == 0 {
		return !e.closed() // of the other side only
	}
	behind, limit := e.next[dir&1]-(s.seq+1), uint32(maxLateSYN)
	if e.flags[dir&1]&pcapio.SYN != 0 {
		limit = maxUnscaled
	}
	return behind < limit
}

// renewed tells whether s, a SYN or SYN+ACK, begins another connection with the key of e.
func (e *head) renewed(s *observation, dir Direction) bool {
	peer := dir ^ 1
	switch {
	case e.hasSYN(s, dir):
		return false
	case s.flags&pcapio.ACK == 0:
		return true
	case e.marks&(tcpKnown<<peer) != 0:
		// A server that keeps no state answers a repeated SYN with another initial sequence number
		// (RFC 4987, 3.6).
		return e.next[peer&1]-s.ack >= maxUnscaled
	}
	return e.closed()
}

// closed tells whether the connection has ended as far as was seen.
func (e *head) closed() bool {
	return e.marks&tcpBothResets != 0 || e.marks&tcpBothFins == tcpBothFins
}

// Turner is a state that can be reversed. Turn is called when the direction of its flow turns out
// to be the opposite: it must exchange what the state holds for forward and for reverse packets.
type Turner interface{ Turn() }

// orient corrects the direction of e by s, if it was arbitrary before: the sender of a SYN is the
// source, and so is the receiver of a SYN+ACK. It returns the direction in which s travels.
func (t *Table[S]) orient(e *entry[S], s *observation, dir Direction) Direction {
	if e.method != Arbitrary || t.cfg.Uni || e.marks&markPart != 0 || !e.hasSYN(s, dir) {
		return dir
	}
	right, method := t.direction(s)
	if right != dir {
		state, ok := any(&e.state).(Turner)
		switch {
		case ok:
			state.Turn()
		case t.add != nil:
			return dir // the directions given to add before stay right
		}
		e.turn()
	}
	e.method = method
	return right
}

// turn makes the destination of e its source.
func (e *head) turn() {
	e.key = e.key.reverse()
	e.vol[0], e.vol[1] = e.vol[1], e.vol[0]
	e.flags[0], e.flags[1] = e.flags[1], e.flags[0]
	e.next[0], e.next[1] = e.next[1], e.next[0]
	const pairs = tcpFin | tcpKnown | tcpAcked | tcpReset // those of Forward
	e.marks = e.marks&^(pairs|pairs<<1) | e.marks&pairs<<1 | e.marks>>1&pairs
}
