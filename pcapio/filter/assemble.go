package filter

import (
	"slices"

	"github.com/reeftools/reef/pcapio"
)

// maxProgram bounds a program in instructions.
const maxProgram = 1 << 20

// state is what the two registers hold between blocks: the key of a test, and the instruction that
// loaded X.
type state struct {
	key int // noKey if not known
	x   ins // zero if not known
}

const noKey = -1

// assemble lays the graph out as a program that accepts keep bytes.
func (g *graph) assemble(kind pcapio.LinkType, keep uint32) ([]ins, error) {
	list := g.sorted()
	if len(list) == 0 {
		if g.root == g.reject {
			keep = 0
		}
		return []ins{{Op: opRet, K: keep}}, nil
	}
	code := g.bodies(list)
	prologue := linkPrologue(kind, usedRegisters(list))

	// A conditional jump reaches 255 instructions; where that is too near it goes to an
	// unconditional one behind it. Those take room, so repeat until no further one is needed.
	start := make([]int, len(list)+2)
	far := make([][2]bool, len(list))
	for again := true; again; {
		pc := len(prologue)
		for i := range list {
			start[i] = pc
			pc += len(code[i]) + 1
			for _, f := range far[i] {
				if f {
					pc++
				}
			}
		}
		start[len(list)], start[len(list)+1] = pc, pc+1
		again = false
		for i, b := range list {
			for way, to := range []*block{b.jt, b.jf} {
				distance := start[g.position(to, len(list))] - start[i] - len(code[i]) - 1
				if b.test.jump != 0 && distance > 255 && !far[i][way] {
					far[i][way], again = true, true
				}
			}
		}
	}
	if start[len(list)] > maxProgram {
		return nil, errTooLarge
	}
	prog := prologue
	for i, b := range list {
		prog = append(prog, code[i]...)
		here := len(prog) + 1
		t, f := start[g.position(b.jt, len(list))]-here, start[g.position(b.jf, len(list))]-here
		if b.test.jump == 0 {
			prog = append(prog, ins{Op: opJa, K: uint32(t)})
			continue
		}
		jump := ins{Op: b.test.jump, K: b.test.k}
		var tail []ins
		for way, distance := range []int{t, f} {
			to := uint8(distance)
			if far[i][way] {
				to = uint8(len(tail))
				tail = append(tail, ins{Op: opJa, K: uint32(distance - len(tail) - 1)})
			}
			if way == 0 {
				jump.Jt = to
			} else {
				jump.Jf = to
			}
		}
		prog = append(append(prog, jump), tail...)
	}
	return append(prog, ins{Op: opRet, K: keep}, ins{Op: opRet}), nil
}

// position returns the index of b among the blocks, which accept and reject follow.
func (g *graph) position(b *block, blocks int) int {
	switch b {
	case g.accept:
		return blocks
	case g.reject:
		return blocks + 1
	}
	return b.order
}

// bodies returns the code of each block less what it would load again.
func (g *graph) bodies(list []*block) [][]ins {
	entry := make([]*state, len(list))
	entry[0] = &state{key: noKey}
	code := make([][]ins, len(list))
	for i, b := range list {
		s := *entry[i]
		code[i] = b.test.code
		pure := b.test.jump != 0 && !b.test.loop
		if pure && s.key == b.key && b.test.jump&fromX == 0 {
			code[i] = nil
		} else {
			first := b.test.code[0]
			if loadsX(first) && s.x == first {
				code[i] = b.test.code[1:]
			}
			s = after(s, b, pure)
		}
		for _, to := range []*block{b.jt, b.jf} {
			if to.test == nil {
				continue
			}
			if e := &entry[to.order]; *e == nil {
				c := s
				*e = &c
			} else {
				if (*e).key != s.key {
					(*e).key = noKey
				}
				if (*e).x != s.x {
					(*e).x = ins{}
				}
			}
		}
	}
	return code
}

func loadsX(in ins) bool { return in.Op == opLdxIP || in.Op == opLdxM }

// after returns what the registers hold once b has run all its code.
func after(s state, b *block, pure bool) state {
	if s.key = noKey; pure {
		s.key = b.key
	}
	for i, in := range b.test.code {
		switch {
		case i == 0 && loadsX(in):
			s.x = in
		case in.Op == opTax || in.Op == opLdxI || loadsX(in):
			s.x = ins{}
		}
	}
	return s
}

// usedRegisters tells which scratch words the code of list reads.
func usedRegisters(list []*block) (used [memWords]bool) {
	for _, b := range list {
		for _, in := range b.test.code {
			if in.Op == opLdxM || in.Op == opLdMem {
				used[in.K%memWords] = true
			}
		}
	}
	return used
}

