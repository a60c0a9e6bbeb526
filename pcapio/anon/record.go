package anon

import (
	"encoding/binary"
	"hash/crc32"
	"slices"
	"strconv"

	"github.com/reeftools/reef/pcapio"
)

// Stats counts records. Records - PayloadCut - UnknownCut were kept whole.
type Stats struct {
	Records    uint64
	PayloadCut uint64 // cut because of Anonymizer.CutPayload
	UnknownCut uint64 // cut where something began that is not understood
	CutBytes   uint64 // captured bytes that were cut off

	Unknown ReasonCounts // UnknownCut by reason
	Blanked uint64       // captured bytes other than 0 that were overwritten by 0
}

// Account returns Records as in and used: each record is passed on, though it may be cut.
func (s *Stats) Account() (in, used uint64, left []pcapio.Reason) { return s.Records, s.Records, nil }

// Merge adds the counts of another Anonymizer.
func (s *Stats) Merge(o *Stats) {
	s.Records += o.Records
	s.PayloadCut += o.PayloadCut
	s.UnknownCut += o.UnknownCut
	s.CutBytes += o.CutBytes
	s.Unknown.Merge(&o.Unknown)
	s.Blanked += o.Blanked
}

// Stats returns the counters so far.
func (a *Anonymizer) Stats() Stats { return a.stats }

// packet is the record at hand. The functions that read it take the offset of their header in data,
// and the offset where the enclosing payload ends, which is never beyond data.
type packet struct {
	data    []byte
	keep    int        // bytes to keep
	cause   *uint64    // the counter of what set keep
	missing int        // bytes that were on the wire and not captured
	headers int        // that may still be entered
	depth   int        // IP headers on the way to the header at hand
	frame   frameCheck // of the outermost frame
}

// maxDepth bounds the nesting of IP packets, maxHeaders that of all headers. Deeper nesting is an
// attack on the stack, not traffic.
const (
	maxDepth   = 16
	maxHeaders = 128
)

// Record anonymises r. r.Data becomes a copy that is valid until the next call; the original is not
// changed.
func (a *Anonymizer) Record(r *pcapio.Record) {
	p := &a.packet
	p.data = append(p.data[:0], r.Data...)
	p.keep, p.cause, p.depth, p.headers = len(p.data), nil, 0, maxHeaders
	p.missing = max(0, r.OrigLen-len(r.Data))
	p.frame = frameCheck{}
	end := len(p.data)
	// A frame check sequence is recognised by its correct value, as r.FCSLen may be wrong. A wrong
	// one is blanked like all bytes behind a packet.
	if (r.LinkType == pcapio.LinkEthernet || r.FCSLen == 4) && end >= r.OrigLen && p.frame.find(p.data, 0) {
		end -= 4
	}
	a.link(r.LinkType, 0, end)
	p.frame.update(p.data)
	a.stats.Records++
	if p.cause != nil {
		*p.cause++
		if p.cause != &a.stats.PayloadCut {
			a.stats.UnknownCut++
		}
		a.stats.CutBytes += uint64(len(p.data) - p.keep)
	}
	r.Data = p.data[:p.keep]
}

// unknown cuts the record at off, where something begins that is not understood.
func (a *Anonymizer) unknown(off int, why Reason) { a.cut(off, &a.stats.Unknown[why]) }

// deeper tells whether one more header may be entered; if not, the record is cut there.
func (a *Anonymizer) deeper(off int) bool {
	if a.packet.headers--; a.packet.headers < 0 {
		a.unknown(off, ReasonDepth)
		return false
	}
	return true
}

// payload is called where the payload of a packet begins.
func (a *Anonymizer) payload(off int) {
	if a.CutPayload {
		a.cut(off, &a.stats.PayloadCut)
	}
}

func (a *Anonymizer) cut(off int, cause *uint64) {
	if p := &a.packet; off < p.keep {
		p.keep, p.cause = max(off, 0), cause
	}
}

// rewrite4 replaces the IPv4 address at off and tells how that changes a checksum. An address that
// is not there as a whole is cut.
func (a *Anonymizer) rewrite4(off, end int) change {
	if end-off < 4 {
		a.unknown(off, ReasonDamaged)
		return change{}
	}
	old := [4]byte(a.packet.data[off:])
	image := a.IPv4(old)
	copy(a.packet.data[off:], image[:])
	return change{sum(old[:]), sum(image[:])}
}

// rewrite6 is rewrite4 for an IPv6 address.
func (a *Anonymizer) rewrite6(off, end int) change {
	if end-off < 16 {
		a.unknown(off, ReasonDamaged)
		return change{}
	}
	old := [16]byte(a.packet.data[off:])
	image := a.IPv6(old)
	copy(a.packet.data[off:], image[:])
	return change{sum(old[:]), sum(image[:])}
}

// rewriteMAC replaces the MAC address at off; one that is not there as a whole is cut.
func (a *Anonymizer) rewriteMAC(off, end int) {
	if end-off < 6 {
		a.unknown(off, ReasonDamaged)
		return
	}
	image := a.MAC([6]byte(a.packet.data[off:]))
	copy(a.packet.data[off:], image[:])
}

// blank overwrites from off to end.
func (a *Anonymizer) blank(off, end int) { a.clear(a.packet.data[min(off, end):end]) }

// clear overwrites b.
func (a *Anonymizer) clear(b []byte) {
	for i, c := range b {
		if c != 0 {
			a.stats.Blanked++
			b[i] = 0
		}
	}
}

func (a *Anonymizer) u16(off int) int { return int(binary.BigEndian.Uint16(a.packet.data[off:])) }

// frameCheck is a frame check sequence at the end of the record that was right.
type frameCheck struct {
	right bool
	start int // where the frame begins
}

// find looks whether the last four bytes of data are the check sequence of the frame that begins at
// start (IEEE 802.3, 3.2.9).
func (f *frameCheck) find(data []byte, start int) bool {
	if n := len(data) - 4; n > start {
		f.start, f.right = start, binary.LittleEndian.Uint32(data[n:]) == crc32.ChecksumIEEE(data[start:n])
	}
	return f.right
}

// update makes it right again.
func (f *frameCheck) update(data []byte) {
	if f.right {
		n := len(data) - 4
		binary.LittleEndian.PutUint32(data[n:], crc32.ChecksumIEEE(data[f.start:n]))
	}
}

// Transform is [Anonymizer.Record], and keeps every record. With it an Anonymizer is a transform of
// package edit, like filters.
func (a *Anonymizer) Transform(r *pcapio.Record) (keep bool) {
	a.Record(r)
	return true
}

// Interfaces returns the interfaces of src without identifying data, for the configuration of a
// writer. MAC addresses are anonymised. Names may contain hardware addresses or identifiers of the
// system, so they become if0, if1 and so on. Descriptions, filters (they may name hosts) and
// operating systems are left out.
func (a *Anonymizer) Interfaces(src pcapio.InterfaceSource) pcapio.InterfaceSource {
	return &interfaces{src, a}
}

type interfaces struct {
	src pcapio.InterfaceSource
	a   *Anonymizer
}

func (s *interfaces) Interfaces() []pcapio.Interface {
	list := slices.Clone(s.src.Interfaces())
	for i := range list {
		list[i].MAC = s.a.MAC(list[i].MAC)
		list[i].Description, list[i].Filter, list[i].OS = "", "", ""
		if list[i].Name != "" {
			list[i].Name = "if" + strconv.Itoa(i)
		}
	}
	return list
}
