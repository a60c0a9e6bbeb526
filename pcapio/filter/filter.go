package filter

import (
	"encoding/binary"
	"errors"
	"math"
	"sync"
	"sync/atomic"

	"golang.org/x/net/bpf"

	"github.com/reeftools/reef/pcapio"
)

// maxSnaplen is what a program keeps of a packet when nothing smaller is asked for; the limit of
// capture files.
const maxSnaplen = 262144

// Filter is a compiled expression. It may be used by several goroutines at once.
type Filter struct {
	expr string
	tree node

	// the last one used, so that Match needs no lock as long as the link type stays
	recent   atomic.Pointer[program]
	mu       sync.Mutex
	programs map[pcapio.LinkType]*program // for the link types met so far
}

// program is the expression for one link type, or the reason why there is none.
type program struct {
	kind  pcapio.LinkType
	code  []ins
	steps []step // the same in a faster form; nil if it has none
	loops bool
	err   error
}

// Compile parses a filter expression. Errors that do not depend on the link type are found here and
// are a [*SyntaxError]; [Filter.Check] says whether the expression fits a link type. The empty
// expression matches every record.
func Compile(expr string) (*Filter, error) {
	tree, err := parse(expr)
	if err != nil {
		return nil, err
	}
	// Bad values such as port 70000 are found by generating code, whatever the link type.
	if _, _, err := generate(expr, tree, pcapio.LinkEthernet); err != nil {
		var bad *SyntaxError
		if errors.As(err, &bad) {
			return nil, err
		}
	}
	return &Filter{expr: expr, tree: tree}, nil
}

// String returns the expression.
func (f *Filter) String() string { return f.expr }

// program returns the program for a link type and compiles it at the first call.
func (f *Filter) program(kind pcapio.LinkType) *program {
	if p := f.recent.Load(); p != nil && p.kind == kind {
		return p
	}
	return f.find(kind)
}

// find returns a program that is not the recent one.
func (f *Filter) find(kind pcapio.LinkType) *program {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := f.programs[kind]
	if p == nil {
		p = &program{kind: kind}
		p.compile(f.expr, f.tree)
		if f.programs == nil {
			f.programs = map[pcapio.LinkType]*program{}
		}
		f.programs[kind] = p
	}
	f.recent.Store(p)
	return p
}

// Check tells whether the expression can be applied to captures of a link type. The error is a
// [*LinkError]: the link type has no such thing (vlan on raw IP), or no packet of it can match
// ([ErrRejectsAll]), as when ARP is asked of raw IP. tcpdump refuses the same expressions.
func (f *Filter) Check(kind pcapio.LinkType) error { return f.program(kind).err }

// Match tells whether r matches. Records of a link type for which [Filter.Check] gives an error do
// not.
func (f *Filter) Match(r *pcapio.Record) bool {
	p := f.recent.Load()
	if p == nil || p.kind != r.LinkType {
		p = f.find(r.LinkType)
	}
	if len(p.steps) == 0 {
		return p.err == nil && p.run(r)
	}
	// The steps are run here: a call for each record would be measurably slower. Indices are
	// unsigned and sums have 32 bits, so that the compiler sees that nothing wraps and leaves one
	// check of the length in each step.
	steps, data := p.steps, r.Data
	i := uint(0)
	for i < uint(len(steps)) {
		s := &steps[i]
		at := uint(s.at)
		if s.header != noHeader {
			if uint(s.header) >= uint(len(data)) {
				return p.run(r)
			}
			at = uint(s.at + uint32(data[s.header]&0x0f)<<2)
		}
		end := at + 4
		if end > uint(len(data)) {
			return p.run(r)
		}
		v := binary.BigEndian.Uint32(data[at:end]) & s.mask
		if v-s.low <= s.span { // wraps for smaller ones
			i = uint(s.yes)
		} else {
			i = uint(s.no)
		}
	}
	return i == uint(len(steps))
}

// run is Match by the code.
func (p *program) run(r *pcapio.Record) bool { return run(p.code, r.Data, wireLen(r)) != 0 }

// wireLen returns r.OrigLen as the 32 bits that it had in the file.
func wireLen(r *pcapio.Record) uint32 {
	return uint32(min(uint64(max(r.OrigLen, 0)), math.MaxUint32))
}

