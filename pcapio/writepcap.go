package pcapio

import (
	"encoding/binary"
	"math"
)

// pcapHead is what the header of a classic pcap file says about all records.
type pcapHead struct {
	link LinkType
	fcs  uint8
}

// checkPcap checks that r has the link type of the file header, and a time that 32 bits of seconds
// can hold.
func (w *Writer) checkPcap(r *Record) error {
	if r.Time < 0 || r.Time/1e9 > math.MaxUint32 {
		return refuse(r, "%w: pcap has 1970 to 2106", ErrTime)
	}
	if w.exact && r.Time%1000 != 0 {
		return refuse(r, "%w: the file has microseconds", ErrPrecision)
	}
	want := w.pcap
	if !w.begun {
		want = pcapHead{r.LinkType, r.FCSLen}
		if w.cfg.LinkType != 0 {
			want.link = w.cfg.LinkType
		}
	}
	switch {
	case r.LinkType != want.link:
		return refuse(r, "%w: %v in a file of %v", ErrLinkType, r.LinkType, want.link)
	case r.FCSLen > 30 || r.FCSLen%2 != 0:
		return refuse(r, "%w: pcap cannot say that a frame check sequence has %d bytes", ErrLinkType, r.FCSLen)
	case r.FCSLen != want.fcs:
		return refuse(r, "%w: a frame check sequence of %d bytes in a file of frames with %d", ErrLinkType, r.FCSLen, want.fcs)
	}
	return nil
}

// beginPcap writes the file header.
func (w *Writer) beginPcap(link LinkType, fcs uint8) error {
	if w.cfg.LinkType != 0 {
		link = w.cfg.LinkType
	}
	w.pcap = pcapHead{link, fcs}
	magic := uint32(magicNano)
	if w.cfg.Micro {
		magic = magicMicro
	}
	// Link-type field: 16 bits of type, 10 reserved, 1 "FCS length present", 1 reserved, 4 of FCS
	// length in 16-bit words.
	field := uint32(link)
	if words := uint32(fcs / 2); words > 0 && words < 16 && fcs%2 == 0 {
		field |= 0x04000000 | words<<28
	}
	b := binary.LittleEndian.AppendUint32(w.scratch[:0], magic)
	b = binary.LittleEndian.AppendUint16(b, 2) // version 2.4
	b = binary.LittleEndian.AppendUint16(b, 4)
	b = append(b, 0, 0, 0, 0, 0, 0, 0, 0) // reserved; once zone and accuracy
	b = binary.LittleEndian.AppendUint32(b, uint32(w.cfg.SnapLen))
	b = binary.LittleEndian.AppendUint32(b, field)
	w.scratch = b
	return w.put(b)
}

func (w *Writer) writePcap(r *Record, data []byte) error {
	sec := r.Time / 1e9
	frac := r.Time - sec*1e9
	if w.unit != 1 {
		frac /= 1000 // the compiler turns a constant divisor into a multiplication
	}
	b := w.scratch[:0]
	if n := pcapRecordLen + len(data); w.w.Available() >= n {
		b = w.w.AvailableBuffer() // builds the header in the buffer itself, without a copy
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(sec))
	b = binary.LittleEndian.AppendUint32(b, uint32(frac))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	b = binary.LittleEndian.AppendUint32(b, uint32(r.OrigLen))
	if w.w.Available() >= len(b)+len(data) {
		return w.put(append(b, data...))
	}
	w.scratch = b
	if err := w.put(b); err != nil {
		return err
	}
	return w.put(data)
}
