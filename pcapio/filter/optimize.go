package filter

import (
	"errors"
)

// Bounds on the graph. Beyond maxOptimized tests a program is left as it is, since the optimizer
// needs quadratic time.
const (
	maxTests     = 1 << 16
	maxOptimized = 1 << 14
	maxPasses    = 16
)

var errTooLarge = errors.New("expression is too large")

// block is a test with where to go when it holds (jt) and when not (jf). The two ends, accept and
// reject, have no test.
type block struct {
	test   *test
	key    int // the same for tests of the same value
	jt, jf *block
	order  int // position in a topological order; -1 while not known
}

// graph is a predicate in the form of a decision graph without cycles.
type graph struct {
	root           *block
	accept, reject *block
	keys           map[string]int
	tests          int
}

func newGraph(p *pred) (*graph, error) {
	g := &graph{accept: &block{}, reject: &block{}, keys: map[string]int{}}
	g.root = g.build(p, g.accept, g.reject)
	if g.tests > maxTests {
		return nil, errTooLarge
	}
	return g, nil
}

// build returns the block where the evaluation of p begins, which ends at t when p holds and at f
// when not.
func (g *graph) build(p *pred, t, f *block) *block {
	switch p.op {
	case predAnd:
		return g.build(p.a, g.build(p.b, t, f), f)
	case predOr:
		return g.build(p.a, t, g.build(p.b, t, f))
	case predNot:
		return g.build(p.a, f, t)
	case predTrue:
		return t
	case predFalse:
		return f
	}
	if g.tests++; g.tests > maxTests {
		return t // the caller gives up
	}
	name := p.test.key()
	key, ok := g.keys[name]
	if !ok {
		key = len(g.keys)
		g.keys[name] = key
	}
	if p.test.jump == 0 {
		f = t
	}
	return &block{test: p.test, key: key, jt: t, jf: f}
}

// sorted returns the blocks that can be reached, without the ends, each after those that lead to
// it.
func (g *graph) sorted() []*block {
	var list []*block
	seen := map[*block]bool{g.accept: true, g.reject: true}
	var visit func(b *block)
	visit = func(b *block) {
		if seen[b] {
			return
		}
		seen[b] = true
		visit(b.jf)
		visit(b.jt)
		list = append(list, b)
	}
	visit(g.root)
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	for i, b := range list {
		b.order = i
	}
	return list
}

// optimize leads every edge past the tests whose outcome is already known on it, and merges equal
// blocks, until nothing changes. That skips no read beyond the packet, which would reject it. With
// bold set, as in libpcap, reads whose value does not matter are dropped too: those of tests that
// cannot fail, and of tests with both ways leading to the same block.
func (g *graph) optimize(bold bool) {
	if g.tests > maxOptimized {
		return
	}
	for pass := 0; pass < maxPasses; pass++ {
		changed := bold && g.drop()
		changed = g.thread() || changed
		changed = g.merge() || changed
		if !changed {
			return
		}
	}
}

// drop takes out the tests that decide nothing. It reports whether there were any.
func (g *graph) drop() bool {
	changed := false
	list := g.sorted()
	for i := len(list) - 1; i >= -1; i-- {
		ends := []**block{&g.root}
		if i >= 0 {
			ends = []**block{&list[i].jt, &list[i].jf}
		}
		for _, next := range ends {
			for to := (*next).idle(); to != nil; to = (*next).idle() {
				*next, changed = to, true
			}
		}
	}
	return changed
}

// idle returns where b always leads, or nil if that depends on the packet.
func (b *block) idle() *block {
	if b.test == nil || b.test.jump == 0 {
		return nil
	}
	if b.jt == b.jf {
		return b.jt
	}
	v, ok := b.test.constantValue()
	switch {
	case ok && jumps(b.test.jump, v, b.test.k):
		return b.jt
	case ok, b.test.jump == opJset && b.test.k == 0:
		return b.jf
	}
	return nil
}

// bits is a set of edges. Edge 2i leaves block i when its test holds, edge 2i+1 when not.
type bits []uint64

func (b bits) has(i int) bool { return b[i/64]>>(i%64)&1 != 0 }
func (b bits) add(i int)      { b[i/64] |= 1 << (i % 64) }

// thread does one pass of leading edges past decided tests. It reports whether anything changed.
func (g *graph) thread() bool {
	list := g.sorted()
	sameKey := make([][]*block, len(g.keys))
	for _, b := range list {
		sameKey[b.key] = append(sameKey[b.key], b)
	}
	// known[i] is the set of edges that every path to block i takes; it is dropped when the block
	// is done, which keeps few alive.
	known := make([]bits, len(list))
	words := (2*len(list) + 63) / 64
	if len(list) > 0 {
		known[0] = make(bits, words)
	}
	changed := false
	path := make(bits, words)
	for i, b := range list {
		if known[i] == nil {
			continue // every way here now goes past it
		}
		for edge, next := range [2]**block{&b.jt, &b.jf} {
			copy(path, known[i])
			path.add(2*i + edge)
			for {
				to := g.past(*next, path, sameKey)
				if to == nil {
					break
				}
				*next, changed = to, true
			}
			if (*next).test == nil {
				continue
			}
			// What was taken past a shortcut is not in path, which only makes the set smaller.
			if at := &known[(*next).order]; *at == nil {
				*at = append(bits(nil), path...)
			} else {
				for w := range path {
					(*at)[w] &= path[w]
				}
			}
		}
		known[i] = nil
	}
	return changed
}

// past returns where b certainly leads once the edges of path were taken, or nil if that depends on
// its test.
func (g *graph) past(b *block, path bits, sameKey [][]*block) *block {
	if b.test == nil || b.test.jump == 0 {
		return nil
	}
	for _, c := range sameKey[b.key] {
		held, failed := path.has(2*c.order), path.has(2*c.order+1)
		if !held && !failed || c.test.jump != b.test.jump {
			continue
		}
		switch {
		case c.test.k == b.test.k && held:
			return b.jt
		case c.test.k == b.test.k:
			return b.jf
		case held && b.test.jump == opJeq: // equal to one number, hence not to another
			return b.jf
		}
	}
	return nil
}

// merge makes one block of blocks that do the same. It reports whether anything changed.
func (g *graph) merge() bool {
	type identity struct {
		key    int
		jump   uint16
		k      uint32
		jt, jf *block
	}
	list := g.sorted()
	first := map[identity]*block{}
	same := map[*block]*block{}
	changed := false
	for i := len(list) - 1; i >= 0; i-- {
		b := list[i]
		for _, next := range []**block{&b.jt, &b.jf} {
			if to := same[*next]; to != nil {
				*next, changed = to, true
			}
		}
		id := identity{b.key, b.test.jump, b.test.k, b.jt, b.jf}
		if first[id] == nil {
			first[id] = b
		} else {
			same[b] = first[id]
		}
	}
	if to := same[g.root]; to != nil {
		g.root, changed = to, true
	}
	return changed
}
