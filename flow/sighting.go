package flow

import "github.com/reeftools/reef/pcapio"

// sighting is what a table needs of a packet.
type sighting struct {
	key      Key
	time     int64
	ipLen    int
	hash     uint32
	guess    uint32 // entry that is probably its flow's, or none
	layers   pcapio.Layers
	flags    pcapio.TCPFlags
	icmpType uint8
}

func (s *sighting) of(p *pcapio.Packet, cfg *Config) {
	s.key.of(p, cfg)
	s.guess = none
	s.time, s.ipLen, s.layers, s.flags, s.icmpType = p.Time, p.IPLen, p.Layers, p.TCP.Flags, p.ICMP.Type
}

// lookahead is how many packets a table without add gathers.
const lookahead = 32

// drain meters the packets that were gathered.
//
// Where flows are many, a packet's index slot and entry are both far away in memory, and one packet at a time waits for each.
// The two loops before the last fetch them for all packets: their loads do not depend on each other, so the processor
// waits for many at once. What they read is of no use but for being near now; the sum keeps the compiler from dropping them.
func (t *Table[S]) drain() error {
	if t.queued == 0 {
		return t.err
	}
	queue := t.queue[:t.queued]
	t.queued = 0
	near := int64(0)
	for i := range queue {
		near += t.index.near(queue[i].hash)
	}
	for i := range queue {
		n := t.index.first(queue[i].hash)
		queue[i].guess = n
		if n != none {
			e := t.store.at(n)
			near += e.start + int64(e.fwd.packets)
		}
	}
	t.near += near
	for i := range queue {
		if err := t.meter(&queue[i], nil); err != nil {
			return err
		}
	}
	return nil
}
