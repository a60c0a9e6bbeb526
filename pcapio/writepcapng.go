package pcapio

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Option codes (draft-ietf-opsawg-pcapng, sections 3.5, 4.1, 4.2 and 4.6).
const (
	optEnd     = 0
	optComment = 1

	shbHardware    = 2
	shbOS          = 3
	shbApplication = 4

	idbName        = 2
	idbDescription = 3
	idbMAC         = 6
	idbSpeed       = 8
	idbTSResol     = 9
	idbFilter      = 11
	idbOS          = 12
	idbFCSLen      = 13
	idbTSOffset    = 14

	isbReceived  = 4
	isbDropped   = 5
	isbAccepted  = 6
	isbOSDropped = 7
	isbDelivered = 8
)

const (
	maxOptionLen = math.MaxUint16
	// bytes of an enhanced packet block before the packet, without the head of the block
	enhancedFixed = 20
)

// ngKind tells the interfaces of a file apart. One interface of the source may need several:
// records of several link types, if a transformation removed the link layer of some, and times of
// another resolution or origin.
type ngKind struct {
	number int // Record.Interface
	link   LinkType
	fcs    uint8
	times  ngTimes
}

// ngTimes is how an interface has its times.
type ngTimes uint8

const (
	nanoTimes  ngTimes = 1 << iota // in nanoseconds, in a file of microseconds
	earlyTimes                     // before 1970: they count from earlyOffset
)

// earlyOffset is the if_tsoffset of times before 1970: the earliest second of int64 nanoseconds.
// Without it they would be negative, but pcapng stores unsigned times.
const earlyOffset = math.MinInt64/1_000_000_000 - 1

// ngSection numbers the interfaces of the section that is written.
type ngSection struct {
	ids    map[ngKind]uint32
	last   ngKind // of the record before, with its id: mostly the next record's too
	lastID uint32
}

func (s *ngSection) id(k ngKind) (uint32, bool) {
	if k == s.last && len(s.ids) > 0 {
		return s.lastID, true
	}
	id, ok := s.ids[k]
	if ok {
		s.last, s.lastID = k, id
	}
	return id, ok
}

func (w *Writer) kindOf(r *Record) ngKind {
	k := ngKind{number: r.Interface, link: r.LinkType, fcs: r.FCSLen}
	if w.exact && r.Time%1000 != 0 { // in a file of microseconds; a constant is divided by faster
		k.times = nanoTimes
	}
	if r.Time < 0 {
		k.times |= earlyTimes
	}
	return k
}

// units is a time as it is stored for an interface.
func (w *Writer) units(time int64, times ngTimes) uint64 {
	stored := uint64(time)
	if times&earlyTimes != 0 {
		stored += -earlyOffset * 1_000_000_000
	}
	if w.cfg.Micro && times&nanoTimes == 0 {
		stored /= 1000
	}
	return stored
}

// checkInterface makes sure that r has an interface that can be described.
func (w *Writer) checkInterface(r *Record) error {
	if r.Interface < 0 {
		return refuse(r, "pcapio: record of interface %d", r.Interface)
	}
	return nil
}

// beginBlock starts a block in the scratch memory; endBlock fills in its lengths.
func (w *Writer) beginBlock(kind uint32) []byte {
	b := binary.LittleEndian.AppendUint32(w.scratch[:0], kind)
	return append(b, 0, 0, 0, 0)
}

func (w *Writer) endBlock(b []byte) []byte {
	w.scratch = binary.LittleEndian.AppendUint32(b, uint32(len(b)+4))
	binary.LittleEndian.PutUint32(w.scratch[4:], uint32(len(b)+4))
	return w.scratch
}

// appendOption appends an option with padding to four bytes.
func appendOption(b []byte, code uint16, value string) []byte {
	b = binary.LittleEndian.AppendUint16(b, code)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(value)))
	b = append(b, value...)
	return append(b, "\x00\x00\x00"[:-len(value)&3]...)
}

// appendText appends an option unless it has no text.
func appendText(b []byte, code uint16, text string) []byte {
	if text == "" {
		return b
	}
	return appendOption(b, code, text)
}

func appendUint64(b []byte, code uint16, v uint64) []byte {
	var value [8]byte
	binary.LittleEndian.PutUint64(value[:], v)
	return appendOption(b, code, string(value[:]))
}

// beginSection writes the section header block.
func (w *Writer) beginSection() error {
	w.ng.ids = map[ngKind]uint32{}
	return w.put(w.endBlock(w.appendSection(w.beginBlock(blockSection))))
}

func (w *Writer) appendSection(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, byteOrderMagic)
	b = binary.LittleEndian.AppendUint16(b, 1) // version 1.0
	b = binary.LittleEndian.AppendUint16(b, 0)
	b = binary.LittleEndian.AppendUint64(b, math.MaxUint64) // length of the section: not known
	start := len(b)
	b = appendText(b, optComment, w.cfg.Comment)
	b = appendText(b, shbHardware, w.cfg.Hardware)
	b = appendText(b, shbOS, w.cfg.OS)
	b = appendText(b, shbApplication, w.cfg.Application)
	if len(b) > start {
		b = appendOption(b, optEnd, "")
	}
	return b
}

// describe returns the description of an interface, as the source knows it.
func (w *Writer) describe(k ngKind) Interface {
	var i Interface
	if w.cfg.Interfaces != nil {
		if list := w.cfg.Interfaces.Interfaces(); k.number < len(list) {
			i = list[k.number]
		}
	}
	i.LinkType, i.FCSLen = k.link, k.fcs
	if i.SnapLen == 0 || int64(i.SnapLen) > int64(w.cfg.SnapLen) {
		i.SnapLen = uint32(w.cfg.SnapLen)
	}
	return i
}

