package anon

import (
	"encoding/binary"
	"slices"
)

// names holds what the images of DNS names are made with.
type names struct {
	pad [16]byte // where every name begins
	// offsets in the message at hand whose labels are images already, one bit each
	done [1024]uint64
}

// commonTops are the top-level domains that stay, besides those of two letters, which are
// countries.
var commonTops = []string{"arpa", "com", "edu", "gov", "info", "int", "local", "mil", "net", "org"}

// image replaces the labels of a name, which are at the given places of a DNS message. The image of
// a label depends on the key, on the label without regard to case, and on the images of the labels
// behind it. So names in one domain have images in one domain, and a compression pointer leads to
// the same image again. An image has the length of its label. Labels of services, which begin with
// _, wildcards, and common top-level domains stay.
func (a *Anonymizer) image(m message, labels []int) {
	state := a.names.pad
	for i, at := range slices.Backward(labels) {
		label := m.b[at+1 : at+1+int(m.b[at])]
		word, bit := at>>6, uint64(1)<<(at&63)
		if a.names.done[word]&bit == 0 {
			a.names.done[word] |= bit
			top := i == len(labels)-1 && i > 0 && commonTop(m, at)
			if !top && label[0] != '_' && label[0] != '*' {
				a.relabel(state, label)
			}
		}
		state = a.absorb(state, label)
	}
}

// commonTop tells whether the label at says little: it is of two letters or in commonTops.
func commonTop(m message, at int) bool {
	isTop := func(word string) bool { return m.is(at, word) }
	return m.b[at] == 2 || slices.ContainsFunc(commonTops, isTop)
}

// relabel overwrites a label by letters that follow from it and from state.
func (a *Anonymizer) relabel(state [16]byte, label []byte) {
	state = a.absorb(state, label)
	const alphabet = "abcdefghijklmnopqrstuvwxyz234567"
	for i := range label {
		if i%16 == 0 {
			a.in = state
			a.in[0] ^= byte(i/16 + 1)
			a.block.Encrypt(a.out[:], a.in[:])
		}
		label[i] = alphabet[a.out[i%16]&31]
	}
}

// absorb returns the state after a label: CBC-MAC over its length and its bytes in lower case.
func (a *Anonymizer) absorb(state [16]byte, label []byte) [16]byte {
	a.in = state
	a.in[0] ^= byte(len(label))
	for i, c := range label {
		at := (i + 1) % 16
		if at == 0 {
			a.block.Encrypt(a.out[:], a.in[:])
			a.in = a.out
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		a.in[at] ^= c
	}
	a.block.Encrypt(a.out[:], a.in[:])
	return a.out
}

// begin forgets the places of the message before, of n bytes at most.
func (s *names) begin(n int) { clear(s.done[:min(len(s.done), n>>6+1)]) }

// u16 reads a number of a message.
func (m message) u16(at int) int { return int(binary.BigEndian.Uint16(m.b[at:])) }
