package tcpanalysis

import "github.com/reeftools/reef/pcapio"

// step is a packet on its connection, as it goes from the table to the histograms.
type step struct {
	conn             *live
	packet           *pcapio.Packet
	side             int    // that sent it: 0 for A, 1 for B
	sender, receiver *half  // receiver is nil if it sent nothing yet
	window           uint32 // that the packet advertises, in bytes
}

// heard tells whether an ACK of the receiver was seen.
func (x *step) heard() bool { return x.receiver != nil && x.receiver.sentACK }
