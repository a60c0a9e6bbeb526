package echo

import (
	"encoding/binary"
	"slices"

	"github.com/reeftools/reef/pcapio"
)

// assembler puts fragmented IPv4 datagrams together (RFC 791, 3.2) as tshark does: where fragments
// overlap the later one's bytes count. It holds the latest maxDatagrams that are not whole.
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
	total  int    // length of data when whole; -1 until the last fragment is there
	spans  []span // what is there, in order, not touching
}

type span struct{ from, to int }

func newAssembler() assembler { return assembler{open: make(map[datagramKey]*datagram)} }

// add takes a fragment, of which all was captured. It returns the datagram if that made it whole,
// else nil.
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
	if d.total < 0 || d.header == nil || d.spans[0].to < d.total {
		return nil
	}
	delete(a.open, k)
	a.order = slices.DeleteFunc(a.order, func(o datagramKey) bool { return o == k })
	return d.whole()
}

// mark notes that from to to is there.
func (d *datagram) mark(from, to int) {
	d.spans = append(d.spans, span{from, to})
	slices.SortFunc(d.spans, func(a, b span) int { return a.from - b.from })
	joined := d.spans[:1]
	for _, s := range d.spans[1:] {
		if last := &joined[len(joined)-1]; s.from <= last.to {
			last.to = max(last.to, s.to)
		} else {
			joined = append(joined, s)
		}
	}
	d.spans = joined
}

// whole returns the datagram with a header that says so.
func (d *datagram) whole() []byte {
	b := append(d.header, d.data[:d.total]...)
	binary.BigEndian.PutUint16(b[2:], uint16(min(len(b), 0xffff)))
	b[6], b[7] = 0, 0
	return b
}