// appendInterface appends the body of an interface description block.
func (w *Writer) appendInterface(b []byte, k ngKind) []byte {
	i := w.describe(k)
	b = binary.LittleEndian.AppendUint16(b, uint16(i.LinkType))
	b = binary.LittleEndian.AppendUint16(b, 0)
	b = binary.LittleEndian.AppendUint32(b, i.SnapLen)
	b = appendText(b, idbName, i.Name)
	b = appendText(b, idbDescription, i.Description)
	if i.MAC != [6]byte{} {
		b = appendOption(b, idbMAC, string(i.MAC[:]))
	}
	if i.Speed != 0 {
		b = appendUint64(b, idbSpeed, i.Speed)
	}
	resol := "\x09"
	if w.cfg.Micro && k.times&nanoTimes == 0 {
		resol = "\x06"
	}
	b = appendOption(b, idbTSResol, resol)
	if i.Filter != "" {
		b = appendOption(b, idbFilter, "\x00"+i.Filter)
	}
	b = appendText(b, idbOS, i.OS)
	if i.FCSLen != 0 {
		b = appendOption(b, idbFCSLen, string([]byte{i.FCSLen}))
	}
	if k.times&earlyTimes != 0 {
		b = appendUint64(b, idbTSOffset, uint64(earlyOffset&math.MaxUint64))
	}
	return appendOption(b, optEnd, "")
}

// interfaceID returns the number of an interface in the file, and writes its description at the
// first call.
func (w *Writer) interfaceID(k ngKind) (uint32, error) {
	if id, ok := w.ng.id(k); ok {
		return id, nil
	}
	id := uint32(len(w.ng.ids))
	if err := w.put(w.endBlock(w.appendInterface(w.beginBlock(blockInterface), k))); err != nil {
		return 0, err
	}
	w.ng.ids[k] = id
	return id, nil
}

func (w *Writer) writeEnhanced(r *Record, data []byte, comment string) error {
	k := w.kindOf(r)
	id, err := w.interfaceID(k)
	if err != nil {
		return err
	}
	pad := -len(data) & 3
	total := blockOverhead + enhancedFixed + len(data) + pad + commentSize(comment)
	units := w.units(r.Time, k.times)
	b := binary.LittleEndian.AppendUint32(w.scratch[:0], blockEnhanced)
	b = binary.LittleEndian.AppendUint32(b, uint32(total))
	b = binary.LittleEndian.AppendUint32(b, id)
	b = binary.LittleEndian.AppendUint32(b, uint32(units>>32))
	b = binary.LittleEndian.AppendUint32(b, uint32(units))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	b = binary.LittleEndian.AppendUint32(b, uint32(r.OrigLen))
	w.scratch = b
	if err := w.put(b); err != nil {
		return err
	}
	if err := w.put(data); err != nil {
		return err
	}
	b = append(w.scratch[:0], "\x00\x00\x00"[:pad]...)
	if comment != "" {
		b = appendOption(b, optComment, comment)
		b = appendOption(b, optEnd, "")
	}
	w.scratch = binary.LittleEndian.AppendUint32(b, uint32(total))
	return w.put(w.scratch)
}

// commentSize is the size of the options of a packet with a comment.
func commentSize(comment string) int {
	if comment == "" {
		return 0
	}
	return 4 + (len(comment)+3)&^3 + 4
}

func (w *Writer) sizeEnhanced(r *Record, data int64) int64 {
	n := blockOverhead + enhancedFixed + (data+3)&^3
	if !w.begun {
		n += int64(len(w.appendSection(nil)) + blockOverhead)
	}
	k := w.kindOf(r)
	if _, ok := w.ng.id(k); !ok {
		n += int64(len(w.appendInterface(nil, k)) + blockOverhead)
	}
	return n
}

// WriteStats appends an interface statistics block for an interface, numbered as in records.
// Counters below 0 are left out. Only Pcapng has such blocks.
func (w *Writer) WriteStats(number int, s InterfaceStats) error {
	if w.closed != nil {
		return w.closed
	}
	if w.cfg.Format != Pcapng {
		return fmt.Errorf("%w: interface statistics in %v files", ErrUnsupported, w.cfg.Format)
	}
	k := ngKind{number: number, link: w.cfg.LinkType}
	if w.cfg.Interfaces != nil {
		if list := w.cfg.Interfaces.Interfaces(); number >= 0 && number < len(list) {
			k.link, k.fcs = list[number].LinkType, list[number].FCSLen
		}
	}
	if number < 0 || s.Time < 0 {
		return fmt.Errorf("pcapio: statistics of interface %d at %d ns", number, s.Time)
	}
	if !w.begun {
		if err := w.begin(k.link, k.fcs); err != nil {
			return err
		}
	}
	id, err := w.interfaceID(k)
	if err != nil {
		return err
	}
	units := uint64(s.Time / w.unit)
	b := binary.LittleEndian.AppendUint32(w.beginBlock(blockStatistics), id)
	b = binary.LittleEndian.AppendUint32(b, uint32(units>>32))
	b = binary.LittleEndian.AppendUint32(b, uint32(units))
	for _, c := range []struct {
		code  uint16
		value int64
	}{{isbReceived, s.Received}, {isbDropped, s.Dropped}, {isbAccepted, s.Accepted}, {isbOSDropped, s.OSDropped}, {isbDelivered, s.Delivered}} {
		if c.value >= 0 {
			b = appendUint64(b, c.code, uint64(c.value))
		}
	}
	return w.put(w.endBlock(appendOption(b, optEnd, "")))
}
