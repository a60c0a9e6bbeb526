package geo

import (
	"math/rand/v2"
	"net/netip"
	"testing"
)

func TestClassOf(t *testing.T) {
	for _, c := range []struct {
		addr  string
		class Class
	}{
		{"0.0.0.0", ThisNetwork}, {"0.255.255.255", ThisNetwork}, {"1.0.0.0", Global}, {"9.255.255.255", Global}, {"10.0.0.0", Private},
		{"10.255.255.255", Private}, {"11.0.0.0", Global}, {"100.63.255.255", Global}, {"100.64.0.0", Shared}, {"100.127.255.255", Shared},
		{"100.128.0.0", Global}, {"127.0.0.1", Loopback}, {"169.254.1.1", LinkLocal}, {"172.15.255.255", Global}, {"172.16.0.0", Private},
		{"172.31.255.255", Private}, {"172.32.0.0", Global}, {"192.0.0.8", Protocol}, {"192.0.1.0", Global}, {"192.0.2.1", Documentation},
		{"192.88.99.1", Transition}, {"192.168.0.1", Private}, {"192.169.0.0", Global}, {"198.17.255.255", Global}, {"198.18.0.0", Benchmarking},
		{"198.19.255.255", Benchmarking}, {"198.51.100.7", Documentation}, {"203.0.113.255", Documentation}, {"203.0.114.0", Global},
		{"223.255.255.255", Global}, {"224.0.0.1", Multicast}, {"233.252.0.1", Documentation}, {"239.255.255.255", Multicast},
		{"240.0.0.0", Reserved}, {"255.255.255.254", Reserved}, {"255.255.255.255", Broadcast}, {"8.8.8.8", Global},
		{"::", ThisNetwork}, {"::1", Loopback}, {"::2", Global}, {"::ffff:10.0.0.1", Private}, {"64:ff9b::808:808", Transition},
		{"64:ff9b:1::1", Transition}, {"100::1", Discard}, {"100:0:0:1::1", Protocol}, {"2001::1", Transition}, {"2001:1::1", Protocol},
		{"2001:2::1", Benchmarking}, {"2001:3::1", Global}, {"2001:4:112::1", Global}, {"2001:2f::1", Global}, {"2001:1ff::1", Protocol},
		{"2001:200::1", Global}, {"2001:db8::1", Documentation}, {"2001:db9::", Global}, {"2002:808:808::1", Transition}, {"3fff::1", Documentation},
		{"3fff:1000::", Global}, {"5f00::1", Protocol}, {"fc00::1", Private}, {"fdff::1", Private}, {"fe80::1%eth0", LinkLocal}, {"fec0::1", Private},
		{"ff02::1", Multicast}, {"2600::1", Global},
	} {
		t.Run(c.addr, func(t *testing.T) {
			addr := netip.MustParseAddr(c.addr)
			class, prefix := ClassOf(addr)
			if class != c.class || !prefix.Contains(addr.Unmap().WithZone("")) || prefix != prefix.Masked() {
				t.Errorf("%s: %v in %v, want %v", c.addr, class, prefix, c.class)
			}
			if class.String() == "invalid" {
				t.Errorf("%d has no name", class)
			}
		})
	}
	if c, p := ClassOf(netip.Addr{}); c != ThisNetwork || p.IsValid() || Class(99).String() != "invalid" {
		t.Errorf("zero address: %v %v", c, p)
	}
}

// All addresses of the prefix that ClassOf returns have its class: tried at the edges, and at
// random within.
func TestClassPrefix(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for range 3000 {
		b := [16]byte{}
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		if r.IntN(2) == 0 { // where most special prefixes are
			copy(b[:], []byte{0x20, 1, byte(r.IntN(2)), byte(r.IntN(6))})
		}
		addr := netip.AddrFrom16(b)
		if r.IntN(2) == 0 {
			addr = netip.AddrFrom4([4]byte(b[12:]))
		}
		class, prefix := ClassOf(addr)
		last := prefix.Addr().AsSlice()
		for i := prefix.Bits(); i < 8*len(last); i++ {
			last[i/8] |= 0x80 >> (i % 8)
		}
		end, _ := netip.AddrFromSlice(last)
		for _, a := range []netip.Addr{prefix.Addr(), end} {
			if c, _ := ClassOf(a); c != class || !prefix.Contains(a) {
				t.Fatalf("%v in %v is %v, but %v is %v", addr, prefix, class, a, c)
			}
		}
	}
}
