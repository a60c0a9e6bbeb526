package pcapio

import (
	"math"
	"math/bits"
	"net/netip"
)

// Interface is where records were captured: an interface description of pcapng, or the file header
// of another format.
type Interface struct {
	Name        string // if_name, such as eth0
	Description string // if_description
	Filter      string // if_filter, if it is text: the expression that the capture was made with
	OS          string // if_os
	LinkType    LinkType
	SnapLen     uint32  // longest captured length in bytes; 0: no limit
	FCSLen      uint8   // bytes of frame check sequence at the end of frames; 0: unknown
	TSResol     TSResol // resolution of times
	TSOffset    int64   // if_tsoffset: seconds that were added to times as stored
	Speed       uint64  // if_speed: bits per second; 0: unknown
	MAC         [6]byte // if_MACaddr
	Stats       InterfaceStats
}

// TSResol is the resolution of times in a file: one second has Units units, or 2^Log2 if Units is
// 0.
type TSResol struct {
	Units uint64 // a power of ten; 1e6 for microseconds. 0: the resolution is a power of two
	Log2  uint8
	exp10 uint8  // if Units does not fit: 10^exp10
	nanos uint64 // in one unit, if that is a whole number
}

// InterfaceStats is the last pcapng interface statistics block of an interface. Counters that it
// does not have are -1.
type InterfaceStats struct {
	Time      int64 // of the block, in nanoseconds since 1970; 0: there was no block
	Received  int64 // isb_ifrecv: packets that the interface received
	Dropped   int64 // isb_ifdrop: packets that it dropped for lack of resources
	Accepted  int64 // isb_filteraccept: packets that passed the filter
	OSDropped int64 // isb_osdrop: packets that the operating system dropped
	Delivered int64 // isb_usrdeliv: packets that were given to the capturing program
}

// InterfaceSource knows the interfaces that records came from; [Record.Interface] is an index into
// them.
type InterfaceSource interface {
	Interfaces() []Interface
}

// interfacesOf returns the interfaces that src knows.
func interfacesOf(src any) []Interface {
	if s, ok := src.(InterfaceSource); ok {
		return s.Interfaces()
	}
	return nil
}

// Name is an entry of a pcapng name resolution block: a name of an address.
type Name struct {
	Addr netip.Addr
	Name string
}

// maxNameBytes is the memory for all names, so that a crafted file cannot fill it.
const maxNameBytes = 16 << 20

// nameList keeps names.
type nameList struct {
	list  []Name
	bytes int
}

// add returns false if there is no room.
func (l *nameList) add(n Name) bool {
	const entry = 48 // bytes of a Name itself, about
	if l.bytes+entry+len(n.Name) > maxNameBytes {
		return false
	}
	l.bytes += entry + len(n.Name)
	l.list = append(l.list, n)
	return true
}

// maxInterfaces bounds the interfaces that are kept, and so what a crafted file can make the reader
// allocate.
const maxInterfaces = 1 << 14

// interfaceTable numbers interfaces over all sections and files, so that an interface keeps its
// number from one rotated file to the next.
type interfaceTable struct {
	list    []Interface
	index   map[interfaceKey]int
	same    map[Interface]int // how often each description was seen in this section
	section []int             // number of each interface of the section
}

// interfaceKey is a description and which of its equals in a section is meant.
type interfaceKey struct {
	description Interface
	nth         int
}

func (t *interfaceTable) newSection() {
	t.section = t.section[:0]
	clear(t.same)
}

// add numbers the next interface of the section.
func (t *interfaceTable) add(i Interface) (int, error) {
	if t.index == nil {
		t.index, t.same = map[interfaceKey]int{}, map[Interface]int{}
	}
	key := interfaceKey{i, t.same[i]}
	t.same[i]++
	n, known := t.index[key]
	if !known {
		n = len(t.list)
		if n == maxInterfaces {
			return 0, errFormat("more than %d interfaces", maxInterfaces)
		}
		t.index[key] = n
		t.list = append(t.list, i)
	}
	if len(t.section) == maxInterfaces {
		return 0, errFormat("more than %d interfaces in a section", maxInterfaces)
	}
	t.section = append(t.section, n)
	return n, nil
}

// tsResol decodes if_tsresol: the high bit tells a power of two from a power of ten, the others are
// the negative exponent.
func tsResol(b byte) TSResol {
	exp := b &^ 0x80
	if b&0x80 != 0 {
		return TSResol{Log2: exp}
	}
	r := TSResol{exp10: exp}
	if exp <= 19 {
		r.Units = pow10(exp)
	}
	if exp <= 9 {
		r.nanos = pow10(9 - exp)
	}
	return r
}

// nanoseconds converts ts units since 1970 plus offset seconds, rounding down. Times beyond int64
// are set to its nearest value.
func (r TSResol) nanoseconds(ts uint64, offset int64) (ns int64, saturated bool) {
	if r.nanos > 0 && offset == 0 { // the hot path: no division
		if hi, lo := bits.Mul64(ts, r.nanos); hi == 0 && lo <= math.MaxInt64 {
			return int64(lo), false
		}
		return math.MaxInt64, true
	}
	hi, lo := bits.Mul64(ts, 1e9)
	switch {
	case r.Units > 0 && hi < r.Units:
		lo, _ = bits.Div64(hi, lo, r.Units)
		hi = 0
	case r.Units > 0: // the quotient has more than 64 bits
		q := hi / r.Units
		lo, _ = bits.Div64(hi%r.Units, lo, r.Units)
		hi = q
	case r.exp10 > 0: // finer than 10^-19 s: first to 10^-19 s
		for e := r.exp10; e > 19 && ts > 0; e-- {
			ts /= 10
		}
		hi, lo = bits.Mul64(ts, 1e9)
		lo, _ = bits.Div64(hi, lo, pow10(19))
		hi = 0
	case r.Log2 >= 64:
		lo, hi = hi>>(r.Log2-64), 0
	default:
		lo = lo>>r.Log2 | hi<<(64-r.Log2)
		hi >>= r.Log2
	}
	// hi:lo is below 2^94 and offset*1e9 within ±2^93: add them in 128 bits of two's complement.
	ohi, olo := bits.Mul64(magnitude(offset), 1e9)
	var carry uint64
	if offset < 0 {
		lo, carry = bits.Sub64(lo, olo, 0)
		hi, _ = bits.Sub64(hi, ohi, carry)
	} else {
		lo, carry = bits.Add64(lo, olo, 0)
		hi, _ = bits.Add64(hi, ohi, carry)
	}
	switch {
	case hi == 0 && lo <= math.MaxInt64, hi == math.MaxUint64 && lo > math.MaxInt64:
		return int64(lo), false
	case int64(hi) < 0:
		return math.MinInt64, true
	}
	return math.MaxInt64, true
}

func magnitude(v int64) uint64 {
	if v < 0 {
		return -uint64(v)
	}
	return uint64(v)
}

func pow10(e uint8) uint64 {
	p := uint64(1)
	for range e {
		p *= 10
	}
	return p
}
