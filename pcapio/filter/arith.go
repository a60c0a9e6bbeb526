package filter

import (
	"github.com/reeftools/reef/internal/iana"
	"github.com/reeftools/reef/pcapio"
)

// value is arithmetic that was generated: code that leaves it in A, or a constant when code is nil.
// guard must hold for it to exist at all: "tcp[13]" exists in TCP packets only.
//
// Code belongs to one value, and what is made of that goes on in the same memory: a sum of many
// terms is not copied for each.
type value struct {
	code  []ins
	n     uint32
	guard *pred
}

func (v *value) inA() []ins {
	if v.code == nil {
		return []ins{{Op: opLdImm, K: v.n}}
	}
	return v.code
}

// relation compares two numbers as unsigned integers of 32 bits.
func (g *generator) relation(n relationNode) (*pred, error) {
	left, err := g.arith(n.left, g.free)
	if err != nil {
		return nil, err
	}
	right, err := g.arith(n.right, g.free+1)
	if err != nil {
		return nil, err
	}
	jump := map[string]uint16{"=": opJeq, ">": opJgt, ">=": opJge}[n.op]
	var p *pred
	switch {
	case left.code == nil && right.code == nil:
		p = constant(jumps(jump, left.n, right.n))
	case right.code == nil:
		p = compare(left.code, jump, right.n)
	default:
		p = &pred{test: &test{code: g.combine(&left, &right, g.free, nil), jump: jump | fromX}}
	}
	if n.not {
		p = not(p)
	}
	for _, v := range []*value{&right, &left} {
		if v.guard != nil {
			p = and(v.guard, p)
		}
	}
	return p, nil
}

func jumps(op uint16, a, b uint32) bool {
	switch op {
	case opJeq:
		return a == b
	case opJgt:
		return a > b
	case opJge:
		return a >= b
	}
	return a&b != 0
}

// combine returns code that runs left, saves it in scratch, runs right, and applies then with left
// in A and right in X.
func (g *generator) combine(left, right *value, scratch int, then []ins) []ins {
	if scratch >= memWords {
		g.unfit(errScratch)
		return []ins{{Op: opLdImm}}
	}
	code := append(left.inA(), ins{Op: opSt, K: uint32(scratch)})
	code = append(code, right.inA()...)
	code = append(code, ins{Op: opTax}, ins{Op: opLdMem, K: uint32(scratch)})
	return append(code, then...)
}

var arithOps = map[string]uint16{"+": opAdd, "-": opSub, "*": opMul, "/": opDiv, "%": opMod, "&": opAnd, "|": opOr, "^": opXor, "<<": opLsh, ">>": opRsh}

// arith generates a number; scratch is the first scratch word that it may use.
func (g *generator) arith(a arith, scratch int) (value, error) {
	switch a := a.(type) {
	case numArith:
		return value{n: a.n}, nil
	case lenArith:
		return value{code: []ins{{Op: opLdLen}}}, nil
	case negArith:
		v, err := g.arith(a.of, scratch)
		if v.code == nil {
			v.n = -v.n
		} else {
			v.code = append(v.code, ins{Op: opNeg})
		}
		return v, err
	case binaryArith:
		return g.binary(a, scratch)
	case loadArith:
		return g.loadValue(a, scratch)
	}
	return value{}, g.errorf(0, "unknown arithmetic %T", a)
}

func (g *generator) binary(a binaryArith, scratch int) (value, error) {
	left, err := g.arith(a.left, scratch)
	if err != nil {
		return value{}, err
	}
	right, err := g.arith(a.right, scratch+1)
	if err != nil {
		return value{}, err
	}
	op := arithOps[a.op]
	v := value{guard: left.guard}
	if right.guard != nil {
		v.guard = right.guard
		if left.guard != nil {
			v.guard = and(left.guard, right.guard)
		}
	}
	if right.code != nil {
		v.code = g.combine(&left, &right, scratch, []ins{{Op: op | fromX}})
		return v, nil
	}
	switch {
	case right.n == 0 && (op == opDiv || op == opMod):
		return v, g.errorf(a.pos, "division by zero")
	case right.n > 31 && (op == opLsh || op == opRsh) && (isLiteral(a.right) || left.code != nil):
		return v, g.errorf(a.pos, "shift by more than 31 bits")
	case left.code == nil:
		v.n = calculate(op, left.n, right.n)
	// the value is known, but a packet must still be long enough
	case right.n == 0 && (op == opMul || op == opAnd):
		v.code = append(left.code, ins{Op: opLdImm})
	case left.code[len(left.code)-1].Op == opLdImm:
		v.code = left.code
		last := &v.code[len(v.code)-1]
		last.K = calculate(op, last.K, right.n)
	case right.n == 0:
		v.code = left.code
	default:
		v.code = append(left.code, ins{Op: op, K: right.n})
	}
	return v, nil
}

