package flow

import "github.com/reeftools/reef/pcapio"

// observation is what a table needs of a packet.
type observation struct {
	key      packed
	time     int64
	ipLen    int
	hash     uint32
	guess    uint32 // entry that is probably its flow's, or none
	layers   pcapio.Layers
	flags    pcapio.TCPFlags
	icmpType uint8

	// TCP only
	data     bool // has payload
	partial  bool // more of the segment is in other fragments
	seq, ack uint32
	seqLen   uint32 // sequence numbers that it takes: payload, SYN, FIN
}

func (s *observation) of(p *pcapio.Packet, cfg *Config) {
	s.key.of(p, cfg)
	s.guess = none
	s.time, s.ipLen, s.layers, s.flags, s.icmpType = p.Time, p.IPLen, p.Layers, p.TCP.Flags, p.ICMP.Type
	if p.Layers&pcapio.LayerTCP != 0 {
		s.data, s.partial = p.PayloadLen > 0, p.IsFragment()
		s.seq, s.ack = p.TCP.Seq, p.TCP.Ack
		s.seqLen = uint32(p.PayloadLen) + uint32(s.flags&pcapio.FIN) + uint32(s.flags&pcapio.SYN)>>1
	}
}

// lookahead is how many packets a table without add gathers.
const lookahead = 32

// drain meters the packets that were gathered.
//
// With many flows, a packet's index slot and its entry are both far away in memory, and one packet
// at a time waits for each. The two loops before the last prefetch them for all packets. Their
// loads do not depend on each other, so the processor waits for many at once. The values are not
// used; their sum only keeps the compiler from removing the loads.
func (t *Table[S]) drain() error {
	if t.end == nil {
		t.err = errZero
	}
	if t.queued == 0 || t.err != nil {
		return t.err
	}
	queue := t.queue[:t.queued]
	t.queued = 0
	fetched := int64(0)
	for i := range queue {
		fetched += t.index.Near(queue[i].hash)
	}
	for i := range queue {
		n, _ := t.index.First(queue[i].hash)
		queue[i].guess = n
		if n != none {
			e := t.store.at(n)
			fetched += e.start + int64(e.vol[0].packets)
		}
	}
	t.prefetched += fetched
	for i := range queue {
		if err := t.meter(&queue[i], nil); err != nil {
			return err
		}
	}
	return nil
}
