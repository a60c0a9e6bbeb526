package pcapio

import (
	"encoding/binary"
)

// Block types (draft-ietf-opsawg-pcapng, section 11.1).
const (
	blockSection      = 0x0a0d0d0a // SHB; the same in both byte orders
	blockInterface    = 1          // IDB
	blockPacket       = 2          // PB, obsolete
	blockSimplePacket = 3          // SPB
	blockNames        = 4          // NRB
	blockStatistics   = 5          // ISB
	blockEnhanced     = 6          // EPB
)

const (
	byteOrderMagic = 0x1a2b3c4d
	blockOverhead  = 12 // type, length, and length again at the end
)

// maxBlockSlack is how much longer than its packet a packet block may be, and how long another
// block may be that is looked into. Longer blocks of other kinds are passed over.
const maxBlockSlack = 16 << 20

// ngFile is the state of a pcapng file.
type ngFile struct {
	order binary.ByteOrder
	big   bool // order is BigEndian
	rules libpcapRules
}

// u32 decodes a number. It is for the hot path: order would be called through an interface.
func (f *ngFile) u32(b []byte) uint32 {
	if f.big {
		return binary.BigEndian.Uint32(b)
	}
	return binary.LittleEndian.Uint32(b)
}

// block is a block whose bytes are all in the window: body is what lies between the head and the
// second length.
type block struct {
	total int
	body  []byte
}

// startPcapng reads the first section header.
func (r *Reader) startPcapng() error {
	if err := r.need(blockOverhead); err != nil {
		return err
	}
	r.ng = ngFile{}
	return r.readSection()
}

// readSection reads the section header block at the current position, whose byte order is its own.
func (r *Reader) readSection() error {
	if err := r.need(blockOverhead); err != nil {
		return err
	}
	h := r.bytes()
	order, ok := sectionOrder(h)
	if !ok {
		return errFormat("byte-order magic % x", h[8:12])
	}
	r.ng.order, r.ng.big = order, order == binary.BigEndian
	b, err := r.wholeBlock(r.ng.order.Uint32(h[4:]))
	if err != nil {
		return err
	}
	if len(b.body) < 16 {
		return errFormat("section header of %d bytes", b.total)
	}
	if r.cfg.Libpcap {
		if err := r.ng.rules.section(order, b.body); err != nil {
			return err
		}
	}
	// Minor version 2 is the same as 0, by the draft.
	if major := r.ng.order.Uint16(b.body[4:]); major != 1 {
		return errFormat("pcapng version %d.%d", major, r.ng.order.Uint16(b.body[6:]))
	}
	r.interfaces.newSection()
	r.stats.OtherBlocks++
	r.pos += b.total
	return nil
}

func sectionOrder(b []byte) (binary.ByteOrder, bool) {
	switch {
	case binary.LittleEndian.Uint32(b[8:]) == byteOrderMagic:
		return binary.LittleEndian, true
	case binary.BigEndian.Uint32(b[8:]) == byteOrderMagic:
		return binary.BigEndian, true
	}
	return nil, false
}

// wholeBlock gets the block of total bytes at the current position into the window and checks both
// its lengths.
func (r *Reader) wholeBlock(total uint32) (block, error) {
	if total < blockOverhead || int64(total) > int64(r.cfg.MaxRecordLen)+maxBlockSlack {
		return block{}, errFormat("block length %d", total)
	}
	if r.cfg.Libpcap && total > libpcapBlock {
		return block{}, errLibpcap("block of %d bytes", total)
	}
	n := int(total)
	if err := r.need(n); err != nil {
		return block{}, err
	}
	if again := r.ng.u32(r.buf[r.pos+n-4:]); again != total || n%4 != 0 {
		var err error
		if n, err = r.unpadded(r.ng.order, 0, total); err != nil {
			return block{}, err
		}
		if r.cfg.Libpcap {
			return block{}, errLibpcap("block length %d lacks its padding", total)
		}
		r.stats.UnpaddedBlocks++
	}
	return block{total: n, body: r.buf[r.pos+8 : r.pos+n-4]}, nil
}

// unpadded returns how long the block at an offset from the current position really is, if its
// first length, or only the second, lacks the padding: the draft has both count it (section 3.1),
// but some writers leave it out, or do not even pad. The second length decides.
func (r *Reader) unpadded(order binary.ByteOrder, at int, total uint32) (int, error) {
	var again uint32
	for _, n := range []uint32{total, padded(total)} {
		if err := r.need(at + int(n)); err != nil {
			return 0, err
		}
		if again = order.Uint32(r.buf[r.pos+at+int(n)-4:]); again == total || padded(again) == n {
			return int(n), nil
		}
	}
	return 0, errFormat("block length %d at its start and %d at its end", total, again)
}

// padded rounds up to a multiple of 4.
func padded(n uint32) uint32 { return (n + 3) &^ 3 }

// readPcapng reads blocks up to and including the next packet.
func (r *Reader) readPcapng(rec *Record) error {
	for {
		if r.end-r.pos < 8 {
			if err := r.need(8); err != nil {
				return r.ended(err)
			}
		}
		isPacket, err := r.readBlock(rec)
		if err != nil {
			if err = r.resyncPcapng(err); err != nil {
				return err
			}
			continue
		}
		if isPacket {
			return nil
		}
	}
}

