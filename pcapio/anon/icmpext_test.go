package anon

import (
	"bytes"
	"slices"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// object is an extension object of RFC 4884, 8.
func object(class, kind int, data []byte) []byte {
	return cat(u16(4+len(data)), []byte{byte(class), byte(kind)}, data)
}

// structure is an extension structure with its checksum.
func structure(objects ...[]byte) []byte {
	b := cat([]byte{0x20, 0, 0, 0}, slices.Concat(objects...))
	return put(b, 2, onesSum(b))
}

// Objects behind a quoted packet: addresses are anonymised, names masked, checksums kept right,
// labels left.
func TestExtensionObjects(t *testing.T) {
	a := sample(t)
	image := originals.image(a)
	labels := object(1, 1, []byte{0, 1, 0x11, 9})
	// Index, address, name, MTU of the incoming interface (RFC 5837, 4.1): role and bits in the
	// kind.
	full := func(w world, name string) []byte {
		return object(2, 0x0f, cat(u16(0, 7, 1, 0), w.c, []byte{12}, []byte(name + "\x00\x00\x00\x00\x00\x00\x00\x00\x00")[:11], u16(0, 1500)))
	}
	six := func(w world) []byte { return object(2, 0x04, cat(u16(2, 0), w.c6)) }
	named := func(name string) []byte { return object(2, 0x02, cat([]byte{byte(len(name) + 1)}, []byte(name))) }
	quote := func(w world, size int) []byte { return slices.Concat(w.udp4(9, 10, make([]byte, 200)))[:size] }
	for _, c := range []struct {
		name  string
		build func(w world, name string) []byte
	}{
		{"with a length", func(w world, name string) []byte {
			return icmp4(11, 0, cat(u16(0x0020, 0), quote(w, 128), structure(labels, full(w, name))))
		}},
		{"longer quote", func(w world, name string) []byte {
			return icmp4(3, 3, cat(u16(0x0028, 0), quote(w, 160), structure(full(w, name), six(w))))
		}},
		{"without a length", func(w world, name string) []byte {
			return icmp4(11, 0, cat(u16(0, 0), quote(w, 128), structure(full(w, name), labels)))
		}},
		{"without a length, short packet", func(w world, name string) []byte {
			return icmp4(11, 0, cat(u16(0, 0), w.udp4(9, 10, nil), make([]byte, 100), structure(full(w, name))))
		}},
		{"without checksum", func(w world, name string) []byte {
			return icmp4(12, 0, cat(u16(0x0020, 0), quote(w, 128), put(structure(named(name+"x")), 2, 0)))
		}},
	} {
		for _, outer := range []struct {
			name string
			link pcapio.LinkType
			wrap func(w world, message []byte) []byte
		}{
			{"", 101, func(w world, m []byte) []byte { return ip4opt(1, w.b, w.a, nil, m) }},
			{" in VXLAN", 101, func(w world, m []byte) []byte {
				return w.udp4(9, 4789, cat(u16(0x0800, 0, 0, 0), w.eth(0x0800, ip4opt(1, w.b, w.a, nil, m))))
			}},
		} {
			t.Run(c.name+outer.name, func(t *testing.T) {
				masked := "xxxxxxxx"
				got := run(t, a, outer.link, outer.wrap(originals, c.build(originals, "ge-0/0/1")))
				if want := outer.wrap(image, c.build(image, masked)); !bytes.Equal(got, want) {
					t.Errorf("made\n%x, want\n%x", got, want)
				}
			})
		}
	}
	t.Run("ICMPv6", func(t *testing.T) {
		build := func(w world, name string) []byte {
			return w.icmp6(3, cat([]byte{16, 0, 0, 0}, w.udp6(9, 10, make([]byte, 200))[:128], structure(six(w), named(name), labels)))
		}
		got := run(t, a, 101, build(originals, "ge-0/0/1"))
		if want := build(image, "xxxxxxxx"); !bytes.Equal(got, want) {
			t.Errorf("made\n%x, want\n%x", got, want)
		}
	})
	if s := a.Stats(); s.UnknownCut != 0 {
		t.Errorf("counters %+v", s)
	}
}

// What is not understood behind a quoted packet is cut, and no captured length lets an address
// through.
func TestExtensionCut(t *testing.T) {
	quote := originals.udp4(9, 10, make([]byte, 200))[:128]
	known := object(1, 1, []byte{0, 1, 0x11, 9})
	for _, c := range []struct {
		name string
		rest []byte
		keep int // of rest
	}{
		{"unknown class", structure(known, object(9, 1, hostC)), 16},
		{"node identification", structure(object(5, 0, cat(u16(1, 0), hostC))), 8},
		{"other version", cat([]byte{0x30, 0, 0, 0}, object(2, 4, hostC)), 0},
		{"unknown address family", structure(object(2, 4, cat(u16(9, 0), macA))), 12},
		{"bad length of an object", cat([]byte{0x20, 0, 0, 0}, u16(2, 0x0204), hostC), 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := sample(t)
			frame := ip4(1, icmp4(11, 0, cat(u16(0x0020, 0), quote, c.rest)))
			if got := run(t, a, 101, frame); len(got) != 20+8+128+c.keep {
				t.Errorf("%d bytes were kept", len(got)-20-8-128)
			}
			if s := a.Stats(); s.Unknown[ReasonICMP] != 1 {
				t.Errorf("counters %+v", s)
			}
		})
	}
	a := sample(t)
	for _, length := range []int{0, 0x20} {
		frame := ip4(1, icmp4(11, 0, cat(u16(length, 0), quote, structure(object(2, 0x06, cat(u16(1, 0), hostC, []byte{12}, []byte("secret-name")))))))
		for n := range frame {
			r := pcapio.Record{LinkType: 101, OrigLen: len(frame), Data: frame[:n]}
			a.Record(&r)
			if bytes.Contains(r.Data, hostC) || bytes.Contains(r.Data, []byte("secr")) {
				t.Fatalf("cut at %d: %q", n, r.Data)
			}
		}
	}
}
