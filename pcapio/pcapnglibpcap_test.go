package pcapio

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"
)

// TestLibpcapPcapng: where tcpdump 4.99 on libpcap 1.10 stops reading files that this project made
// like these, after how many packets. tcptrace and tcpstat stop there too.
func TestLibpcapPcapng(t *testing.T) {
	const eth, ip = LinkEthernet, LinkRaw
	frame := strings.Repeat("x", 54)
	le, be := byteOrder(binary.LittleEndian), byteOrder(binary.BigEndian)
	for _, c := range []struct {
		name    string
		packets int
		stops   bool
		build   func(n *ngBuilder, packet func(iface int))
	}{
		{"one interface after another", 3, false, func(n *ngBuilder, packet func(int)) {
			n.iface(eth, 0)
			packet(0)
			n.iface(eth, 262144) // what 0 means
			packet(1)
			n.iface(eth, 1<<31)
			packet(2)
		}},
		{"second section", 2, false, func(n *ngBuilder, packet func(int)) {
			n.iface(eth, 65535)
			packet(0)
			n.section(n.order)
			n.iface(eth, 65535)
			packet(0)
		}},
		{"another link type", 1, true, func(n *ngBuilder, packet func(int)) {
			n.iface(eth, 0)
			packet(0)
			n.iface(ip, 0)
			packet(0)
		}},
		{"second section of another link type", 1, true, func(n *ngBuilder, packet func(int)) {
			n.iface(eth, 0)
			packet(0)
			n.section(n.order)
			n.iface(LinkSLL, 0)
			n.iface(eth, 0)
			packet(1)
		}},
		{"raw IP twice", 0, true, func(n *ngBuilder, packet func(int)) {
			n.iface(ip, 0)
			n.iface(ip, 0)
			packet(0)
		}},
		{"raw IP in the second section", 1, true, func(n *ngBuilder, packet func(int)) {
			n.iface(ip, 0)
			packet(0)
			n.section(n.order)
			n.iface(ip, 0)
			packet(0)
		}},
		{"raw IP by its other number", 3, false, func(n *ngBuilder, packet func(int)) {
			n.iface(ip, 0)
			packet(0)
			n.iface(LinkRaw12, 0)
			packet(1)
			n.section(n.order)
			n.iface(LinkRaw12, 0)
			packet(0)
		}},
		{"another snap length", 1, true, func(n *ngBuilder, packet func(int)) {
			n.iface(eth, 65535)
			packet(0)
			n.iface(eth, 0)
			packet(1)
		}},
		{"another byte order", 1, true, func(n *ngBuilder, packet func(int)) {
			n.iface(eth, 0)
			packet(0)
			other := be
			if n.order == be {
				other = le
			}
			n.section(other)
			n.iface(eth, 0)
			packet(0)
		}},
		{"record over the snap length", 0, true, func(n *ngBuilder, packet func(int)) {
			n.iface(eth, 53)
			packet(0)
			packet(0)
		}},
		{"end of options with a value", 1, true, func(n *ngBuilder, packet func(int)) {
			n.iface(eth, 0)
			packet(0)
			n.iface(eth, 0, n.option(0, "abcd"))
			packet(0)
		}},
		{"bytes behind the end of options", 2, false, func(n *ngBuilder, packet func(int)) {
			n.iface(eth, 0)
			packet(0)
			n.iface(eth, 0, n.option(0, ""), []byte("junk"))
			packet(1)
		}},
		{"time resolution of two bytes", 1, true, func(n *ngBuilder, packet func(int)) {
			n.iface(eth, 0)
			packet(0)
			n.iface(eth, 0, n.option(9, "\x06\x00"))
			packet(0)
		}},
		{"time resolution twice", 1, true, func(n *ngBuilder, packet func(int)) {
			n.iface(eth, 0)
			packet(0)
			n.iface(eth, 0, n.option(9, "\x06"), n.option(9, "\x06"))
			packet(0)
		}},
		{"10^-19 s and 2^-63 s", 2, false, func(n *ngBuilder, packet func(int)) {
			n.iface(eth, 0, n.option(9, "\x13"))
			packet(0)
			n.iface(eth, 0, n.option(9, "\xbf"))
			packet(1)
		}},
		{"10^-20 s", 0, true, func(n *ngBuilder, packet func(int)) {
			n.iface(eth, 0, n.option(9, "\x14"))
			packet(0)
		}},
		{"2^-64 s", 0, true, func(n *ngBuilder, packet func(int)) {
			n.iface(eth, 0, n.option(9, "\xc0"))
			packet(0)
		}},
		{"time offset of four bytes", 0, true, func(n *ngBuilder, packet func(int)) {
			n.iface(eth, 0, n.option(14, "abcd"))
			packet(0)
		}},
		{"speed of four bytes", 1, false, func(n *ngBuilder, packet func(int)) {
			n.iface(eth, 0, n.option(8, "abcd"))
			packet(0)
		}},
		{"option longer than its block", 0, true, func(n *ngBuilder, packet func(int)) {
			o := n.option(2, "ab")
			n.order.PutUint16(o[2:], 100)
			n.iface(eth, 0, o)
			packet(0)
		}},
		{"simple packet", 2, false, func(n *ngBuilder, packet func(int)) {
			n.iface(eth, 50)
			n.block(blockSimplePacket, 54, frame)
			n.block(blockSimplePacket, 54, frame[:52])
		}},
		{"simple packet that is cut", 0, true, func(n *ngBuilder, packet func(int)) {
			n.iface(eth, 0)
			n.block(blockSimplePacket, 100, frame)
		}},
		{"length without padding", 1, true, func(n *ngBuilder, packet func(int)) {
			n.iface(eth, 0)
			packet(0)
			at := len(n.out)
			packet(0)
			n.order.PutUint32(n.out[at+4:], 32+54)
			n.order.PutUint32(n.out[len(n.out)-4:], 32+54)
			packet(0)
		}},
		{"custom block of 16 MiB", 2, false, func(n *ngBuilder, packet func(int)) {
			n.iface(eth, 0)
			packet(0)
			n.block(0xbad, make([]byte, 16<<20-blockOverhead))
			packet(0)
		}},
		{"longer custom block", 1, true, func(n *ngBuilder, packet func(int)) {
			n.iface(eth, 0)
			packet(0)
			n.block(0xbad, make([]byte, 16<<20))
			packet(0)
		}},
		{"version 1.1 in the second section", 2, false, func(n *ngBuilder, packet func(int)) {
			n.iface(eth, 0)
			packet(0)
			at := len(n.out)
			n.section(n.order)
			n.order.PutUint16(n.out[at+14:], 1)
			n.iface(eth, 0)
			packet(0)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, order := range []byteOrder{le, be} {
				n := &ngBuilder{}
				n.section(order)
				c.build(n, func(iface int) { n.enhanced(iface, 1e15, 54, frame) })
				for _, resync := range []bool{false, true} {
					recs, err := readBytes(t, n.out, ReaderConfig{Libpcap: true, Resync: resync})
					if len(recs) != c.packets || (err != nil) != c.stops {
						t.Errorf("%v: %d packets, %v", order, len(recs), err)
					}
					cut := c.name == "simple packet that is cut" // which is damage without libpcap too
					if c.stops && !cut && !errors.Is(err, ErrLibpcap) {
						t.Errorf("%v: %v is no ErrLibpcap", order, err)
					}
				}
			}
		})
	}
	for _, test := range []struct {
		name  string
		minor uint16
		stops bool
	}{
		{"version 1.0", 0, false},
		{"version 1.1", 1, true},
		{"version 1.2", 2, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := &ngBuilder{}
			n.section(le)
			le.PutUint16(n.out[14:], test.minor)
			if _, err := readBytes(t, n.out, ReaderConfig{Libpcap: true}); errors.Is(err, ErrLibpcap) != test.stops {
				t.Error(err)
			}
		})
	}
	n := &ngBuilder{}
	n.section(le, make([]byte, 1<<20))
	if _, err := readBytes(t, n.out, ReaderConfig{Libpcap: true}); !errors.Is(err, ErrLibpcap) {
		t.Errorf("long section header: %v", err)
	}
}
