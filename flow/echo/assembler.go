package echo

import (
	"encoding/binary"
	"slices"

	"github.com/reeftools/reef/pcapio"
)

// assembler reassembles fragmented IPv4 datagrams (RFC 791, 3.2) as tshark does: where fragments
// overlap, the bytes of the later one count. It holds the latest maxDatagrams incomplete datagrams.
type assembler struct {
	open  map[datagramKey]*datagram
	order []datagramKey // of open, oldest first

	dropped uint64 // for maxDatagrams
}

const maxDatagrams = 256

type datagramKey struct {
	src, dst [16]byte
	id       uint32
	vlan     uint16
	proto    uint8
}

type datagram struct {
	header []byte // of the first fragment
	data   []byte
	total  int // length of data when whole; -1 until the last fragment is there
	// for each block of eight bytes, how many of its first bytes are there: fragments begin at
	// multiples of eight
	there []uint8
	whole int // all eights before this one are there
}

func newAssembler() assembler { return assembler{open: make(map[datagramKey]*datagram)} }

// add takes a fragment that was captured whole. It returns the datagram if it is now whole, else
// nil.
func (a *assembler) add(p *pcapio.Packet) []byte {
	hdrLen := 4 * int(p.Data[p.IPOff]&0xf)
	data := p.Data[p.IPOff+hdrLen : p.IPOff+p.IPLen]
	from := int(p.FragOffset)
	to := from + len(data)
	if len(data) == 0 || to > 0xffff {
		return nil
	}
	k := datagramKey{src: p.Src, dst: p.Dst, id: p.IPID, vlan: p.VLAN, proto: p.Data[p.IPOff+9]}
	d := a.open[k]
	if d == nil {
		if len(a.order) == maxDatagrams {
			delete(a.open, a.order[0])
			a.order = slices.Delete(a.order, 0, 1)
			a.dropped++
		}
		d = &datagram{total: -1}
		a.open[k], a.order = d, append(a.order, k)
	}
	if len(d.data) < to {
		d.data = append(d.data, make([]byte, to-len(d.data))...)
	}
	copy(d.data[from:], data)
	d.mark(from, to)
	if from == 0 {
		d.header = slices.Clone(p.Data[p.IPOff : p.IPOff+hdrLen])
	}
	if p.IPFlags&pcapio.MoreFragments == 0 {
		d.total = to
	}
	if d.total < 0 || d.header == nil || d.missing() {
		return nil
	}
	delete(a.open, k)
	a.order = slices.DeleteFunc(a.order, func(o datagramKey) bool { return o == k })
	return d.bytes()
}

// mark notes that the bytes from from up to to are there. Its cost is proportional to their number,
// however many holes there are.
func (d *datagram) mark(from, to int) {
	for ; from < to; from += 8 {
		if i := from / 8; i < len(d.there) {
			d.there[i] = max(d.there[i], uint8(min(to-from, 8)))
		} else { // also of what lies between
			d.there = append(d.there, make([]uint8, i-len(d.there))...)
			d.there = append(d.there, uint8(min(to-from, 8)))
		}
	}
}

// missing tells whether a byte before total is missing. In all calls together it looks at each
// eight once.
func (d *datagram) missing() bool {
	for d.whole < len(d.there) && d.there[d.whole] == 8 {
		d.whole++
	}
	end := 8 * d.whole
	if d.whole < len(d.there) {
		end += int(d.there[d.whole])
	}
	return end < d.total
}

// bytes returns the whole datagram with a header that says so.
func (d *datagram) bytes() []byte {
	b := append(d.header, d.data[:d.total]...)
	binary.BigEndian.PutUint16(b[2:], uint16(min(len(b), 0xffff)))
	b[6], b[7] = 0, 0
	return b
}
