package anon

import (
	"bytes"
	"crypto/cipher"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// countingBlock counts the blocks that are encrypted, which is what anonymising costs.
type countingBlock struct {
	cipher.Block
	n int
}

func (c *countingBlock) Encrypt(dst, src []byte) {
	c.n++
	c.Block.Encrypt(dst, src)
}

// Packets that make the most of each of their bytes, of n and 4n records or headers: blocks must
// grow with the packet, and be at most as many as a name of 127 labels behind each pointer takes.
func TestRecordIsLinear(t *testing.T) {
	long := append(bytes.Repeat([]byte{1, 'a'}, 126), 0) // 253 bytes; at 12 in the message
	// each record's name is a pointer to the pointer before it
	pointers := func(n int) []byte {
		b := cat(head(1, n, 0), long, u16(1, 1))
		for last := 12; n > 0; n-- {
			at := len(b)
			b = append(b, rr(u16(0xc000|last&0x3fff), dnsA, []byte{10, 0, 0, 1})...)
			last = at
		}
		return b
	}
	for _, tt := range []struct {
		name  string
		build func(n int) []byte
	}{
		{"records with one long name", func(n int) []byte {
			return ip4(17, udpSeg(hostA, hostB, 53, 9, cat(head(1, n, 0), long, u16(1, 1), bytes.Repeat(rr(pointer, dnsA, []byte{10, 0, 0, 1}), n))))
		}},
		{"pointers to pointers", func(n int) []byte { return ip4(17, udpSeg(hostA, hostB, 53, 9, pointers(n))) }},
		{"a name that points to itself", func(n int) []byte {
			return ip4(17, udpSeg(hostA, hostB, 53, 9, cat(head(1, n, 0), u16(0xc00c), u16(1, 1), bytes.Repeat(rr(pointer, dnsA, []byte{10, 0, 0, 1}), n))))
		}},
		{"extension headers", func(n int) []byte { return ip6(60, bytes.Repeat([]byte{60, 0, 1, 4, 0, 0, 0, 0}, n)) }},
		{"IP in IP", func(n int) []byte {
			b := []byte{1, 2, 3, 4}
			for range n {
				b = ip4(4, b)
			}
			return b
		}},
		{"messages in a TCP stream", func(n int) []byte {
			m := cat(head(1, 0, 0), name("_a._b"), u16(1, 1))
			segment := tcpSeg(hostA, hostB, nil, bytes.Repeat(cat(u16(len(m)), m), n))
			copy(segment, u16(53))
			return ip4(6, segment)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			work := func(n int) (blocks, size int) {
				a := sample(t)
				c := &countingBlock{Block: a.block}
				a.block = c
				r := pcapio.Record{LinkType: pcapio.LinkRaw, Data: tt.build(n)}
				r.OrigLen = len(r.Data)
				size = len(r.Data)
				a.Record(&r)
				return c.n, size
			}
			few, small := work(500)
			many, large := work(2000)
			if many > 5*few+1000 || few > 20*small+1000 || many > 20*large+1000 {
				t.Errorf("%d blocks for %d bytes, %d for %d", few, small, many, large)
			}
		})
	}
}