// linkPrologue returns code that finds out where the 802.11 header begins and ends, or the log's,
// as far as the program needs it.
func linkPrologue(kind pcapio.LinkType, used [memWords]bool) []ins {
	l, known := linkOf(kind)
	// the first byte is the length, without padding to 4 bytes
	if kind == pcapio.LinkPFLOG && used[regBody] {
		return []ins{{Op: opLdAbs | sizeB}, {Op: opAdd, K: 3}, {Op: opAnd, K: ^uint32(3)}, {Op: opSt, K: regBody}}
	}
	if !known || !l.wlan() || !used[regHeader] && !used[regBody] {
		return nil
	}
	var code []ins
	switch kind {
	case pcapio.LinkWLAN:
		code = []ins{{Op: opLdImm}}
	case pcapio.LinkRadiotap, pcapio.LinkPPI: // length in bytes 2 and 3, little-endian
		code = []ins{{Op: opLdAbs | sizeB, K: 3}, {Op: opLsh, K: 8}, {Op: opTax}, {Op: opLdAbs | sizeB, K: 2}, {Op: opOr | fromX}}
	case pcapio.LinkAVS:
		code = []ins{{Op: opLdAbs, K: 4}}
	case pcapio.LinkPrism: // 144 bytes, unless it is an AVS header in disguise
		code = []ins{{Op: opLdAbs}, {Op: opAnd, K: 0xfffff000}, {Op: opJeq, K: 0x80211000, Jf: 2},
			{Op: opLdAbs, K: 4}, {Op: opJa, K: 1}, {Op: opLdImm, K: 144}}
	}
	code = append(code, ins{Op: opSt, K: regHeader}, ins{Op: opTax})
	if !used[regBody] {
		return code
	}
	// 24 bytes of header, and 2 more in data frames (type 8, with type 4 clear) with QoS (subtype
	// 8). Address 4 is not counted.
	qos := []ins{{Op: opLdMem, K: regBody}, {Op: opAdd, K: 2}, {Op: opSt, K: regBody}}
	var pad []ins
	if kind == pcapio.LinkRadiotap {
		// Radiotap's flags, bit 5, say that the header is padded to a multiple of 4. They come
		// first, or after the 8 bytes of the TSF timer; with more than one word of presence bits
		// they are not looked for.
		pad = []ins{
			{Op: opLdAbs, K: 4},
			{Op: opJset, K: 0x02000000, Jf: 10}, // flags present
			{Op: opJset, K: 0x00000080, Jt: 9},  // more presence bits
			{Op: opJset, K: 0x01000000, Jf: 2},  // TSF timer present
			{Op: opLdAbs | sizeB, K: 16}, {Op: opJset, K: 0x20, Jt: 2, Jf: 6},
			{Op: opLdAbs | sizeB, K: 8}, {Op: opJset, K: 0x20, Jf: 4},
			{Op: opLdMem, K: regBody}, {Op: opAdd, K: 3}, {Op: opAnd, K: ^uint32(3)}, {Op: opSt, K: regBody},
		}
	}
	end := uint8(len(qos) + len(pad))
	code = append(code,
		ins{Op: opTxa}, ins{Op: opAdd, K: 24}, ins{Op: opSt, K: regBody},
		ins{Op: opLdInd | sizeB},
		ins{Op: opJset, K: 0x08, Jf: end + 2},
		ins{Op: opJset, K: 0x04, Jt: end + 1},
		ins{Op: opJset, K: 0x80, Jf: uint8(len(qos))})
	return slices.Concat(code, qos, pad)
}

// compile turns tree into the program for p's link type.
func (p *program) compile(expr string, tree node) {
	pred, loops, err := generate(expr, tree, p.kind)
	if err != nil {
		p.err = err
		return
	}
	p.loops = loops
	g, err := newGraph(pred)
	if err != nil {
		p.err = &LinkError{p.kind, err}
		return
	}
	// libpcap does not optimize programs that jump within a test, and finds only by optimizing that
	// one rejects all packets.
	bold := !loops && p.kind != pcapio.LinkPrism && !usedRegisters(g.sorted())[regBody]
	g.optimize(bold)
	if bold && g.root == g.reject {
		p.err = &LinkError{p.kind, ErrRejectsAll}
		return
	}
	if p.code, err = g.assemble(p.kind, maxSnaplen); err != nil {
		p.err = &LinkError{p.kind, err}
		return
	}
	p.steps = g.steps()
}
