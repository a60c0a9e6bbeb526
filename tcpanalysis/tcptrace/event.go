package tcptrace

import "github.com/reeftools/reef/pcapio"

// event is what the graphs need to know of one packet after it was counted.
type event struct {
	c              *Conn
	h, peer        *Half
	p              *pcapio.Packet
	now            int64
	dataLen        int
	start, end     uint64
	window         uint64 // advertised, scaled
	again          int    // bytes of it that had been seen
	outOfOrder     bool
	probe          bool
	hwDup          bool
	ack            ackType
	rtt            float64 // latest sample of what the peer sent, µs
	oldWinEnd      uint32
	oldAck         uint32
	oldAckTime     int64
	owinSampled    bool
	owin           uint64
	owinWeightedAt int64 // time of the owin sample before, 0 at the first
}
