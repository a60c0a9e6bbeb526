package gopacketio

import "github.com/reeftools/reef/pcapio"

// decoders are the link types that gopacket decodes, and the number that it knows each by: the
// table LinkTypeMetadata of its package layers. Raw IP has one number for it, whatever the file's.
var decoders = map[pcapio.LinkType]uint16{
	pcapio.LinkNull:     0,
	pcapio.LinkEthernet: 1,
	pcapio.LinkPPP:      9,
	pcapio.LinkFDDI:     10,
	pcapio.LinkRaw12:    101,
	pcapio.LinkRaw14:    101,
	pcapio.LinkRaw:      101,
	pcapio.LinkWLAN:     105,
	pcapio.LinkLoop:     108,
	pcapio.LinkSLL:      113,
	pcapio.LinkPFLOG:    117,
	pcapio.LinkPrism:    119,
	pcapio.LinkRadiotap: 127,
	linuxUSB:            220,
	pcapio.LinkIPv4:     101,
	pcapio.LinkIPv6:     101,
	pcapio.LinkSLL2:     276, // of the fork, whose link types have 16 bits
}

const linuxUSB pcapio.LinkType = 220

// LinkType returns gopacket's link type for t, which is also the decoder of its frames there, such
// as layers.LinkType. It is not ok if that version of gopacket has no decoder for them: a
// conversion by hand would make one link type of another, as 276 (Linux SLL2) has more bits than
// google/gopacket's LinkType.
func LinkType[L ~uint8 | ~uint16](t pcapio.LinkType) (link L, ok bool) {
	number, ok := decoders[t]
	if !ok || uint16(L(number)) != number {
		return 0, false
	}
	return L(number), true
}
