package ifcounter

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
)

// Types of netlink messages and attributes (linux/netlink.h, rtnetlink.h, if_link.h).
const (
	nlmsgError = 2
	nlmsgDone  = 3
	newLink    = 16

	attrAddress   = 1
	attrBroadcast = 2
	attrName      = 3
	attrMTU       = 4
	attrLink      = 5
	attrQdisc     = 6
	attrMaster    = 10
	attrTxQueue   = 13
	attrOperState = 16
	attrLinkMode  = 17
	attrStats64   = 23
	attrGroup     = 27
	attrNetNS     = 37
	attrTypeMask  = 1<<14 - 1 // without the flags for nesting and byte order

	headerSize   = 16 // struct nlmsghdr
	ifInfoSize   = 16 // struct ifinfomsg
	attrHeadSize = 4
)

// parseLinks takes the interfaces from the kernel's answer to RTM_GETLINK: messages in the byte
// order of the machine.
func parseLinks(b []byte) ([]Interface, error) {
	var links []Interface
	for len(b) > 0 {
		if len(b) < headerSize {
			return links, fmt.Errorf("%w: netlink message of %d bytes", ErrFormat, len(b))
		}
		size, typ := binary.NativeEndian.Uint32(b), binary.NativeEndian.Uint16(b[4:])
		if size < headerSize || uint64(size) > uint64(len(b)) {
			return links, fmt.Errorf("%w: netlink message says %d of %d bytes", ErrFormat, size, len(b))
		}
		body := b[headerSize:size]
		switch typ {
		case nlmsgDone:
			return links, nil
		case nlmsgError:
			return links, fmt.Errorf("%w: netlink error message", ErrFormat)
		case newLink:
			i, err := parseLink(body)
			if err != nil {
				return links, err
			}
			links = append(links, i)
		}
		b = b[min(align(int(size)), len(b)):]
	}
	return links, nil
}

// align rounds up to the four bytes on which netlink aligns everything.
func align(n int) int { return (n + 3) &^ 3 }

func parseLink(b []byte) (Interface, error) {
	if len(b) < ifInfoSize {
		return Interface{}, fmt.Errorf("%w: link message of %d bytes", ErrFormat, len(b))
	}
	i := Interface{
		Type:      binary.NativeEndian.Uint16(b[2:]),
		Index:     int(int32(binary.NativeEndian.Uint32(b[4:]))),
		Flags:     Flags(binary.NativeEndian.Uint32(b[8:])),
		PeerNetNS: -1,
	}
	for b = b[ifInfoSize:]; len(b) >= attrHeadSize; {
		size, typ := int(binary.NativeEndian.Uint16(b)), binary.NativeEndian.Uint16(b[2:])&attrTypeMask
		if size < attrHeadSize || size > len(b) {
			return Interface{}, fmt.Errorf("%w: attribute %d says %d of %d bytes", ErrFormat, typ, size, len(b))
		}
		i.attribute(typ, b[attrHeadSize:size])
		b = b[min(align(size), len(b)):]
	}
	if i.Name == "" {
		return Interface{}, fmt.Errorf("%w: interface %d has no name", ErrFormat, i.Index)
	}
	return i, nil
}

// attribute takes one attribute; one that is shorter than it must be is taken for absent.
func (i *Interface) attribute(typ uint16, v []byte) {
	var number uint32
	if len(v) >= 4 {
		number = binary.NativeEndian.Uint32(v)
	}
	switch typ {
	case attrAddress:
		i.Address = net.HardwareAddr(bytes.Clone(v))
	case attrBroadcast:
		i.Broadcast = net.HardwareAddr(bytes.Clone(v))
	case attrName:
		i.Name = text(v)
	case attrQdisc:
		i.Qdisc = text(v)
	case attrMTU:
		i.MTU = number
	case attrLink:
		i.Parent = int(int32(number))
	case attrMaster:
		i.Master = int(int32(number))
	case attrTxQueue:
		i.TxQueueLen = number
	case attrGroup:
		i.Group = number
	case attrNetNS:
		if len(v) >= 4 {
			i.PeerNetNS = int(int32(number))
		}
	case attrOperState:
		if len(v) > 0 {
			i.State = OperState(v[0])
		}
	case attrLinkMode:
		i.Dormant = len(v) > 0 && v[0] == 1
	case attrStats64:
		// older kernels have fewer, newer may have more
		for f := Field(0); f < NumFields && len(v) >= 8; f++ {
			i.set(f, binary.NativeEndian.Uint64(v))
			v = v[8:]
		}
	}
}

func text(b []byte) string {
	s, _, _ := bytes.Cut(b, []byte{0})
	return string(s)
}