// BPF returns the expression as a program for a socket filter that keeps snaplen bytes of each
// matching packet, or all for 0. It looks at packet bytes only, so that a VLAN tag is not seen if
// the network interface has removed it. The error is a [*LinkError], with [ErrLoop] for protochain.
func (f *Filter) BPF(kind pcapio.LinkType, snaplen uint32) ([]bpf.RawInstruction, error) {
	p := f.program(kind)
	switch {
	case p.err != nil:
		return nil, p.err
	case p.loops:
		return nil, &LinkError{kind, ErrLoop}
	}
	if snaplen == 0 {
		snaplen = maxSnaplen
	}
	prog := append([]bpf.RawInstruction(nil), p.code...)
	for i := range prog {
		switch in := &prog[i]; {
		case in.Op == opRet && in.K != 0:
			in.K = snaplen
		case readsPacket(*in) && in.K >= 1<<31:
			// Beyond every packet here, but the kernel takes offsets from 2^31 for negative ones
			// that mean other things.
			*in = ins{Op: opRet}
		}
	}
	return prog, nil
}

// Transform is Match: a Filter is one of the transforms of package edit, and a Matcher there.
func (f *Filter) Transform(r *pcapio.Record) bool { return f.Match(r) }

// Reader is a [pcapio.RecordReader] that passes on the records of another that match a filter.
//
// A Filter is also a transform among others, where records of a link type that it does not fit are
// dropped without an error: call [Filter.Check] first. A Reader checks by itself.
type Reader struct {
	src     pcapio.RecordReader
	batches pcapio.RecordBatchReader // src, for ReadRecords
	filter  *Filter
	stats   Stats
	err     error
}

// Stats counts the records that a [Reader] has read.
type Stats struct {
	Kept    uint64 // they matched
	Dropped uint64 // they did not
}

// Merge adds the counts of o.
func (s *Stats) Merge(o *Stats) {
	s.Kept += o.Kept
	s.Dropped += o.Dropped
}

// Account returns how many records were read, how many of them matched, and what became of the
// others.
func (s *Stats) Account() (in, used uint64, left []pcapio.Reason) {
	return s.Kept + s.Dropped, s.Kept, []pcapio.Reason{{Name: "do not match the filter", Packets: s.Dropped}}
}

// NewReader returns a Reader of the records of src that match f.
func NewReader(src pcapio.RecordReader, f *Filter) *Reader {
	return &Reader{src: src, batches: pcapio.Batches(src), filter: f}
}

// ReadRecord reads the next record that matches. A record of a link type to which the filter cannot
// be applied is an error, a [*LinkError], and is not counted; every error is final.
func (r *Reader) ReadRecord(rec *pcapio.Record) error {
	for r.err == nil {
		if r.err = r.src.ReadRecord(rec); r.err != nil {
			break
		}
		if r.err = r.filter.Check(rec.LinkType); r.err != nil {
			break
		}
		if r.filter.Match(rec) {
			r.stats.Kept++
			return nil
		}
		r.stats.Dropped++
	}
	return r.err
}

// ReadRecords reads many; see [pcapio.RecordBatchReader]. The records that match are moved to the
// front of what the source has filled.
func (r *Reader) ReadRecords(recs []pcapio.Record) (int, error) {
	if len(recs) == 0 {
		return r.batches.ReadRecords(recs) // an error, and not a final one
	}
	kept := 0
	for kept == 0 && r.err == nil {
		var n int
		n, r.err = r.batches.ReadRecords(recs)
		for i := range recs[:n] {
			rec := &recs[i]
			if r.err = r.filter.Check(rec.LinkType); r.err != nil {
				break // what matched before it comes first
			}
			if !r.filter.Match(rec) {
				r.stats.Dropped++
				continue
			}
			if kept < i {
				recs[kept] = *rec
			}
			kept++
		}
	}
	r.stats.Kept += uint64(kept)
	if kept > 0 {
		return kept, nil
	}
	return 0, r.err
}

// Stats returns what was counted so far.
func (r *Reader) Stats() Stats { return r.stats }
