package pcapio

import (
	"encoding/binary"
	"math"
	"net/netip"
	"strings"
)

// maxText is how many bytes are kept of one text of an interface.
const maxText = 1 << 10

// options calls f for each option up to the end of b (draft-ietf-opsawg-pcapng, section 3.5): 16
// bits of code, 16 of length, the value, padding to 4 bytes. It returns the bytes that hold no
// whole option.
func options(order binary.ByteOrder, b []byte, f func(code uint16, value []byte)) (rest []byte) {
	for len(b) >= 4 {
		code, n := order.Uint16(b), int(order.Uint16(b[2:]))
		if code == 0 { // opt_endofopt; a length that is not 0 means nothing
			return nil
		}
		if len(b)-4 < n {
			return b
		}
		f(code, b[4:4+n])
		b = b[min(4+(n+3)&^3, len(b)):]
	}
	return b
}

// text keeps an option's text, which may end in a zero byte.
func text(v []byte) string {
	s, _, _ := strings.Cut(string(v[:min(len(v), maxText)]), "\x00")
	return s
}

// interfaceBlock reads an interface description block: link type, reserved, snap length, options.
func (f *pcapngFile) interfaceBlock(b []byte) error {
	if len(b) < 8 {
		return errFormat("interface description of %d bytes", len(b)+blockOverhead)
	}
	order := f.order
	if f.libpcap {
		if err := f.rules.addInterface(order, b); err != nil {
			return err
		}
	}
	i := Interface{LinkType: LinkType(order.Uint16(b)), SnapLen: order.Uint32(b[4:]), TSResol: tsResol(6)}
	badTime, hasResol := false, false
	rest := options(order, b[8:], func(code uint16, v []byte) {
		if want := interfaceOptions[code]; want > 0 && len(v) != want {
			f.stats.BadOptions++
			badTime = badTime || code == optTSResol || code == optTSOffset
			return
		}
		switch code {
		case 2:
			i.Name = text(v)
		case 3:
			i.Description = text(v)
		case 6:
			i.MAC = [6]byte(v)
		case 8:
			i.Speed = order.Uint64(v)
		case optTSResol:
			i.TSResol, hasResol = tsResol(v[0]), true
		case 11:
			if len(v) > 1 && v[0] == 0 { // 0: the rest is libpcap's filter expression
				i.Filter = text(v[1:])
			}
		case 12:
			i.OS = text(v)
		case 13:
			i.FCSLen = v[0]
		case optTSOffset:
			i.TSOffset = int64(order.Uint64(v))
		}
	})
	if len(rest) > 0 {
		f.stats.BadOptions++
		badTime = badTime || !hasResol // it may be what is lost
	}
	if badTime {
		f.stats.BadTimeUnits++
	}
	_, err := f.interfaces.add(i)
	return err
}

// Options that say what the numbers of a time mean.
const (
	optTSResol  = 9
	optTSOffset = 14
)

// interfaceOptions are the interface options of fixed length that are used, with that length
// (draft-ietf-opsawg-pcapng, table 5).
var interfaceOptions = map[uint16]int{6: 6, 8: 8, optTSResol: 1, 13: 1, optTSOffset: 8}

// statisticsBlock reads an interface statistics block: interface, time (high, low), options.
func (f *pcapngFile) statisticsBlock(b []byte) error {
	if len(b) < 12 {
		return errFormat("interface statistics of %d bytes", len(b)+blockOverhead)
	}
	order := f.order
	id := order.Uint32(b)
	if uint64(id) >= uint64(len(f.interfaces.section)) {
		f.stats.LostStatistics++
		return nil
	}
	i := &f.interfaces.list[f.interfaces.section[id]]
	s := InterfaceStats{Received: -1, Dropped: -1, Accepted: -1, OSDropped: -1, Delivered: -1}
	s.Time, _ = i.TSResol.nanoseconds(uint64(order.Uint32(b[4:]))<<32|uint64(order.Uint32(b[8:])), i.TSOffset)
	rest := options(order, b[12:], func(code uint16, v []byte) {
		if code < 4 || code > 8 {
			return
		}
		if len(v) != 8 {
			f.stats.BadOptions++
			return
		}
		n := int64(min(order.Uint64(v), math.MaxInt64))
		switch code {
		case 4:
			s.Received = n
		case 5:
			s.Dropped = n
		case 6:
			s.Accepted = n
		case 7:
			s.OSDropped = n
		case 8:
			s.Delivered = n
		}
	})
	if len(rest) > 0 {
		f.stats.BadOptions++
	}
	i.Stats = s
	return nil
}

// namesBlock reads a name resolution block: records of 16 bits of type, 16 of length, an address,
// names that end in zero bytes.
func (f *pcapngFile) namesBlock(b []byte) {
	order := f.order
	rest := options(order, b, func(kind uint16, v []byte) {
		size := 0
		switch kind {
		case 1:
			size = 4
		case 2:
			size = 16
		}
		if size == 0 {
			return
		}
		if len(v) < size {
			f.stats.BadOptions++
			return
		}
		addr, _ := netip.AddrFromSlice(v[:size])
		for name := range strings.SplitSeq(string(v[size:]), "\x00") {
			if name != "" {
				if !f.names.add(Name{addr, name}) {
					f.stats.DroppedNames++
				}
			}
		}
	})
	if len(rest) > 0 {
		f.stats.BadOptions++
	}
}
