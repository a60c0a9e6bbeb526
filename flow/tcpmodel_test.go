package flow

import (
	"time"

	"github.com/reeftools/reef/pcapio"
)

// tcpModel is what the package comment says of TCP, of one flow, without a thought for memory: it
// keeps all packets and goes through them for every question.
type tcpModel struct {
	packets []modelPacket
}

type modelPacket struct {
	*pcapio.Packet
	dir Direction
}

func (p *modelPacket) has(f pcapio.TCPFlags) bool { return p.TCP.Flags&f != 0 }

// end is the sequence number after p.
func (p *modelPacket) end() uint32 {
	n := uint32(p.PayloadLen)
	for _, f := range []pcapio.TCPFlags{pcapio.SYN, pcapio.FIN} {
		if p.has(f) {
			n++
		}
	}
	return p.TCP.Seq + n
}

// position is where a side stands.
type position struct {
	known, acked bool
	next         uint32
}

// reset is a RST that was believed.
type reset struct {
	by    Direction
	doubt bool
}

func (m *tcpModel) take(p *pcapio.Packet, dir Direction) {
	m.packets = append(m.packets, modelPacket{p, dir})
}

func (m *tcpModel) turn() {
	for i := range m.packets {
		m.packets[i].dir = 1 - m.packets[i].dir
	}
}

// sent returns the flags of what a side sent.
func (m *tcpModel) sent(dir Direction) (all pcapio.TCPFlags) {
	for _, p := range m.packets {
		if p.dir == dir {
			all |= p.TCP.Flags
		}
	}
	return all
}

// replay goes through the packets.
func (m *tcpModel) replay() (at [2]position, r *reset, latest int64) {
	for i, p := range m.packets {
		before := tcpModel{m.packets[:i]}
		d, peer := p.dir, 1-p.dir
		if p.has(pcapio.RST) {
			if got := before.believes(&p, at); got != nil && (r == nil || !got.doubt) {
				r = got
				if p.has(pcapio.ACK) && !at[peer].known {
					at[peer] = position{known: true, next: p.TCP.Ack}
				}
			}
		} else {
			late := i > 0 && p.Time-latest > int64(10*time.Millisecond)
			ahead := int32(p.end() - at[d].next)
			switch {
			case r == nil:
			case r.by == d && (!at[d].known || late || !r.doubt && ahead > 0):
				r = nil
			case r.by != d && (r.doubt && p.end() == p.TCP.Seq || p.has(pcapio.SYN) && late):
				r = nil
			}
			foreign := false
			if p.has(pcapio.SYN) && at[d].known {
				foreign = !ownSYN(&p, at[d], before.sent(d))
			}
			if !at[d].known || ahead > 0 || int64(ahead) < -1<<30 || foreign {
				at[d] = position{known: true, next: p.end()}
			}
			if p.has(pcapio.ACK) {
				ahead := int32(p.TCP.Ack - at[peer].next)
				if !at[peer].known || ahead >= 0 && ahead <= 1<<30 {
					at[peer] = position{known: true, acked: true, next: p.TCP.Ack}
				}
			}
		}
		latest = max(latest, p.Time)
	}
	return at, r, latest
}

// believes tells what becomes of the RST p after m's packets: nil if its receiver ignores it.
func (m *tcpModel) believes(p *modelPacket, at [2]position) *reset {
	own, peer := at[p.dir], 1-p.dir
	if !own.known {
		if asked := m.sent(peer); asked&pcapio.SYN != 0 && asked&pcapio.ACK == 0 {
			data := false
			for _, q := range m.packets {
				data = data || q.dir == peer && q.has(pcapio.SYN) && !q.has(pcapio.RST) && q.PayloadLen > 0
			}
			missing := at[peer].next - p.TCP.Ack
			if !p.has(pcapio.ACK) || missing != 0 && (!data || missing >= 65536) {
				return nil
			}
		}
		return &reset{by: p.dir}
	}
	ahead := int64(int32(p.TCP.Seq - own.next))
	switch {
	case ahead == 0:
		return &reset{by: p.dir}
	case ahead > 0 && ahead < 65536, ahead < 0 && ahead > -1<<24 && !own.acked:
		return &reset{by: p.dir, doubt: true}
	}
	return nil
}

func ownSYN(p *modelPacket, at position, before pcapio.TCPFlags) bool {
	behind := at.next - (p.TCP.Seq + 1)
	if before&pcapio.SYN != 0 {
		return behind < 1<<16
	}
	return behind < 1<<20
}

func (m *tcpModel) fins() (fins [2]bool) {
	for _, p := range m.packets {
		if p.has(pcapio.FIN) && !p.has(pcapio.RST) {
			fins[p.dir] = true
		}
	}
	return fins
}

func (m *tcpModel) closed() bool {
	_, r, _ := m.replay()
	fins := m.fins()
	return r != nil || fins[0] && fins[1]
}

// own tells whether p may be the SYN or SYN+ACK of this connection.
func (m *tcpModel) own(p *pcapio.Packet, dir Direction) bool {
	at, _, _ := m.replay()
	if !at[dir].known {
		return !m.closed()
	}
	return ownSYN(&modelPacket{p, dir}, at[dir], m.sent(dir))
}

// renewed tells whether p begins another connection.
func (m *tcpModel) renewed(p *pcapio.Packet, dir Direction) bool {
	switch {
	case p.TCP.Flags&(pcapio.SYN|pcapio.RST) != pcapio.SYN || m.own(p, dir):
		return false
	case p.TCP.Flags&pcapio.ACK == 0:
		return true
	}
	at, _, _ := m.replay()
	if peer := at[1-dir]; peer.known {
		return peer.next-p.TCP.Ack >= 65536
	}
	return m.closed()
}

// talked tells whether data went to a side that had sent something, and no RST, before.
func (m *tcpModel) talked() bool {
	for i, p := range m.packets {
		other := (&tcpModel{m.packets[:i]}).sent(1 - p.dir)
		if !p.has(pcapio.RST|pcapio.SYN) && p.PayloadLen > 0 && other != 0 && other&pcapio.RST == 0 {
			return true
		}
	}
	return false
}

func (m *tcpModel) limit(cfg *Config) (int64, EndReason) {
	idle, wait, attempt := int64(cfg.Idle), int64(min(cfg.Idle, cfg.Linger)), int64(min(cfg.Idle, cfg.Linger, 5*time.Second))
	_, r, _ := m.replay()
	fins := m.fins()
	switch {
	case fins[0] && fins[1]:
		return wait, EndOfFlow
	case r != nil && r.doubt:
		return idle, EndOfFlow
	case r != nil && m.talked():
		return wait, EndOfFlow
	case r != nil:
		return attempt, EndOfFlow
	case cfg.Uni && fins[0] && len(m.packets) == 1:
		return attempt, EndOfFlow
	case cfg.Uni && fins[0]:
		return idle, EndOfFlow
	}
	return idle, IdleTimeout
}
