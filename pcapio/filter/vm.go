package filter

import "encoding/binary"

// run runs a program over the captured bytes of a packet that had origLen bytes on the wire. It
// returns how many bytes to keep, which is 0 for a packet that does not match, that is too short
// for a load, or for which a division by zero came up.
//
// It is golang.org/x/net/bpf's VM with three differences: len is the original length, as in
// libpcap, and not the captured one; jumps may go back, for protochain; and instructions are not
// decoded into interfaces first.
func run(prog []ins, data []byte, origLen uint32) uint32 {
	var a, x uint32
	var mem [memWords]uint32
	size := uint64(len(data))
	for pc := 0; pc < len(prog); pc++ {
		in := &prog[pc]
		k := in.K
		switch in.Op {
		case opLdAbs | sizeB:
			if uint64(k) >= size {
				return 0
			}
			a = uint32(data[k])
		case opLdAbs | sizeH:
			if uint64(k)+2 > size {
				return 0
			}
			a = uint32(binary.BigEndian.Uint16(data[k:]))
		case opLdAbs:
			if uint64(k)+4 > size {
				return 0
			}
			a = binary.BigEndian.Uint32(data[k:])
		case opLdInd | sizeB:
			at := uint64(x) + uint64(k)
			if at >= size {
				return 0
			}
			a = uint32(data[at])
		case opLdInd | sizeH:
			at := uint64(x) + uint64(k)
			if at+2 > size {
				return 0
			}
			a = uint32(binary.BigEndian.Uint16(data[at:]))
		case opLdInd:
			at := uint64(x) + uint64(k)
			if at+4 > size {
				return 0
			}
			a = binary.BigEndian.Uint32(data[at:])
		case opLdxIP:
			if uint64(k) >= size {
				return 0
			}
			x = uint32(data[k]&0x0f) << 2
		case opJeq:
			pc += branch(in, a == k)
		case opJset:
			pc += branch(in, a&k != 0)
		case opJgt:
			pc += branch(in, a > k)
		case opJge:
			pc += branch(in, a >= k)
		case opJeq | fromX:
			pc += branch(in, a == x)
		case opJset | fromX:
			pc += branch(in, a&x != 0)
		case opJgt | fromX:
			pc += branch(in, a > x)
		case opJge | fromX:
			pc += branch(in, a >= x)
		case opJa:
			pc += int(int32(k))
		case opRet:
			return k
		case opLdImm:
			a = k
		case opLdLen:
			a = origLen
		case opLdMem:
			a = mem[k%memWords]
		case opLdxI:
			x = k
		case opLdxM:
			x = mem[k%memWords]
		case opSt:
			mem[k%memWords] = a
		case opStx:
			mem[k%memWords] = x
		case opTax:
			x = a
		case opTxa:
			a = x
		case opNeg:
			a = -a
		default: // arithmetic
			b := k
			if in.Op&fromX != 0 {
				b = x
			}
			op := in.Op &^ fromX
			if b == 0 && (op == opDiv || op == opMod) {
				return 0
			}
			a = calculate(op, a, b)
		}
	}
	return 0
}

// branch returns how far in jumps when its comparison was held.
func branch(in *ins, held bool) int {
	if held {
		return int(in.Jt)
	}
	return int(in.Jf)
}
