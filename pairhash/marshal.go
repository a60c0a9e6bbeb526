package pairhash

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

// The encoding of a Counter, all numbers little-endian:
//
//	0   8  "reefpair"
//	8   2  version, 1
//	10  1  fold
//	11  1  log2 of the number of slots
//	12  4  CRC-32 (IEEE) of everything else
//	16  8  seed
//	24     the slots, 8 bytes each
const (
	encodingMagic   = "reefpair"
	encodingVersion = 1
	encodingHeader  = 24
)

// AppendBinary appends the encoding of c to b.
func (c *Counter) AppendBinary(b []byte) ([]byte, error) {
	start := len(b)
	b = append(b, encodingMagic...)
	b = binary.LittleEndian.AppendUint16(b, encodingVersion)
	b = append(b, byte(c.cfg.Fold), byte(c.width), 0, 0, 0, 0)
	b = binary.LittleEndian.AppendUint64(b, c.cfg.Seed)
	for _, n := range c.counts {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	e := b[start:]
	binary.LittleEndian.PutUint32(e[12:], encodingSum(e))
	return b, nil
}

// MarshalBinary returns the encoding of c, which is 24 bytes and 8 for each slot.
func (c *Counter) MarshalBinary() ([]byte, error) {
	return c.AppendBinary(make([]byte, 0, encodingHeader+8*len(c.counts)))
}

// UnmarshalBinary replaces c with the counter that data encodes. On error, an [ErrEncoding], c is
// as before.
func (c *Counter) UnmarshalBinary(data []byte) error {
	if len(data) < encodingHeader || string(data[:8]) != encodingMagic {
		return fmt.Errorf("%w: not a pair counter", ErrEncoding)
	}
	if v := binary.LittleEndian.Uint16(data[8:]); v != encodingVersion {
		return fmt.Errorf("%w: version %d, not %d", ErrEncoding, v, encodingVersion)
	}
	width := uint(data[11])
	if max, _ := log2(MaxSlots); width < 1 || width > max {
		return fmt.Errorf("%w: 2^%d slots", ErrEncoding, width)
	}
	slots := 1 << width
	if (len(data)-encodingHeader)/8 != slots || len(data)%8 != 0 {
		return fmt.Errorf("%w: %d bytes for %d slots", ErrEncoding, len(data), slots)
	}
	if binary.LittleEndian.Uint32(data[12:]) != encodingSum(data) {
		return fmt.Errorf("%w: checksum differs", ErrEncoding)
	}
	n, err := NewCounter(CounterConfig{Slots: slots, Fold: Fold(data[10]), Seed: binary.LittleEndian.Uint64(data[16:])})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrEncoding, err)
	}
	for i := range n.counts {
		n.counts[i] = binary.LittleEndian.Uint64(data[encodingHeader+8*i:])
	}
	*c = *n
	return nil
}

// encodingSum is the checksum of an encoding without the four bytes that hold it.
func encodingSum(e []byte) uint32 {
	return crc32.Update(crc32.ChecksumIEEE(e[:12]), crc32.IEEETable, e[16:])
}
