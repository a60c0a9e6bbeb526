package tstat

import (
	"encoding/binary"
	"net/netip"

	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/tcpanalysis/internal/conntab"
)

// Flow is a UDP flow that ended: what two endpoints sent each other. The client is who sent the
// first datagram. Times as in [Conn].
type Flow struct {
	Number                         uint64 // from 1, in order of first datagram
	ClientAddr, ServerAddr         [16]byte
	ClientPort, ServerPort         uint16
	Version                        uint8
	ClientInternal, ServerInternal bool
	Reason                         EndReason
	First, Last                    int64
	Client, Server                 FlowHalf
	classic                        bool
}

// FlowHalf is what one side of a UDP flow sent.
type FlowHalf struct {
	Packets     uint64
	Bytes       uint64 // of payload
	First, Last int64  // 0 without packets
}

// ClientEndpoint returns address and port of the client.
func (f *Flow) ClientEndpoint() netip.AddrPort {
	return conntab.AddrPort(f.Version, &f.ClientAddr, f.ClientPort)
}

// ServerEndpoint returns address and port of the server.
func (f *Flow) ServerEndpoint() netip.AddrPort {
	return conntab.AddrPort(f.Version, &f.ServerAddr, f.ServerPort)
}

// liveFlow is a flow in the table.
type liveFlow struct {
	Flow
	clientHigh bool
	index      uint32
	packets    uint64
	last       [2]lastDatagram // of client and server
}

// lastDatagram identifies the last datagram, to recognise a capture duplicate.
type lastDatagram struct{ sum, id, length uint16 }

// udp takes a UDP datagram and tells whether it was counted on a flow.
func (a *Analyzer) udp(p *pcapio.Packet) bool {
	var key conntab.Key
	high := key.Set(p)
	slot := a.flows.Find(&key)
	if slot != 0 && !a.classic {
		e := a.flows.At(slot)
		idle := a.cfg.UDPIdle
		if e.List == listShort {
			idle = a.cfg.UDPSingle
		}
		if a.clock-e.Seen > int64(idle) {
			a.endFlow(slot, EndIdle)
			slot = 0
		}
	}
	if slot == 0 {
		if slot = a.openFlow(&key, high, p); slot == 0 {
			a.stats.NoRoom++
			a.countUDP(p)
			return false
		}
	}
	f := &a.flows.At(slot).State
	f.Last = a.now
	h, seen := &f.Client, &f.last[0]
	if high != f.clientHigh {
		h, seen = &f.Server, &f.last[1]
	}
	length := be16(p.Data, p.TransportOff+4)
	if p.IPVersion == 4 {
		this := lastDatagram{sum: be16(p.Data, p.TransportOff+6), id: uint16(p.IPID), length: uint16(p.IPLen)}
		same := h.Packets > 0 && this == *seen && since(h.Last, a.now) < 1e6 && (a.classic || this.id != 0)
		*seen = this
		if same {
			a.stats.Duplicates++
			return false
		}
	}
	a.countUDP(p)
	a.stats.UDP++
	if h.Packets == 0 {
		a.set.count(udpPortFlowDst, whole, int64(p.DstPort))
		h.First = a.now
	}
	h.Last = a.now
	h.Packets++
	h.Bytes += uint64(max(int(length)-8, 0))
	f.packets++
	if !a.classic {
		list := listLong
		if f.packets == 1 {
			list = listShort
		}
		a.flows.Touch(slot, list, a.clock)
	}
	return true
}

func (a *Analyzer) openFlow(key *conntab.Key, high bool, p *pcapio.Packet) uint32 {
	slot, index := insert(a, a.flows, &a.scan.flows, key, a.cfg.MaxFlows, func(slot uint32) { a.endFlow(slot, EndLimit) })
	if slot == 0 {
		return 0
	}
	a.flowCount++
	a.stats.Flows++
	f := &a.flows.At(slot).State
	f.index, f.clientHigh = index, high
	f.Flow = Flow{Number: a.flowCount, ClientAddr: p.Src, ServerAddr: p.Dst, ClientPort: p.SrcPort, ServerPort: p.DstPort, Version: p.IPVersion,
		ClientInternal: a.cfg.internal(p.IPVersion, &p.Src), ServerInternal: a.cfg.internal(p.IPVersion, &p.Dst), First: a.now, classic: a.classic}
	a.set.count(l4Flows, whole, 1)
	return slot
}

// be16 returns the number at off, 0 if it was not captured.
func be16(b []byte, off int) uint16 {
	if off < 0 || off+2 > len(b) {
		return 0
	}
	return binary.BigEndian.Uint16(b[off:])
}

// endFlow removes a flow from the table and gives it to the FlowWriter.
func (a *Analyzer) endFlow(slot uint32, reason EndReason) {
	f := &a.flows.At(slot).State
	a.outFlow = f.Flow
	a.outFlow.Reason = reason
	if a.classic {
		a.scan.flows.free(f.index)
	}
	a.flows.Remove(slot)
	if !a.outFlow.ClientInternal && !a.outFlow.ServerInternal {
		a.stats.External++
		return
	}
	a.countFlow(&a.outFlow)
	if a.flowSink != nil && a.err == nil {
		a.note(a.flowSink.WriteFlow(&a.outFlow))
	}
}
