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

// maxBlockSlack is how much longer than its packet a packet block may be. It is also the longest
// block of another kind that is parsed; longer ones are skipped.
const maxBlockSlack = 16 << 20

// pcapngFile is a pcapng file: its current section.
type pcapngFile struct {
	*source
	order binary.ByteOrder
	big   bool // order is BigEndian
	rules libpcapRules
}

// u32 decodes a number. It is for the hot path: order would be called through an interface.
func (f *pcapngFile) u32(b []byte) uint32 {
	if f.big {
		return binary.BigEndian.Uint32(b)
	}
	return binary.LittleEndian.Uint32(b)
}

// block is a block whose bytes are all in memory: body is what lies between the head and the
// second length.
type block struct {
	total int
	body  []byte
}

// isPcapng looks for the type of a section header block.
func isPcapng(head []byte) bool { return binary.LittleEndian.Uint32(head) == blockSection }

// openPcapng reads the first section header.
func openPcapng(s *source) (format, error) {
	f := &pcapngFile{source: s}
	if err := f.readSection(); err != nil {
		return nil, err
	}
	return f, nil
}

// readSection reads the section header block at the current position, whose byte order is its own.
func (f *pcapngFile) readSection() error {
	if err := f.need(blockOverhead); err != nil {
		return err
	}
	h := f.bytes()
	order, ok := sectionOrder(h)
	if !ok {
		return errFormat("byte-order magic % x", h[8:12])
	}
	f.order, f.big = order, order == binary.BigEndian
	b, err := f.wholeBlock(f.order.Uint32(h[4:]))
	if err != nil {
		return err
	}
	if len(b.body) < 16 {
		return errFormat("section header of %d bytes", b.total)
	}
	if f.libpcap {
		if err := f.rules.section(order, b.body); err != nil {
			return err
		}
	}
	// Minor version 2 is the same as 0, by the draft.
	if major := f.order.Uint16(b.body[4:]); major != 1 {
		return errFormat("pcapng version %d.%d", major, f.order.Uint16(b.body[6:]))
	}
	f.interfaces.newSection()
	f.stats.OtherBlocks++
	f.pos += b.total
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

// wholeBlock gets the block of total bytes at the current position into memory and checks both
// its lengths.
func (f *pcapngFile) wholeBlock(total uint32) (block, error) {
	if total < blockOverhead || int64(total) > int64(f.maxLen)+maxBlockSlack {
		return block{}, errFormat("block length %d", total)
	}
	if f.libpcap && total > libpcapBlock {
		return block{}, errLibpcap("block of %d bytes", total)
	}
	n := int(total)
	if err := f.need(n); err != nil {
		return block{}, err
	}
	if again := f.u32(f.buf[f.pos+n-4:]); again != total || n%4 != 0 {
		var err error
		if n, err = f.unpadded(f.order, 0, total); err != nil {
			return block{}, err
		}
		if f.libpcap {
			return block{}, errLibpcap("block length %d lacks its padding", total)
		}
		f.stats.UnpaddedBlocks++
	}
	return block{total: n, body: f.buf[f.pos+8 : f.pos+n-4]}, nil
}

// unpadded returns the true length of the block at an offset from the current position. The draft
// has both length fields count the padding (section 3.1), but some writers leave it out of the
// first, or of the second only, or do not pad. The second length decides.
func (f *pcapngFile) unpadded(order binary.ByteOrder, at int, total uint32) (int, error) {
	var again uint32
	for _, n := range []uint32{total, padded(total)} {
		if err := f.need(at + int(n)); err != nil {
			return 0, err
		}
		if again = order.Uint32(f.buf[f.pos+at+int(n)-4:]); again == total || padded(again) == n {
			return int(n), nil
		}
	}
	return 0, errFormat("block length %d at its start and %d at its end", total, again)
}

// padded rounds up to a multiple of 4.
func padded(n uint32) uint32 { return (n + 3) &^ 3 }

// read reads blocks up to and including the next packet.
func (f *pcapngFile) read(rec *Record) error {
	for {
		if f.end-f.pos < 8 {
			if err := f.need(8); err != nil {
				return f.ended(err)
			}
		}
		isPacket, err := f.readBlock(rec)
		if err != nil {
			if err = f.resyncAfter(err); err != nil {
				return err
			}
			continue
		}
		if isPacket {
			f.took(1, len(rec.Data), rec.Time)
			return nil
		}
	}
}

// more reads well-formed enhanced packet blocks and stops at anything else, which read handles.
func (f *pcapngFile) more(recs []Record) int {
	n, octets := 0, 0
	for ; n < len(recs) && f.end-f.pos >= blockOverhead; n++ {
		b := f.buf[f.pos:f.end]
		total := int64(f.u32(b[4:]))
		if f.u32(b) != blockEnhanced || total%4 != 0 || f.libpcap && total > libpcapBlock || total < blockOverhead || total > int64(len(b)) ||
			int64(f.u32(b[total-4:])) != total || f.enhanced(&recs[n], b[8:total-4]) != nil {
			break
		}
		f.pos += int(total)
		octets += len(recs[n].Data)
	}
	if n > 0 {
		f.took(n, octets, recs[n-1].Time)
	}
	return n
}

// readBlock reads the block whose first 8 bytes are in memory. It fails before it moves on.
func (f *pcapngFile) readBlock(rec *Record) (isPacket bool, err error) {
	h := f.bytes()
	kind, total := f.u32(h), f.u32(h[4:])
	switch kind {
	case blockEnhanced, blockPacket, blockSimplePacket, blockInterface:
	case blockSection:
		return false, f.readSection()
	case blockNames, blockStatistics:
		if total <= maxBlockSlack {
			break
		}
		fallthrough
	default:
		return false, f.skipBlock(total)
	}
	b, err := f.wholeBlock(total)
	if err != nil {
		return false, err
	}
	switch kind {
	case blockEnhanced:
		isPacket, err = true, f.enhanced(rec, b.body)
	case blockPacket:
		isPacket, err = true, f.obsoletePacket(rec, b.body)
	case blockSimplePacket:
		isPacket, err = true, f.simplePacket(rec, b.body)
	case blockInterface:
		err = f.interfaceBlock(b.body)
	case blockNames:
		f.namesBlock(b.body)
	case blockStatistics:
		err = f.statisticsBlock(b.body)
	}
	if err != nil {
		return false, err
	}
	if !isPacket {
		f.stats.OtherBlocks++
	}
	f.pos += b.total
	return isPacket, nil
}

// skipBlock skips a block of any size. It checks the framing if the block has a usual size.
func (f *pcapngFile) skipBlock(total uint32) error {
	if total <= maxBlockSlack {
		b, err := f.wholeBlock(total)
		if err == nil {
			f.pos += b.total
			f.stats.OtherBlocks++
		}
		return err
	}
	if f.libpcap {
		return errLibpcap("block of %d bytes", total)
	}
	if total%4 != 0 || f.resync {
		return errFormat("block length %d of type %#x", total, f.order.Uint32(f.bytes()))
	}
	at := f.offset()
	if err := f.skip(int64(total)); err != nil {
		f.base -= f.offset() - at // the error is where the block begins
		return err
	}
	f.stats.OtherBlocks++
	return nil
}

// enhanced reads an enhanced packet block: interface, time (high, low), captured and wire length,
// data, options.
func (f *pcapngFile) enhanced(rec *Record, b []byte) error {
	if len(b) < 20 {
		return errFormat("enhanced packet block of %d bytes", len(b)+blockOverhead)
	}
	ts := uint64(f.u32(b[4:]))<<32 | uint64(f.u32(b[8:]))
	return f.packet(rec, f.u32(b), ts, f.u32(b[12:]), f.u32(b[16:]), b[20:])
}

// obsoletePacket reads an obsolete packet block: the same with an interface of 16 bits and a drop
// count.
func (f *pcapngFile) obsoletePacket(rec *Record, b []byte) error {
	if len(b) < 20 {
		return errFormat("packet block of %d bytes", len(b)+blockOverhead)
	}
	ts := uint64(f.u32(b[4:]))<<32 | uint64(f.u32(b[8:]))
	return f.packet(rec, uint32(f.order.Uint16(b)), ts, f.u32(b[12:]), f.u32(b[16:]), b[20:])
}

// simplePacket reads a simple packet block. It is of the first interface, has no time (0 is
// delivered), and its captured length is the smallest of wire length, snap length and what the
// block has room for.
func (f *pcapngFile) simplePacket(rec *Record, b []byte) error {
	if len(b) < 4 {
		return errFormat("simple packet block of %d bytes", len(b)+blockOverhead)
	}
	if len(f.interfaces.section) == 0 {
		return errFormat("simple packet block without an interface")
	}
	wire := f.order.Uint32(b)
	captured := wire
	if snap := f.interfaces.list[f.interfaces.section[0]].SnapLen; snap > 0 {
		captured = min(captured, snap)
	}
	if !f.libpcap {
		captured = uint32(min(int64(captured), int64(len(b)-4)))
	}
	if err := f.packet(rec, 0, 0, captured, wire, b[4:]); err != nil {
		return err
	}
	rec.Time = 0
	f.stats.Untimed++
	return nil
}

// packet fills rec and counts its oddities.
func (f *pcapngFile) packet(rec *Record, id uint32, ts uint64, captured, wire uint32, data []byte) error {
	if uint64(id) >= uint64(len(f.interfaces.section)) {
		return errFormat("packet of interface %d, but the section has %d", id, len(f.interfaces.section))
	}
	if captured > f.maxLen {
		return f.tooLong(captured)
	}
	if int64(captured) > int64(len(data)) {
		return errFormat("%d captured bytes in a block with room for %d", captured, len(data))
	}
	rec.Interface = f.interfaces.section[id]
	i := &f.interfaces.list[rec.Interface]
	if f.libpcap && i.SnapLen > 0 && captured > i.SnapLen {
		return errLibpcap("%d captured bytes, more than the interface's %d", captured, i.SnapLen)
	}
	rec.LinkType, rec.FCSLen = i.LinkType, i.FCSLen
	var saturated bool
	rec.Time, saturated = i.TSResol.nanoseconds(ts, i.TSOffset)
	if saturated {
		f.stats.SaturatedTimes++
	}
	if captured > wire {
		f.stats.LongerThanWire++
	}
	if i.SnapLen > 0 && captured > i.SnapLen {
		f.stats.BeyondSnapLen++
	}
	if wire > 1<<31-1 {
		f.stats.HugeWireLength++
	}
	rec.OrigLen = wireLen(wire)
	rec.Data = data[:captured:captured]
	return nil
}
