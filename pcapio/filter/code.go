package filter

import (
	"encoding/binary"

	"golang.org/x/net/bpf"
)

// ins is one instruction of the BSD Packet Filter machine (McCanne and Jacobson, "The BSD Packet
// Filter", USENIX 1993).
type ins = bpf.RawInstruction

// Operation codes. Arithmetic and jumps have a second form, with fromX set, whose operand is X and
// not K.
const (
	opLdAbs = 0x20 // A = packet[K], 4 bytes; | sizeH or sizeB for fewer
	opLdInd = 0x40 // A = packet[X+K]
	opLdImm = 0x00 // A = K
	opLdLen = 0x80 // A = original length of the packet
	opLdMem = 0x60 // A = M[K]
	opLdxI  = 0x01 // X = K
	opLdxM  = 0x61 // X = M[K]
	opLdxIP = 0xb1 // X = 4 * (packet[K] & 15)
	opSt    = 0x02 // M[K] = A
	opStx   = 0x03 // M[K] = X
	opTax   = 0x07 // X = A
	opTxa   = 0x87 // A = X
	opRet   = 0x06 // accept K bytes
	opAdd   = 0x04
	opSub   = 0x14
	opMul   = 0x24
	opDiv   = 0x34
	opOr    = 0x44
	opAnd   = 0x54
	opLsh   = 0x64
	opRsh   = 0x74
	opNeg   = 0x84
	opMod   = 0x94
	opXor   = 0xa4
	opJa    = 0x05
	opJeq   = 0x15
	opJgt   = 0x25
	opJge   = 0x35
	opJset  = 0x45

	fromX = 0x08
	sizeH = 0x08
	sizeB = 0x10

	memWords = 16
)

// sizeBits is the part of a load's operation code that gives its size in bytes.
func sizeBits(size uint32) uint16 {
	switch size {
	case 1:
		return sizeB
	case 2:
		return sizeH
	}
	return 0
}

// readsPacket tells whether in loads from the packet.
func readsPacket(in ins) bool {
	op := in.Op &^ (sizeH | sizeB)
	return op == opLdAbs || op == opLdInd || in.Op == opLdxIP
}

// A test runs code, which leaves a value in A (and perhaps one in X), and compares it. Packets do
// not change, so that two tests with the same code always compare the same value: the optimizer
// lives on that.
type test struct {
	code []ins
	// opJeq, opJgt, opJge or opJset, perhaps with fromX; 0: always true, run for what the code
	// stores
	jump uint16
	k    uint32
	loop bool // code jumps back
}

// key identifies the value that t compares.
func (t *test) key() string {
	b := make([]byte, 0, 8*len(t.code))
	for _, in := range t.code {
		b = binary.LittleEndian.AppendUint16(b, in.Op)
		b = append(b, in.Jt, in.Jf)
		b = binary.LittleEndian.AppendUint32(b, in.K)
	}
	return string(b)
}

// pred is a predicate: a test, a constant, or others combined.
type pred struct {
	op   predOp
	a, b *pred
	test *test
}

type predOp uint8

const (
	predTest predOp = iota
	predAnd
	predOr
	predNot
	predTrue
	predFalse
)

func and(list ...*pred) *pred { return fold(predAnd, list) }

func or(list ...*pred) *pred { return fold(predOr, list) }

// fold combines list in its order: a packet too short for one test is rejected at once, so the
// order matters.
func fold(op predOp, list []*pred) *pred {
	p := list[0]
	for _, q := range list[1:] {
		p = &pred{op: op, a: p, b: q}
	}
	return p
}

func not(p *pred) *pred { return &pred{op: predNot, a: p} }

func constant(v bool) *pred {
	if v {
		return &pred{op: predTrue}
	}
	return &pred{op: predFalse}
}

// constantValue returns the value that t compares if it is the same for all packets.
func (t *test) constantValue() (uint32, bool) {
	if len(t.code) == 0 || t.jump&fromX != 0 {
		return 0, false
	}
	last := t.code[len(t.code)-1]
	return last.K, last.Op == opLdImm
}

// compare is a test of the value that code leaves in A against k.
func compare(code []ins, jump uint16, k uint32) *pred {
	if last := len(code) - 1; jump == opJeq && k == 0 && last > 0 && code[last].Op == opAnd {
		return not(&pred{test: &test{code: code[:last], jump: opJset, k: code[last].K}})
	}
	return &pred{test: &test{code: code, jump: jump, k: k}}
}