// readBlock reads the block whose first 8 bytes are in the window. It fails before it moves on.
func (r *Reader) readBlock(rec *Record) (isPacket bool, err error) {
	h := r.bytes()
	kind, total := r.ng.u32(h), r.ng.u32(h[4:])
	switch kind {
	case blockEnhanced, blockPacket, blockSimplePacket, blockInterface:
	case blockSection:
		return false, r.readSection()
	case blockNames, blockStatistics:
		if total <= maxBlockSlack {
			break
		}
		fallthrough
	default:
		return false, r.skipBlock(total)
	}
	b, err := r.wholeBlock(total)
	if err != nil {
		return false, err
	}
	switch kind {
	case blockEnhanced:
		isPacket, err = true, r.enhanced(rec, b.body)
	case blockPacket:
		isPacket, err = true, r.obsoletePacket(rec, b.body)
	case blockSimplePacket:
		isPacket, err = true, r.simplePacket(rec, b.body)
	case blockInterface:
		err = r.interfaceBlock(b.body)
	case blockNames:
		r.namesBlock(b.body)
	case blockStatistics:
		err = r.statisticsBlock(b.body)
	}
	if err != nil {
		return false, err
	}
	if !isPacket {
		r.stats.OtherBlocks++
	}
	r.pos += b.total
	return isPacket, nil
}

// skipBlock passes over a block of any size and of no interest, checking its framing if it is of
// usual size.
func (r *Reader) skipBlock(total uint32) error {
	if total <= maxBlockSlack {
		b, err := r.wholeBlock(total)
		if err == nil {
			r.pos += b.total
			r.stats.OtherBlocks++
		}
		return err
	}
	if r.cfg.Libpcap {
		return errLibpcap("block of %d bytes", total)
	}
	if total%4 != 0 || r.cfg.Resync {
		return errFormat("block length %d of type %#x", total, r.ng.order.Uint32(r.bytes()))
	}
	at := r.offset()
	if err := r.skip(int64(total)); err != nil {
		r.base -= r.offset() - at // the error is where the block begins
		return err
	}
	r.stats.OtherBlocks++
	return nil
}

// enhanced reads an enhanced packet block: interface, time (high, low), captured and wire length,
// data, options.
func (r *Reader) enhanced(rec *Record, b []byte) error {
	if len(b) < 20 {
		return errFormat("enhanced packet block of %d bytes", len(b)+blockOverhead)
	}
	f := &r.ng
	ts := uint64(f.u32(b[4:]))<<32 | uint64(f.u32(b[8:]))
	return r.packet(rec, f.u32(b), ts, f.u32(b[12:]), f.u32(b[16:]), b[20:])
}

// obsoletePacket reads an obsolete packet block: the same with an interface of 16 bits and a drop
// count.
func (r *Reader) obsoletePacket(rec *Record, b []byte) error {
	if len(b) < 20 {
		return errFormat("packet block of %d bytes", len(b)+blockOverhead)
	}
	f := &r.ng
	ts := uint64(f.u32(b[4:]))<<32 | uint64(f.u32(b[8:]))
	return r.packet(rec, uint32(f.order.Uint16(b)), ts, f.u32(b[12:]), f.u32(b[16:]), b[20:])
}

// simplePacket reads a simple packet block. It is of the first interface, has no time (0 is
// delivered), and its captured length is the smallest of wire length, snap length and what the
// block has room for.
func (r *Reader) simplePacket(rec *Record, b []byte) error {
	if len(b) < 4 {
		return errFormat("simple packet block of %d bytes", len(b)+blockOverhead)
	}
	if len(r.interfaces.section) == 0 {
		return errFormat("simple packet block without an interface")
	}
	wire := r.ng.order.Uint32(b)
	captured := wire
	if snap := r.interfaces.list[r.interfaces.section[0]].SnapLen; snap > 0 {
		captured = min(captured, snap)
	}
	if !r.cfg.Libpcap {
		captured = uint32(min(int64(captured), int64(len(b)-4)))
	}
	if err := r.packet(rec, 0, 0, captured, wire, b[4:]); err != nil {
		return err
	}
	rec.Time = 0
	r.stats.Untimed++
	return nil
}

// packet fills rec and counts its oddities.
func (r *Reader) packet(rec *Record, id uint32, ts uint64, captured, wire uint32, data []byte) error {
	if uint64(id) >= uint64(len(r.interfaces.section)) {
		return errFormat("packet of interface %d, but the section has %d", id, len(r.interfaces.section))
	}
	if captured > r.maxLen {
		return r.tooLong(captured)
	}
	if int64(captured) > int64(len(data)) {
		return errFormat("%d captured bytes in a block with room for %d", captured, len(data))
	}
	rec.Interface = r.interfaces.section[id]
	i := &r.interfaces.list[rec.Interface]
	rec.LinkType, rec.FCSLen = i.LinkType, i.FCSLen
	var saturated bool
	rec.Time, saturated = i.TSResol.nanoseconds(ts, i.TSOffset)
	if saturated {
		r.stats.SaturatedTimes++
	}
	if captured > wire {
		r.stats.LongerThanWire++
	}
	if i.SnapLen > 0 && captured > i.SnapLen {
		if r.cfg.Libpcap {
			return errLibpcap("%d captured bytes, more than the interface's %d", captured, i.SnapLen)
		}
		r.stats.BeyondSnapLen++
	}
	if wire > 1<<31-1 {
		r.stats.HugeWireLength++
	}
	rec.OrigLen = wireLen(wire)
	rec.Data = data[:captured:captured]
	return nil
}
