package filter

import (
	"errors"
	"fmt"

	"github.com/reeftools/reef/internal/iana"
	"github.com/reeftools/reef/pcapio"
)

// generator turns a tree into a predicate for one link type.
type generator struct {
	expr    string
	of      pcapio.LinkType
	link    link
	free    int   // first scratch word that is not in use
	loops   bool  // a test jumps back
	linkErr error // first reason why the expression does not fit the link type
}

// generate returns the predicate of tree and whether it loops. A *SyntaxError is independent of the
// link type, a *LinkError is not and comes second.
func generate(expr string, tree node, kind pcapio.LinkType) (p *pred, loops bool, err error) {
	l, _ := linkOf(kind)
	g := &generator{expr: expr, of: kind, link: l, free: regFree}
	if tree == nil {
		return constant(true), false, nil
	}
	p, err = g.node(tree)
	switch {
	case err != nil:
		return nil, false, err
	case g.linkErr != nil:
		return nil, false, &LinkError{kind, g.linkErr}
	}
	if kind == pcapio.LinkPPI { // only PPI with 802.11 inside is understood
		p = and(equal(at(4), 4, 0x69000000), p)
	}
	return p, g.loops, nil
}

// unfit notes that the expression does not fit the link type.
func (g *generator) unfit(err error) *pred {
	if g.linkErr == nil {
		g.linkErr = err
	}
	return constant(false)
}

func (g *generator) errorf(pos int, format string, args ...any) error {
	return &SyntaxError{g.expr, pos + 1, fmt.Sprintf(format, args...)}
}

func (g *generator) node(n node) (*pred, error) {
	switch n := n.(type) {
	case andNode:
		return g.both(predAnd, n.left, n.right)
	case orNode:
		return g.both(predOr, n.left, n.right)
	case notNode:
		p, err := g.node(n.of)
		return not(p), err
	case valueNode:
		return g.value(n)
	case protoNode:
		return g.protocol(n.proto, n.pos)
	case relationNode:
		return g.relation(n)
	case frameNode:
		if !g.link.wlan() || g.link.kind == pcapio.LinkPPI {
			return g.unfit(errors.New("type, subtype and dir are for 802.11 only")), nil
		}
		return masked(g.link.header.plus(n.offset), 1, n.value, n.mask), nil
	case llcNode:
		p := g.llc()
		if n.mask != 0 {
			p = and(p, masked(g.link.body.plus(2), 1, n.value, n.mask))
		}
		return p, nil
	case keywordNode:
		return g.keyword(n)
	}
	return nil, fmt.Errorf("filter: unknown node %T", n)
}

func (g *generator) both(op predOp, left, right node) (*pred, error) {
	a, err := g.node(left)
	if err != nil {
		return nil, err
	}
	b, err := g.node(right)
	return &pred{op: op, a: a, b: b}, err
}

// llc tests for an 802.2 header.
func (g *generator) llc() *pred {
	switch {
	case g.link.kind == pcapio.LinkEthernet:
		return and(not(compare(load(g.link.typ, 2), opJgt, etherMaxLen)), not(equal(g.link.body, 2, 0xffff)))
	case g.link.kind == pcapio.LinkFDDI, g.link.kind == pcapio.LinkTokenRing, g.link.kind == pcapio.LinkATM:
		return constant(true)
	case g.link.kind == pcapio.LinkSunATM:
		return masked(at(0), 1, 2, 0x0f)
	case g.link.wlan():
		return g.wlanData()
	}
	return g.unfit(errors.New("this link type has no 802.2 LLC"))
}

func (g *generator) keyword(n keywordNode) (*pred, error) {
	switch n.word {
	case "less":
		return not(compare([]ins{{Op: opLdLen}}, opJgt, n.n)), nil
	case "greater":
		return compare([]ins{{Op: opLdLen}}, opJge, n.n), nil
	case "byte":
		return g.byteOp(n), nil
	case "inbound", "outbound":
		return g.outbound(n.word == "outbound"), nil
	case "ifindex":
		if g.link.kind != pcapio.LinkSLL2 {
			return g.unfit(errors.New("only Linux cooked captures of version 2 have interface indices")), nil
		}
		return equal(at(4), 4, n.n), nil
	case "broadcast":
		return g.broadcast(n)
	case "multicast":
		return g.multicast(n)
	case "vlan":
		return g.vlan(n)
	case "mpls":
		return g.mpls(n)
	case "pppoed":
		return g.carries(iana.EtherTypePPPoEDisc), nil
	case "pppoes":
		return g.pppoes(n)
	}
	return g.geneve(n)
}

// byteOp compares one byte of the link-layer header: "byte 0 & 1".
func (g *generator) byteOp(n keywordNode) *pred {
	code := load(g.link.header.plus(n.offset), 1)
	switch n.op {
	case "=":
		return compare(code, opJeq, n.n)
	case "<":
		return not(compare(code, opJge, n.n))
	case ">":
		return compare(code, opJgt, n.n)
	case "|":
		return not(compare(append(code, ins{Op: opOr, K: n.n}), opJeq, 0))
	}
	return not(compare(append(code, ins{Op: opAnd, K: n.n}), opJeq, 0))
}

// either returns yes or no.
func either(is bool, yes, no *pred) *pred {
	if is {
		return yes
	}
	return no
}

// outbound tests the direction, where the header tells it: in Linux cooked captures 4 is a packet
// that the capturing host sent.
func (g *generator) outbound(out bool) *pred {
	var p *pred
	switch g.link.kind {
	case pcapio.LinkSLL:
		p = equal(at(0), 2, 4)
	case pcapio.LinkSLL2:
		p = equal(at(10), 1, 4)
	case pcapio.LinkSLIP:
		return either(out, not(equal(at(0), 1, 0)), equal(at(0), 1, 0))
	case pcapio.LinkPPPD:
		return either(out, equal(at(0), 1, 1), equal(at(0), 1, 0))
	case pcapio.LinkIPNET:
		return either(out, equal(at(2), 2, 1), equal(at(2), 2, 2))
	case pcapio.LinkPFLOG:
		return either(out, equal(at(60), 1, 2), equal(at(60), 1, 1))
	default:
		return g.unfit(errors.New("captures of this link type do not tell inbound from outbound"))
	}
	if out {
		return p
	}
	return not(p)
}
