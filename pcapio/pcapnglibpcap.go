package pcapio

import (
	"encoding/binary"
	"fmt"
	"math"
)

// libpcapRules are the limits that libpcap has for pcapng files: with [ReaderConfig.Libpcap] the
// Reader stops where it does. They are those of libpcap 1.10 (sf-pcapng.c), and were measured with
// its tcpdump, tcptrace and tcpstat.
type libpcapRules struct {
	order   binary.ByteOrder // of the first section
	any     bool             // an interface was described
	link    LinkType         // that all interfaces must have, see libpcapLink
	snapLen uint32           // that all must have, see libpcapSnapLen
}

// libpcapBlock is the longest block; libpcapSection is the longest first block of a file.
const (
	libpcapBlock   = 16 << 20
	libpcapSection = 1 << 20
)

func errLibpcap(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrLibpcap, fmt.Sprintf(format, args...))
}

// section checks a section header of a byte order, whose body is b.
func (l *libpcapRules) section(order binary.ByteOrder, b []byte) error {
	first := l.order == nil
	if first {
		l.order = order
	}
	minor := order.Uint16(b[6:])
	switch {
	case order != l.order:
		return errLibpcap("sections of different byte orders")
	case first && len(b)+blockOverhead > libpcapSection:
		return errLibpcap("section header of %d bytes", len(b)+blockOverhead)
	case first && minor != 0 && minor != 2:
		return errLibpcap("pcapng version 1.%d", minor)
	}
	return nil
}

// addInterface checks an interface description block whose body is b.
func (l *libpcapRules) addInterface(order binary.ByteOrder, b []byte) error {
	link, snapLen := LinkType(order.Uint16(b)), order.Uint32(b[4:])
	switch {
	case !l.any:
		l.any, l.link = true, libpcapLink(link)
		l.snapLen = libpcapSnapLen(l.link, snapLen)
	// libpcap compares the number in the file with its own number of the first interface. So for
	// some link types it accepts no second interface.
	case link != l.link:
		return errLibpcap("another interface, of link type %d", link)
	case libpcapSnapLen(l.link, snapLen) != l.snapLen:
		return errLibpcap("interfaces of snap lengths %d and %d", l.snapLen, snapLen)
	}
	return libpcapOptions(order, b[8:])
}

// libpcapLink is libpcap's DLT_ number of a link type, on Linux.
func libpcapLink(t LinkType) LinkType {
	switch t {
	case 100: // ATM with LLC
		return 11
	case LinkRaw:
		return 12
	case 102: // SLIP of BSD/OS
		return 15
	case 103: // PPP of BSD/OS
		return 16
	case 106: // Classical IP over ATM
		return 19
	}
	return t
}

// libpcapSnapLen is a snap length as libpcap takes it: 0 and negative ones are its maximum.
func libpcapSnapLen(link LinkType, n uint32) uint32 {
	switch {
	case n > 0 && n <= math.MaxInt32:
		return n
	case link == 231: // D-Bus
		return 128 << 20
	case link == 279: // EBHSCR
		return 8 << 20
	case link == 249: // USBPcap
		return 1 << 20
	}
	return DefaultMaxRecordLen
}

// libpcapOptions checks the options of an interface, of which only those of time are read.
func libpcapOptions(order binary.ByteOrder, b []byte) error {
	var seen [optTSOffset + 1]bool
	for len(b) >= 4 {
		code, n := order.Uint16(b), int(order.Uint16(b[2:]))
		if n > len(b)-4 {
			return errLibpcap("an interface's option is longer than its block")
		}
		switch {
		case code == 0 && n == 0:
			return nil
		case code == 0:
			return errLibpcap("an interface's end of options has %d bytes", n)
		case code == optTSResol || code == optTSOffset:
			if n != interfaceOptions[code] || seen[code] {
				return errLibpcap("an interface's option %d is wrong, or there are two", code)
			}
			seen[code] = true
		}
		if code == optTSResol && (b[4] > 0x80+63 || b[4] < 0x80 && b[4] > 19) {
			return errLibpcap("if_tsresol %#x is too fine", b[4])
		}
		b = b[4+n+(4-n%4)%4:]
	}
	return nil
}
