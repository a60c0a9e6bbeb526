package pcapio

import "encoding/binary"

// Kinds of TCP options (IANA).
const (
	kindEnd           = 0
	kindNOP           = 1
	kindMSS           = 2
	kindWScale        = 3
	kindSACKPermitted = 4
	kindSACK          = 5
	kindTimestamps    = 8
	kindMPTCP         = 30
	kindFastOpen      = 34
	kindExperiment2   = 254 // shared by experiments (RFC 6994)

	fastOpenMagic = 0xf989 // names Fast Open among them
)

// options reads the options in b. size is their length by the header; b is shorter if the capture
// ends inside them. Reading stops at the first option that does not fit; those before it are kept.
func (t *TCP) options(b []byte, size int) {
	// Nearly every segment of a connection with timestamps: NOP, NOP, kind 8, length 10.
	if len(b) == 12 && size == 12 && binary.BigEndian.Uint32(b) == 0x0101080a {
		t.Options = OptTimestamps
		t.TSval = binary.BigEndian.Uint32(b[4:])
		t.TSecr = binary.BigEndian.Uint32(b[8:])
		return
	}
	cut := len(b) < size
	for len(b) > 0 && b[0] != kindEnd {
		if b[0] == kindNOP {
			b = b[1:]
			continue
		}
		if len(b) < 2 || b[1] < 2 || int(b[1]) > len(b) {
			t.Options |= OptMalformed
			return
		}
		if !t.option(b[0], b[2:b[1]]) {
			t.Options |= OptMalformed
		}
		b = b[b[1]:]
	}
	if cut && len(b) == 0 {
		t.Options |= OptMalformed
	}
}

// option takes the option of the given kind with value v, and tells whether it has a length that
// its kind allows.
func (t *TCP) option(kind uint8, v []byte) bool {
	switch kind {
	case kindMSS:
		if len(v) != 2 {
			return false
		}
		t.Options |= OptMSS
		t.MSS = binary.BigEndian.Uint16(v)
	case kindWScale:
		if len(v) != 1 {
			return false
		}
		t.Options |= OptWScale
		t.WScale = v[0]
	case kindSACKPermitted:
		if len(v) != 0 {
			return false
		}
		t.Options |= OptSACKPermitted
	case kindSACK:
		if len(v) == 0 || len(v)%8 != 0 {
			return false
		}
		t.sack(v)
	case kindTimestamps:
		if len(v) != 8 {
			return false
		}
		t.Options |= OptTimestamps
		t.TSval = binary.BigEndian.Uint32(v)
		t.TSecr = binary.BigEndian.Uint32(v[4:])
	case kindMPTCP:
		if len(v) == 0 {
			return false
		}
		t.Options |= OptMPTCP
	case kindFastOpen:
		t.Options |= OptFastOpen
	case kindExperiment2:
		if len(v) >= 2 && binary.BigEndian.Uint16(v) == fastOpenMagic {
			t.Options |= OptFastOpen
		}
	}
	return true
}

// sack takes the blocks in v (RFC 2018, 3). No more than four fit into the 40 bytes of TCP options.
func (t *TCP) sack(v []byte) {
	t.Options |= OptSACK
	t.SACKCount = 0
	for len(v) >= 8 && int(t.SACKCount) < len(t.SACK) {
		t.SACK[t.SACKCount] = SACKBlock{Left: binary.BigEndian.Uint32(v), Right: binary.BigEndian.Uint32(v[4:])}
		t.SACKCount++
		v = v[8:]
	}
}
