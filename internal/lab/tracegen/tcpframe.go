package tracegen

// tcpOptionsLen is the length of the options of s.
func tcpOptionsLen(f *flow, s *segment) int {
	n := 0
	if s.flags&flagSYN != 0 {
		n = 4
		if f.sackOK && !f.timestamps {
			n += 4
		}
		if f.scale > 0 {
			n += 4
		}
	}
	if f.timestamps && s.flags&flagRST == 0 {
		n += 12
	}
	if s.blocks > 0 {
		n += 4 + 8*int(s.blocks)
	}
	return n
}

// encodeTCP writes the header of s and returns its length.
func encodeTCP(b []byte, f *flow, dir uint8, s *segment) int {
	be.PutUint16(b[0:], f.port[dir])
	be.PutUint16(b[2:], f.port[1-dir])
	be.PutUint32(b[4:], s.seq)
	be.PutUint32(b[8:], s.ack)
	n := 20 + tcpOptionsLen(f, s)
	be.PutUint32(b[12:], uint32(n/4)<<28|uint32(s.flags)<<16|uint32(s.window))
	be.PutUint32(b[16:], 0)
	at := 20
	lead := uint32(0x0101_080a) // NOP, NOP, timestamps
	if s.flags&flagSYN != 0 {
		be.PutUint32(b[at:], 0x0204_0000|uint32(f.mss))
		at += 4
		switch {
		case f.sackOK && f.timestamps:
			lead = 0x0402_080a // SACK permitted in place of the NOPs
		case f.sackOK:
			be.PutUint32(b[at:], 0x0101_0402)
			at += 4
		}
	}
	if f.timestamps && s.flags&flagRST == 0 {
		be.PutUint32(b[at:], lead)
		be.PutUint32(b[at+4:], s.tsVal)
		be.PutUint32(b[at+8:], s.tsEcr)
		at += 12
	}
	if s.flags&flagSYN != 0 && f.scale > 0 {
		be.PutUint32(b[at:], 0x0103_0300|uint32(f.scale))
		at += 4
	}
	if s.blocks > 0 {
		be.PutUint32(b[at:], 0x0101_0500|uint32(2+8*s.blocks))
		at += 4
		for _, r := range s.sack[:s.blocks] {
			be.PutUint32(b[at:], r.from)
			be.PutUint32(b[at+4:], r.to)
			at += 8
		}
	}
	return at
}
