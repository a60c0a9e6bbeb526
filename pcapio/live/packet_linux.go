package live

import (
	"encoding/binary"
	"fmt"
	"net"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/reeftools/reef/pcapio"
)

const (
	vlanLen = 4  // tag protocol identifier and tag control information
	sll2Len = 20 // header of LinkSLL2
	macsLen = 12 // the addresses before a VLAN tag
)

// address is struct sockaddr_ll, which the kernel puts behind the header of a packet.
type address struct {
	family   uint16
	protocol [2]byte // network byte order, as in the frame
	index    uint32
	hardware uint16
	kind     uint8 // of packet: for us, broadcast, multicast, for others, outgoing
	length   uint8
	address  [8]byte
}

// next reads the current packet into rec, which points into the ring until the next call. It
// returns false if the packet is left out. Both cases are counted.
func (r *ring) next(rec *pcapio.Record, c *Config) bool {
	h := r.head()
	base := r.at
	r.left--
	r.at += h.Next_offset
	from := (*address)(unsafe.Pointer(&r.mem[base+unix.SizeofTpacket3Hdr]))
	if from.kind == unix.PACKET_OUTGOING && r.loopback != 0 && from.index == r.loopback {
		r.stats.Filtered++
		return false
	}
	*rec = pcapio.Record{Time: int64(h.Sec)*1e9 + int64(h.Nsec), OrigLen: int(h.Len), LinkType: r.about.LinkType}
	start, end := base+uint32(h.Mac), base+uint32(h.Mac)+h.Snaplen
	tagged := h.Status&unix.TP_STATUS_VLAN_VALID != 0
	if tagged {
		tpid := uint16(unix.ETH_P_8021Q)
		if h.Status&unix.TP_STATUS_VLAN_TPID_VALID != 0 {
			tpid = h.Hv1.Vlan_tpid
		}
		start = r.putTag(start, end, from, tpid, uint16(h.Hv1.Vlan_tci))
		rec.OrigLen += vlanLen
	}
	if r.cooked {
		start = r.putCooked(start, from)
		rec.OrigLen += sll2Len
	}
	rec.Data = r.mem[start:end:end]
	if c.Filter != nil && (r.userFilter || tagged) && !c.Filter.Match(rec) {
		r.stats.Filtered++
		return false
	}
	rec.Data = rec.Data[:min(len(rec.Data), c.SnapLen)]
	r.stats.Delivered++
	return true
}

// putTag puts the VLAN tag (IEEE 802.1Q, 9.5) back into the packet from start to end, and returns
// the new start. In an Ethernet frame the tag goes behind the addresses, which move into the
// headroom. In a cooked packet it becomes the protocol.
func (r *ring) putTag(start, end uint32, from *address, tpid, tci uint16) uint32 {
	moved := start - vlanLen
	tag := r.mem[moved : moved+vlanLen]
	if r.cooked {
		binary.BigEndian.PutUint16(tag, tci)
		copy(tag[2:], from.protocol[:])
		binary.BigEndian.PutUint16(from.protocol[:], tpid)
		return moved
	}
	if end-start < macsLen { // cut or no frame at all: nowhere to put it
		return start
	}
	copy(r.mem[moved:moved+macsLen], r.mem[start:start+macsLen])
	tag = r.mem[moved+macsLen : moved+macsLen+vlanLen]
	binary.BigEndian.PutUint16(tag, tpid)
	binary.BigEndian.PutUint16(tag[2:], tci)
	return moved
}

// putCooked puts the header of LinkSLL2 before the packet
// (https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html).
func (r *ring) putCooked(start uint32, from *address) uint32 {
	b := r.mem[start-sll2Len : start]
	copy(b, from.protocol[:])
	b[2], b[3] = 0, 0
	binary.BigEndian.PutUint32(b[4:], from.index)
	binary.BigEndian.PutUint16(b[8:], from.hardware)
	b[10] = from.kind
	b[11] = from.length
	copy(b[12:], from.address[:])
	return start - sll2Len
}

// loopbackIndex returns the index of the loopback interface, 0 if there is none.
func loopbackIndex() (uint32, error) {
	list, err := net.Interfaces()
	if err != nil {
		return 0, fmt.Errorf("live: %w", err)
	}
	for _, i := range list {
		if i.Flags&net.FlagLoopback != 0 {
			return uint32(i.Index), nil
		}
	}
	return 0, nil
}
