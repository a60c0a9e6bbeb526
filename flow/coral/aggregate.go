package coral

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/reeftools/reef/flow"
	"github.com/reeftools/reef/pcapio"
)

// By says what the rows of one sum have in common.
type By uint8

// Aggregations. Each row goes to one sum at most, so that the sums add up to the rows.
const (
	ByTuple By = iota // the whole key; CoralReef's Tuple Table
	BySrc             // source address; src IP Table
	ByDst             // destination address; dst IP Table
	// the two addresses whatever the direction, the lower one first; CoralReef's IP Matrix is
	// directed, see ByMatrix
	ByPair
	ByMatrix // source and destination address; IP Matrix
	ByProto  // IP protocol
	// IP protocol and the lower of the two ports, as a guess at the service; rows without ports and
	// ICMP are left out
	ByPort
	ByName // a name that the caller's function gives: country, AS, application
	numBy
)

var byNames = [numBy]string{"tuple", "src", "dst", "pair", "matrix", "proto", "port", "name"}

var byColumns = [numBy]string{"src\tdst\tproto\tok\tsport\tdport", "src", "dst", "a\tb", "src\tdst", "proto", "proto\tport", "name"}

// String returns the name that ParseBy takes.
func (b By) String() string {
	if b < numBy {
		return byNames[b]
	}
	return "unknown"
}

// ParseBy returns the aggregation of that name: tuple, src, dst, pair, matrix, proto, port or name.
func ParseBy(name string) (By, error) {
	if i := slices.Index(byNames[:], name); i >= 0 {
		return By(i), nil
	}
	return 0, fmt.Errorf("%w: unknown aggregation %q (%s)", ErrConfig, name, strings.Join(byNames[:], ", "))
}

// Columns returns the names of the columns that AppendEntry writes, separated by tabs.
func (b By) Columns() string { return byColumns[b%numBy] + "\tpkts\tbytes\tflows\tfirst\tlatest" }

// Group is what the rows of one sum have in common. Fields of Key that By leaves out are zero; a
// single port is in DstPort.
type Group struct {
	Key  flow.Key
	Name string // ByName only
}

// Compare orders groups by name, then key.
func (g *Group) Compare(o *Group) int {
	if c := strings.Compare(g.Name, o.Name); c != 0 {
		return c
	}
	return g.Key.Compare(&o.Key)
}

// Entry is a group and the sum of its rows.
type Entry struct {
	Group
	Counter
}

// Aggregate sums rows by group. The sums are exact; memory grows with the number of groups (up to
// 500 bytes each); [ExternalAggregate] bounds it. It is a [RowWriter]. Rows of active flows with
// lifetime counters repeat the counts of earlier intervals, so they must not be summed.
type Aggregate struct {
	By      By // as given to NewAggregate; not to be changed
	name    func(*Row) (string, bool)
	index   map[Group]int // position in entries
	entries []Entry
	total   Counter
	left    Counter
}

// NewAggregate returns an empty aggregate. name gives a row's group for ByName, or false to leave
// the row out; for other aggregations it must be nil.
func NewAggregate(by By, name func(*Row) (string, bool)) (*Aggregate, error) {
	switch {
	case by >= numBy:
		return nil, fmt.Errorf("%w: unknown aggregation %d", ErrConfig, by)
	case (by == ByName) != (name != nil):
		return nil, fmt.Errorf("%w: a name function goes with ByName", ErrConfig)
	}
	return &Aggregate{By: by, name: name, index: map[Group]int{}}, nil
}

// WriteRow adds a row to its group.
func (a *Aggregate) WriteRow(r *Row) error {
	g, ok := a.group(r)
	if !ok {
		a.left.Add(&r.Counter)
		return nil
	}
	a.total.Add(&r.Counter)
	a.add(&g, &r.Counter)
	return nil
}

func (a *Aggregate) add(g *Group, c *Counter) {
	i, ok := a.index[*g]
	if !ok {
		i = len(a.entries)
		a.index[*g] = i
		a.entries = append(a.entries, Entry{Group: *g})
	}
	a.entries[i].Counter.Add(c)
}

// group returns the group of a row, false if it has none.
func (a *Aggregate) group(r *Row) (g Group, ok bool) {
	k := &r.Key
	switch a.By {
	case ByTuple:
		g.Key = *k
	case BySrc:
		g.Key.Version, g.Key.Src = k.Version, k.Src
	case ByDst:
		g.Key.Version, g.Key.Dst = k.Version, k.Dst
	case ByMatrix, ByPair:
		g.Key.Version, g.Key.Src, g.Key.Dst = k.Version, k.Src, k.Dst
		if a.By == ByPair && bytes.Compare(k.Src[:], k.Dst[:]) > 0 {
			g.Key.Src, g.Key.Dst = k.Dst, k.Src
		}
	case ByProto:
		g.Key.Proto = k.Proto
	case ByPort:
		if !k.PortsOK || k.Proto == pcapio.ProtoICMP || k.Proto == pcapio.ProtoICMPv6 {
			return g, false
		}
		g.Key.Proto, g.Key.DstPort = k.Proto, min(k.SrcPort, k.DstPort)
	case ByName:
		g.Name, ok = a.name(r)
		return g, ok
	}
	return g, true
}

// Len returns the number of groups.
func (a *Aggregate) Len() int { return len(a.entries) }

// Total returns the sum over all groups.
func (a *Aggregate) Total() Counter { return a.total }

// Left returns the sum of the rows that have no group.
func (a *Aggregate) Left() Counter { return a.left }

// Merge adds the sums of b, as if its rows had been written to a. Different aggregations are an
// [ErrConfig]. The caller must ensure that the name functions are the same.
func (a *Aggregate) Merge(b *Aggregate) error {
	if a.By != b.By {
		return fmt.Errorf("%w: merging aggregates by %v and by %v", ErrConfig, a.By, b.By)
	}
	for i := range b.entries {
		a.add(&b.entries[i].Group, &b.entries[i].Counter)
	}
	a.total.Add(&b.total)
	a.left.Add(&b.left)
	return nil
}

// AppendEntry appends the columns of e, without a newline: those of By.Columns.
func (a *Aggregate) AppendEntry(b []byte, e *Entry) []byte {
	k := &e.Key
	switch a.By {
	case ByTuple:
		return AppendRow(b, &Row{Key: *k, Counter: e.Counter})
	case BySrc:
		b = k.SrcAddr().AppendTo(b)
	case ByDst:
		b = k.DstAddr().AppendTo(b)
	case ByPair, ByMatrix:
		b = append(k.SrcAddr().AppendTo(b), '\t')
		b = k.DstAddr().AppendTo(b)
	case ByProto:
		b = strconv.AppendUint(b, uint64(k.Proto), 10)
	case ByPort:
		b = append(strconv.AppendUint(b, uint64(k.Proto), 10), '\t')
		b = strconv.AppendUint(b, uint64(k.DstPort), 10)
	case ByName:
		b = append(b, e.Name...)
	}
	return e.Counter.append(append(b, '\t'))
}