func isLiteral(a arith) bool {
	_, ok := a.(numArith)
	return ok
}

// calculate is the arithmetic of the machine. The caller sees to division by zero.
func calculate(op uint16, a, b uint32) uint32 {
	switch op {
	case opAdd:
		return a + b
	case opSub:
		return a - b
	case opMul:
		return a * b
	case opDiv:
		return a / b
	case opMod:
		return a % b
	case opAnd:
		return a & b
	case opOr:
		return a | b
	case opXor:
		return a ^ b
	case opLsh:
		return a << b
	}
	return a >> b
}

// loadValue generates proto[index:size].
func (g *generator) loadValue(a loadArith, scratch int) (value, error) {
	index, err := g.arith(a.index, scratch)
	if err != nil {
		return value{}, err
	}
	l := &g.link
	network := l.body.plus(l.net)
	var guard *pred
	v := value{}
	switch a.proto {
	case protoRadio:
		if l.kind != pcapio.LinkPrism && l.kind != pcapio.LinkRadiotap && l.kind != pcapio.LinkAVS {
			g.unfit(errNoRadio)
		}
		v.code = loadIndexed(at(0), &index, a.size)
	case protoLink:
		if l.geneve {
			guard = g.insideEthernet(constant(true))
		}
		v.code = loadIndexed(l.header, &index, a.size)
	case protoIP, protoARP, protoRARP, protoATalk, protoDECnet, protoLAT, protoSCA, protoMOPRC, protoMOPDL, protoIP6:
		guard, _ = g.protocol(a.proto, a.pos)
		v.code = loadIndexed(network, &index, a.size)
	case protoTCP, protoUDP, protoSCTP, protoICMP, protoIGMP, protoIGRP, protoPIM, protoVRRP, protoCARP:
		p, _ := g.protocol(a.proto, a.pos)
		guard = and(g.carries(iana.EtherTypeIPv4), p, g.firstFragment())
		if index.code == nil {
			v.code = g.loadTransport4(index.n, a.size)
			break
		}
		// The index goes through a scratch word, as finding the transport header needs A and X.
		if scratch >= memWords {
			g.unfit(errScratch)
			break
		}
		v.code = append(append(v.code, index.code...), ins{Op: opSt, K: uint32(scratch)})
		v.code = append(append(v.code, g.transport4()...), ins{Op: opLdMem, K: uint32(scratch)}, ins{Op: opAdd | fromX}, ins{Op: opTax},
			ins{Op: opLdInd | sizeBits(a.size), K: network.k})
	case protoICMP6:
		guard = and(g.carries(iana.EtherTypeIPv6), equal(network.plus(6), 1, pcapio.ProtoICMPv6))
		v.code = loadIndexed(network.plus(40), &index, a.size)
	default:
		return v, g.errorf(a.pos, "%q has no byte offsets", a.proto)
	}
	v.guard = guard
	if index.guard != nil {
		v.guard = index.guard
		if guard != nil {
			v.guard = and(index.guard, guard)
		}
	}
	return v, nil
}

// loadIndexed returns code that brings the size bytes at o+index into A.
func loadIndexed(o offset, index *value, size uint32) []ins {
	switch {
	case index.code == nil:
		return load(o.plus(index.n), size)
	case o.reg == noReg:
		return append(index.code, ins{Op: opTax}, ins{Op: opLdInd | sizeBits(size), K: o.k})
	}
	return append(index.code, ins{Op: opLdxM, K: uint32(o.reg)}, ins{Op: opAdd | fromX}, ins{Op: opTax},
		ins{Op: opLdInd | sizeBits(size), K: o.k})
}
