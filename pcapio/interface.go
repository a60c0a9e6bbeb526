package pcapio

import (
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

// interfaceKey is a description, and its number among equal descriptions of the section.
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
