package flow

// none is the number of no entry.
const none = ^uint32(0)

// link holds an entry's places in the two lists that it is on: the timing wheel's and the order of start. Links live apart from
// the entries because packets do not touch them.
type link struct {
	start               int64 // of the flow: what the order list is sorted by
	wheelPrev, wheelNxt uint32
	orderPrev, orderNxt uint32
	slot                int32 // wheel slot, -1 when in none
	flags               uint8
}

// Flags of a link.
const (
	linkEnded uint8 = 1 << iota // the record has ended and waits for earlier ones
	linkLoose                   // not on the order list: give the record out as soon as it ends
)

const slabBits = 10

// links are in slabs like the entries, so that growing never copies.
type links struct{ slabs []*[1 << slabBits]link }

func (l *links) at(n uint32) *link { return &l.slabs[n>>slabBits][n&(1<<slabBits-1)] }
