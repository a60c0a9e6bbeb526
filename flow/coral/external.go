package coral

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"

	"github.com/reeftools/reef/flow"
	"github.com/reeftools/reef/internal/spill"
	"github.com/reeftools/reef/pcapio"
)

// MinMemory is the least Memory of [ExternalConfig].
const MinMemory = 1 << 20

const (
	groupBytes = 512     // of a group in memory at most, while the table grows
	maxHeap    = 1 << 16 // entries that Top keeps in memory
)

// ExternalConfig bounds the memory of an [ExternalAggregate]. The zero value sets no bound and
// never spills.
type ExternalConfig struct {
	// Memory is how many bytes the sums may take, at least 1 MiB. 0 means no bound.
	Memory int64
	// Dir is the directory for temporary files; empty means the system's one. A group takes about
	// 120 bytes there each time that it is written.
	Dir string
}

// Validate reports what is impossible; the error is an [ErrConfig].
func (c *ExternalConfig) Validate() error {
	if c.Memory != 0 && c.Memory < MinMemory {
		return fmt.Errorf("%w: Memory is %d, less than %d", ErrConfig, c.Memory, MinMemory)
	}
	return nil
}

// SpillError is a failure to write or to read back a temporary file: a full disk, say.
type SpillError = spill.Error

// ExternalAggregate sums rows by group like [Aggregate] and with the same result, but in bounded
// memory. It is a [RowWriter].
//
// When memory is full, the groups are sorted and written to a temporary file. The result is the
// merge of the files and the groups in memory, in which the sums of a group are added. Close
// removes the files. On systems that allow an open file without a name, such as Unix, none is left
// behind even if the process is killed.
//
// After a [*SpillError] no more rows are taken. The rows before it are not lost.
type ExternalAggregate struct {
	mem    *Aggregate
	cfg    ExternalConfig
	runs   spill.Runs[Entry]
	names  int64 // bytes of the names in memory
	failed error
}

// NewExternalAggregate returns an empty aggregate; by and name are those of [NewAggregate].
func NewExternalAggregate(cfg ExternalConfig, by By, name func(*Row) (string, bool)) (*ExternalAggregate, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	a, err := NewAggregate(by, name)
	if err != nil {
		return nil, err
	}
	x := &ExternalAggregate{mem: a, cfg: cfg}
	x.runs.Kind = x.kind(func(a, b *Entry) int { return a.Group.Compare(&b.Group) })
	x.runs.Join = func(sum, e *Entry) { sum.Counter.Add(&e.Counter) }
	return x, nil
}

func (x *ExternalAggregate) kind(compare func(a, b *Entry) int) spill.Kind[Entry] {
	return spill.Kind[Entry]{Append: appendSpilled, Decode: decodeSpilled, Compare: compare,
		Create: func() (*os.File, error) { return os.CreateTemp(x.cfg.Dir, "reef-*.run") }}
}

// WriteRow adds a row to its group.
func (x *ExternalAggregate) WriteRow(r *Row) error {
	if x.failed != nil {
		return x.failed
	}
	before := x.mem.Len()
	if err := x.mem.WriteRow(r); err != nil {
		return err
	}
	if x.mem.Len() > before {
		x.names += int64(len(x.mem.entries[before].Name))
		if x.cfg.Memory > 0 && int64(x.mem.Len())*groupBytes+x.names >= x.cfg.Memory {
			return x.spill()
		}
	}
	return nil
}

// spill moves what is in memory to a file.
func (x *ExternalAggregate) spill() error {
	if x.failed = x.runs.Add(x.inMemory()); x.failed != nil {
		return x.failed
	}
	clear(x.mem.index)
	clear(x.mem.entries) // their names
	x.mem.entries, x.names = x.mem.entries[:0], 0
	return nil
}

// inMemory sorts what is in memory by group, in place, and returns it. No rows can be added then.
func (x *ExternalAggregate) inMemory() iter.Seq[*Entry] {
	slices.SortFunc(x.mem.entries, func(a, b Entry) int { return a.Group.Compare(&b.Group) })
	return pointers(x.mem.entries)
}

func pointers(entries []Entry) iter.Seq[*Entry] {
	return func(yield func(*Entry) bool) {
		for i := range entries {
			if !yield(&entries[i]) {
				return
			}
		}
	}
}

// Spilled returns the number of temporary files.
func (x *ExternalAggregate) Spilled() int { return x.runs.Len() }

// By returns the aggregation.
func (x *ExternalAggregate) By() By { return x.mem.By }

// Total returns the sum over all groups.
func (x *ExternalAggregate) Total() Counter { return x.mem.Total() }

// Left returns the sum of the rows that have no group.
func (x *ExternalAggregate) Left() Counter { return x.mem.Left() }

