package echo

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// fragment is bytes from to to of a datagram whose data is its position.
func fragment(t *testing.T, id uint16, from, to int, more bool) *pcapio.Packet {
	t.Helper()
	p := message{from: hostA, to: hostB, typ: 8, data: string(make([]byte, max(to-from-8, 0)))}.packet(t)
	p.Data = p.Data[:20+to-from]
	for i := range p.Data[20:] {
		p.Data[20+i] = byte(from + i)
	}
	binary.BigEndian.PutUint16(p.Data[2:], uint16(len(p.Data)))
	binary.BigEndian.PutUint16(p.Data[4:], id)
	offset := uint16(from / 8)
	if more {
		offset |= 0x2000
	}
	binary.BigEndian.PutUint16(p.Data[6:], offset)
	p.OrigLen = len(p.Data)
	decoder.Decode(p)
	return p
}

func TestAssembler(t *testing.T) {
	a, b, c := fragment(t, 1, 0, 16, true), fragment(t, 1, 16, 32, true), fragment(t, 1, 32, 40, false)
	wide := fragment(t, 1, 8, 40, false)
	for name, in := range map[string][]*pcapio.Packet{
		"in order": {a, b, c}, "backwards": {c, b, a}, "middle last": {a, c, b}, "twice": {a, a, c, c, b}, "overlapping": {a, wide},
		"others between": {a, fragment(t, 2, 0, 16, true), b, fragment(t, 2, 16, 32, true), c},
	} {
		t.Run(name, func(t *testing.T) {
			s := newAssembler()
			for i, p := range in {
				got := s.add(p)
				if (got != nil) != (i == len(in)-1) {
					t.Errorf("%s: whole after fragment %d", name, i)
				}
				if got == nil {
					continue
				}
				want := make([]byte, 40)
				for k := range want {
					want[k] = byte(k)
				}
				if len(got) != 60 || binary.BigEndian.Uint16(got[2:]) != 60 || binary.BigEndian.Uint16(got[6:]) != 0 || !bytes.Equal(got[20:], want) {
					t.Errorf("%s: % x", name, got)
				}
			}
		})
	}
}

func TestAssemblerIsBounded(t *testing.T) {
	s := newAssembler()
	for id := range uint16(2 * maxDatagrams) {
		if got := s.add(fragment(t, id, 0, 16, true)); got != nil {
			t.Fatal("whole")
		}
	}
	if len(s.open) != maxDatagrams || len(s.order) != maxDatagrams || s.dropped != maxDatagrams {
		t.Error(len(s.open), len(s.order), s.dropped)
	}
	if s.add(fragment(t, 5, 16, 24, false)) != nil || s.add(fragment(t, 2*maxDatagrams-1, 16, 24, false)) == nil {
		t.Error("the oldest must be forgotten, the latest not")
	}
}

// Fragments in any order and with any holes are put together as by a plain list of bytes.
func TestAssemblerAgainstModel(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		s := newAssembler()
		var have [200]bool
		total := -1
		for range 40 {
			from := 8 * rng.IntN(12)
			to := from + 1 + rng.IntN(30)
			more := rng.IntN(8) > 0
			got := s.add(fragment(t, 1, from, to, more))
			for i := from; i < to; i++ {
				have[i] = true
			}
			if !more {
				total = to
			}
			whole := total >= 0
			for i := range max(total, 0) {
				whole = whole && have[i]
			}
			if (got != nil) != whole {
				t.Fatalf("%d to %d, %v: whole is %v", from, to, more, got != nil)
			}
			if whole {
				break
			}
		}
	}
}

// A datagram with as many holes as there can be takes no longer for each fragment than another:
// what is kept of it does not grow with the fragments, nor is it sorted.
func TestAssemblerIsLinear(t *testing.T) {
	s := newAssembler()
	for i := range 8000 {
		if s.add(fragment(t, 1, 16*(i%4000), 16*(i%4000)+8, true)) != nil {
			t.Fatal("whole")
		}
	}
	for _, d := range s.open {
		if len(d.there) > 8192 || d.whole != 0 {
			t.Errorf("%d eights, %d looked at", len(d.there), d.whole)
		}
	}
}
