package pairhash

import (
	"fmt"
	"iter"
	"math/bits"
	"net/netip"

	"github.com/reeftools/reef/internal/sat"
)

// PrefixTreeConfig says what a [PrefixTree] counts. The zero value counts IPv6 prefixes of 64 bits.
type PrefixTreeConfig struct {
	// Bits is the length of the prefixes that are told apart, 1 to 128. 0 means 64.
	Bits int
	// MaxPrefixes is how many there may be. 0 means 16,777,216, about 1 GiB.
	MaxPrefixes int
}

// Validate reports what is impossible; the error is an [ErrConfig].
func (c *PrefixTreeConfig) Validate() error {
	if c.Bits < 0 || c.Bits > 128 {
		return fmt.Errorf("%w: Bits is %d, not 0 to 128", ErrConfig, c.Bits)
	}
	if c.MaxPrefixes < 0 || c.MaxPrefixes > 1<<30 {
		return fmt.Errorf("%w: MaxPrefixes is %d, not 0 to %d", ErrConfig, c.MaxPrefixes, 1<<30)
	}
	return nil
}

// PrefixTree counts how often each IPv6 prefix of a given length occurs, and adds up shorter
// prefixes on demand.
//
// It is a binary tree with compressed paths (Morrison's PATRICIA, 1968): a prefix that occurs is a
// leaf, and an inner node exists only where two prefixes part. So n prefixes take 2n-1 nodes of 40
// bytes, whatever their length.
type PrefixTree struct {
	cfg   PrefixTreeConfig
	nodes []prefixNode // the first is no node, so that 0 means none
	root  uint32
	used  int
	total uint64
}

type prefixNode struct {
	addr  Addr // the first bits, the others zero
	n     uint64
	child [2]uint32
	bits  uint8 // cfg.Bits in a leaf
}

// NewPrefixTree makes an empty tree.
func NewPrefixTree(cfg PrefixTreeConfig) (*PrefixTree, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Bits == 0 {
		cfg.Bits = 64
	}
	if cfg.MaxPrefixes == 0 {
		cfg.MaxPrefixes = 1 << 24
	}
	return &PrefixTree{cfg: cfg, nodes: make([]prefixNode, 1)}, nil
}

// Add counts the address's prefix once.
func (t *PrefixTree) Add(a Addr) error { return t.AddN(a, 1) }

// AddN counts the address's prefix n times. The error is [ErrFull] for a new prefix over the limit,
// which is then not counted.
func (t *PrefixTree) AddN(a Addr, n uint64) error {
	if n == 0 {
		return nil
	}
	a = a.mask(t.cfg.Bits)
	at := &t.root
	for *at != 0 {
		node := &t.nodes[*at]
		common := min(commonBits(a, node.addr), int(node.bits))
		if common < int(node.bits) {
			return t.split(at, common, a, n)
		}
		if common == t.cfg.Bits {
			node.n = sat.AddUint(node.n, n)
			t.total = sat.AddUint(t.total, n)
			return nil
		}
		at = &node.child[a.bit(common)]
	}
	return t.split(at, t.cfg.Bits, a, n)
}

// split puts a new leaf at *at, and above what is there already an inner node of the bits that both
// have in common.
func (t *PrefixTree) split(at *uint32, common int, a Addr, n uint64) error {
	if t.used >= t.cfg.MaxPrefixes {
		return ErrFull
	}
	// at may point into t.nodes, which append moves: write through it first.
	old, leaf := *at, uint32(len(t.nodes))
	*at = leaf
	if old != 0 {
		*at = leaf + 1
	}
	t.nodes = append(t.nodes, prefixNode{addr: a, n: n, bits: uint8(t.cfg.Bits)})
	if old != 0 {
		inner := prefixNode{addr: a.mask(common), bits: uint8(common)}
		inner.child[a.bit(common)] = leaf
		inner.child[1-a.bit(common)] = old
		t.nodes = append(t.nodes, inner)
	}
	t.used++
	t.total = sat.AddUint(t.total, n)
	return nil
}

// Count returns how often addresses of the prefix occurred. The prefix may be shorter than the
// tree's; a longer one gives 0.
func (t *PrefixTree) Count(p netip.Prefix) uint64 {
	sum := uint64(0)
	t.walk(t.find(p), func(n *prefixNode) bool { sum = sat.AddUint(sum, n.n); return true })
	return sum
}

// find returns the highest node all of whose prefixes are within p, or 0.
func (t *PrefixTree) find(p netip.Prefix) uint32 {
	a, length := AddrFrom(p.Addr()), p.Bits()
	if p.Addr().Is4() {
		length += 96
	}
	if !p.IsValid() || length > t.cfg.Bits {
		return 0
	}
	for at := t.root; at != 0; {
		node := &t.nodes[at]
		if commonBits(a, node.addr) < min(int(node.bits), length) {
			return 0
		}
		if int(node.bits) >= length {
			return at
		}
		at = node.child[a.bit(int(node.bits))]
	}
	return 0
}

// All returns every prefix that occurred and its count, in order of addresses.
func (t *PrefixTree) All() iter.Seq2[netip.Prefix, uint64] {
	return func(yield func(netip.Prefix, uint64) bool) {
		t.walk(t.root, func(n *prefixNode) bool {
			return yield(netip.PrefixFrom(n.addr.as16(), t.cfg.Bits), n.n)
		})
	}
}

// walk calls f for the leaves below a node, in order, until it returns false. The depth is at most
// 128.
func (t *PrefixTree) walk(at uint32, f func(*prefixNode) bool) bool {
	if at == 0 {
		return true
	}
	n := &t.nodes[at]
	if int(n.bits) == t.cfg.Bits {
		return f(n)
	}
	return t.walk(n.child[0], f) && t.walk(n.child[1], f)
}

// Len returns the number of distinct prefixes.
func (t *PrefixTree) Len() int { return t.used }

// Total returns the sum of all counts.
func (t *PrefixTree) Total() uint64 { return t.total }

// Merge adds what o counted. It is [ErrMismatch] if the lengths differ, and [ErrFull] if prefixes
// were refused; all others were added.
func (t *PrefixTree) Merge(o *PrefixTree) error {
	if t.cfg.Bits != o.cfg.Bits {
		return fmt.Errorf("%w: %d and %d bits", ErrMismatch, t.cfg.Bits, o.cfg.Bits)
	}
	var failed error
	o.walk(o.root, func(n *prefixNode) bool {
		if err := t.AddN(n.addr, n.n); err != nil {
			failed = err
		}
		return true
	})
	return failed
}

// mask keeps the first n bits.
func (a Addr) mask(n int) Addr {
	if n <= 64 {
		return Addr{Hi: a.Hi &^ (^uint64(0) >> n)}
	}
	return Addr{a.Hi, a.Lo &^ (^uint64(0) >> (n - 64))}
}

// bit returns bit i, counted from the most significant.
func (a Addr) bit(i int) int {
	if i < 64 {
		return int(a.Hi >> (63 - i) & 1)
	}
	return int(a.Lo >> (127 - i) & 1)
}

// commonBits returns how many leading bits a and b share.
func commonBits(a, b Addr) int {
	if x := a.Hi ^ b.Hi; x != 0 {
		return bits.LeadingZeros64(x)
	}
	return 64 + bits.LeadingZeros64(a.Lo^b.Lo)
}