// AppendEntry is [Aggregate.AppendEntry].
func (x *ExternalAggregate) AppendEntry(b []byte, e *Entry) []byte { return x.mem.AppendEntry(b, e) }

// Top calls f for the n largest sums, or for all if n is not positive, in the order of
// [Aggregate.Top]. An error of f ends it. After Top the aggregate takes no more rows.
func (x *ExternalAggregate) Top(n int, by Field, f func(*Entry) error) error {
	if x.runs.Len() == 0 {
		top := x.mem.Top(n, by)
		return drain(f, func(yield func(*Entry, error) bool) {
			for e := range pointers(top) {
				if !yield(e, nil) {
					return
				}
			}
		})
	}
	if x.failed == nil {
		x.failed = fmt.Errorf("%w: a row after Top", ErrConfig)
	}
	h := newTopHeap(by, n)
	all := x.runs.All(x.inMemory())
	if n <= 0 || n > maxHeap {
		return x.sorted(h, all, n, f)
	}
	for e, err := range all {
		if err != nil {
			return err
		}
		if h.wants(e) {
			c := *e
			h.put(&c)
		}
	}
	for _, e := range h.sorted() {
		if err := f(&e); err != nil {
			return err
		}
	}
	return nil
}

// sorted calls f for the first n of all, sorted in pieces that are files, too.
func (x *ExternalAggregate) sorted(h *topHeap, all iter.Seq2[*Entry, error], n int, f func(*Entry) error) (err error) {
	pieces := spill.Runs[Entry]{Kind: x.kind(h.compare)}
	defer func() { err = errors.Join(err, pieces.Close()) }()
	piece := make([]Entry, 0, max(x.cfg.Memory/groupBytes/4, 1))
	for e, err := range all {
		if err != nil {
			return err
		}
		if len(piece) == cap(piece) {
			slices.SortFunc(piece, func(a, b Entry) int { return h.compare(&a, &b) })
			if err := pieces.Add(pointers(piece)); err != nil {
				return err
			}
			piece = piece[:0]
		}
		piece = append(piece, *e)
	}
	slices.SortFunc(piece, func(a, b Entry) int { return h.compare(&a, &b) })
	count := 0
	return drain(f, func(yield func(*Entry, error) bool) {
		for e, err := range pieces.All(pointers(piece)) {
			if count++; n > 0 && count > n || !yield(e, err) {
				return
			}
		}
	})
}

func drain(f func(*Entry) error, entries iter.Seq2[*Entry, error]) error {
	for e, err := range entries {
		if err != nil {
			return err
		}
		if err := f(e); err != nil {
			return err
		}
	}
	return nil
}

// Close removes the temporary files.
func (x *ExternalAggregate) Close() error { return x.runs.Close() }

// spilledSize is the length of an entry without name in a temporary file.
const spilledSize = 16 + 16 + 2*4 + 4 + 4 + 4 + 5*8

func appendSpilled(b []byte, e *Entry) []byte {
	k, le := &e.Key, binary.LittleEndian
	b = append(append(b, k.Src[:]...), k.Dst[:]...)
	for _, v := range [...]uint16{k.SrcPort, k.DstPort, k.VLAN, k.InnerVLAN} {
		b = le.AppendUint16(b, v)
	}
	portsOK := byte(0)
	if k.PortsOK {
		portsOK = 1
	}
	b = append(b, k.Proto, k.Version, portsOK, 0)
	b = le.AppendUint32(le.AppendUint32(b, uint32(k.Tunnel)), k.TunnelID)
	for _, v := range [...]uint64{e.Packets, e.Bytes, e.Flows, uint64(e.First), uint64(e.Latest)} {
		b = le.AppendUint64(b, v)
	}
	return append(b, e.Name...)
}

func decodeSpilled(b []byte, e *Entry) error {
	if len(b) < spilledSize {
		return errors.New("an entry is too short")
	}
	u16, u32, u64 := binary.LittleEndian.Uint16, binary.LittleEndian.Uint32, binary.LittleEndian.Uint64
	*e = Entry{Group: Group{Name: string(b[spilledSize:]), Key: flow.Key{Src: [16]byte(b), Dst: [16]byte(b[16:]), SrcPort: u16(b[32:]), DstPort: u16(b[34:]),
		VLAN: u16(b[36:]), InnerVLAN: u16(b[38:]), Proto: b[40], Version: b[41], PortsOK: b[42] != 0,
		Tunnel: pcapio.Tunnel(u32(b[44:])), TunnelID: u32(b[48:])}},
		Counter: Counter{Packets: u64(b[52:]), Bytes: u64(b[60:]), Flows: u64(b[68:]), First: int64(u64(b[76:])), Latest: int64(u64(b[84:]))}}
	return nil
}
