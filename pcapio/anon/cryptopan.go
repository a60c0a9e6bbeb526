package anon

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"fmt"
	"net/netip"

	"github.com/reeftools/reef/pcapio"
)

// KeySize is the length of a key in bytes: 16 for AES, and 16 that are encrypted to the padding.
const KeySize = 32

// Anonymizer anonymises addresses and records under one key. It remembers addresses in tables of
// fixed size, so it is not for use by several goroutines at once; make one for each with the same
// key.
type Anonymizer struct {
	// CutPayload cuts records behind the innermost header that was understood: behind TCP, UDP,
	// ICMP echo and so on.
	CutPayload bool

	block  cipher.Block
	pad    [16]byte // what fills the input of the cipher behind the prefix of an IP address
	macPad [16]byte // another one, so that MAC addresses tell nothing of IP addresses
	// of the cipher; here, not on the stack, because they escape through the interface
	in, out [16]byte

	v4  cache[[4]byte]
	v6  cache[[16]byte]
	mac cache[[6]byte]

	cfg     Config
	packet  packet
	stats   Stats
	dec     *pcapio.Decoder // that enters tunnels
	probe   pcapio.Packet   // filled by dec
	scratch []byte          // what dec is given
	names   names
}

// Config names the ports and EtherTypes that captures use beside the well-known ones. Use the
// values of the [pcapio.DecodeConfig] for the same captures.
type Config struct {
	VXLANPorts []uint16 // UDP destination ports of VXLAN besides 4789 and 8472
	TPIDs      []uint16 // EtherTypes of VLAN tags besides those that makers are known to use
}

// New returns an Anonymizer for a key of [KeySize] bytes, as [ReadKey] reads it.
func New(key []byte) (*Anonymizer, error) { return Config{}.New(key) }

// New returns an Anonymizer for a key of [KeySize] bytes, as [ReadKey] reads it.
func (c Config) New(key []byte) (*Anonymizer, error) {
	decode := pcapio.DecodeConfig{Tunnels: pcapio.TunnelAll, VXLANPorts: c.VXLANPorts, TPIDs: c.TPIDs, FragmentCache: -1}
	if err := decode.Validate(); err != nil {
		return nil, fmt.Errorf("anon: %w", err)
	}
	if len(key) != KeySize {
		return nil, fmt.Errorf("%w: %d bytes, want %d", ErrKey, len(key), KeySize)
	}
	block, err := aes.NewCipher(key[:16])
	if err != nil {
		return nil, fmt.Errorf("anon: %w", err)
	}
	a := &Anonymizer{cfg: c, block: block, dec: pcapio.NewDecoder(nil, decode)}
	block.Encrypt(a.pad[:], key[16:])
	block.Encrypt(a.macPad[:], a.pad[:])
	block.Encrypt(a.names.pad[:], a.macPad[:])
	return a, nil
}

// IPv4 returns the image of an IPv4 address.
func (a *Anonymizer) IPv4(addr [4]byte) [4]byte {
	slot := a.v4.slot(uint64(binary.BigEndian.Uint32(addr[:])))
	if !slot.used || slot.in != addr {
		slot.in, slot.out, slot.used = addr, addr, true
		a.scramble(slot.out[:], &a.pad, 0)
	}
	return slot.out
}

// IPv6 returns the image of an IPv6 address.
func (a *Anonymizer) IPv6(addr [16]byte) [16]byte {
	slot := a.v6.slot(binary.BigEndian.Uint64(addr[:]) ^ binary.BigEndian.Uint64(addr[8:])*0x9e3779b97f4a7c15)
	if !slot.used || slot.in != addr {
		slot.in, slot.out, slot.used = addr, addr, true
		a.scramble(slot.out[:], &a.pad, 0)
	}
	return slot.out
}

// Addr returns the image of an address, IPv4 or IPv6; IPv4-mapped IPv6 addresses are IPv6. The zone
// is dropped.
func (a *Anonymizer) Addr(addr netip.Addr) netip.Addr {
	switch {
	case addr.Is4():
		return netip.AddrFrom4(a.IPv4(addr.As4()))
	case addr.Is6():
		return netip.AddrFrom16(a.IPv6(addr.As16()))
	}
	return addr
}

// macBits are the bits of the first byte of a MAC address that stay: group and local (IEEE 802,
// 8.2).
const macBits = 0x03

var broadcast = [6]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// MAC returns the image of a MAC address. Broadcast and the zero address stay.
func (a *Anonymizer) MAC(addr [6]byte) [6]byte {
	if addr == broadcast || addr == [6]byte{} {
		return addr
	}
	slot := a.mac.slot(uint64(binary.BigEndian.Uint32(addr[:])) | uint64(binary.BigEndian.Uint16(addr[4:]))<<32)
	if !slot.used || slot.in != addr {
		slot.in, slot.out, slot.used = addr, addr, true
		// An address whose image is one of the two that stay goes one step further: no two
		// addresses have one image.
		for again := true; again; again = slot.out == broadcast || slot.out == [6]byte{} {
			a.scramble(slot.out[:], &a.macPad, macBits)
		}
	}
	return slot.out
}

// scramble is Crypto-PAn in place: bit i of the image is bit i of the address, flipped if the
// cipher says so of the i bits before it, filled up by pad. Bits of the first byte that are set in
// keep are not flipped.
func (a *Anonymizer) scramble(addr []byte, pad *[16]byte, keep byte) {
	a.in = *pad
	for n, original := range addr {
		for i := range 8 {
			bit := byte(0x80) >> i
			a.block.Encrypt(a.out[:], a.in[:])
			if a.out[0]&0x80 != 0 && (n > 0 || bit&keep == 0) {
				addr[n] ^= bit
			}
			a.in[n] = a.in[n]&^bit | original&bit
		}
	}
}

// cache remembers images. Each address has one place in it, and a later address replaces an earlier
// one there. So memory is bounded, and nothing is searched.
type cache[A comparable] [1 << 13]struct {
	in, out A
	used    bool
}

func (c *cache[A]) slot(hash uint64) *struct {
	in, out A
	used    bool
} {
	return &c[hash*0x9e3779b97f4a7c15>>(64-13)]
}
