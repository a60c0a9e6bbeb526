package anon

// DNS record types (IANA) that hold addresses or names.
const (
	dnsA     = 1
	dnsNS    = 2
	dnsCNAME = 5
	dnsSOA   = 6
	dnsPTR   = 12
	dnsMX    = 15
	dnsAAAA  = 28
	dnsSRV   = 33
	dnsDNAME = 39
	dnsOPT   = 41
	dnsSVCB  = 64
	dnsHTTPS = 65
)

// dns anonymises a DNS message (RFC 1035) in a UDP datagram. A message with a bad record is cut
// where that record begins.
func (a *Anonymizer) dns(off, end int) {
	if good := a.message(off, end); good < end {
		a.unknown(good, ReasonDNS)
	}
}

// dnsStream anonymises the DNS messages in a TCP segment, each behind its length (RFC 1035, 4.2.2).
// A message that is not whole in the segment is cut, with all that follows it: it continues in
// segments that cannot be read by themselves.
func (a *Anonymizer) dnsStream(off, end int) {
	for off < end {
		if end-off < 2 || a.u16(off) > end-off-2 {
			a.unknown(off, ReasonDNS)
			return
		}
		next := off + 2 + a.u16(off)
		if a.message(off+2, next) != next {
			a.unknown(off, ReasonDNS)
			return
		}
		off = next
	}
}

// message anonymises the DNS message from off to end and returns where it stopped understanding:
// end if all is well.
func (a *Anonymizer) message(off, end int) int {
	if end-off < 12 || end-off > 0xffff {
		return off
	}
	m := message{a.packet.data[off:end]}
	a.names.begin(len(m.b))
	questions, records := m.u16(4), m.u16(6)+m.u16(8)+m.u16(10)
	if m.u16(2)&0x7800 > 6<<11 || m.u16(2)&0x0040 != 0 || 5*questions+11*records > len(m.b) {
		return off // unused bits, or more records than fit
	}
	at := 12
	for range questions {
		next := a.name(m, at)
		if next < 0 || next+4 > len(m.b) {
			return off + at
		}
		at = next + 4
	}
	for range records {
		next := a.record(m, at)
		if next < 0 {
			return off + at
		}
		at = next
	}
	return off + at
}

// record anonymises the resource record at and returns the place behind it, -1 if it is bad.
func (a *Anonymizer) record(m message, at int) int {
	at = a.name(m, at)
	if at < 0 || at+10 > len(m.b) {
		return -1
	}
	typ, size := m.u16(at), m.u16(at+8)
	at += 10
	end := at + size
	if end > len(m.b) {
		return -1
	}
	data := m.b[at:end]
	ok := true
	switch typ {
	case dnsA:
		ok = size == 4 && a.prefix4(data, 32) || size == 0 // empty in updates
	case dnsAAAA:
		ok = size == 16 && a.prefix6(data, 128) || size == 0
	case dnsNS, dnsCNAME, dnsPTR, dnsDNAME:
		ok = size == 0 || a.name(m, at) == end
	case dnsMX:
		ok = size == 0 || a.name(m, at+2) == end
	case dnsSRV:
		ok = size == 0 || a.name(m, at+6) == end
	case dnsSOA:
		if size > 0 {
			next := a.name(m, at)
			ok = next > 0 && a.name(m, next) == end-20
		}
	case dnsSVCB, dnsHTTPS:
		ok = size == 0 || a.service(m, at, end)
	case dnsOPT:
		ok = a.edns(data)
	default: // text, places, keys and signatures of zones
		a.clear(data)
	}
	if !ok {
		return -1
	}
	return end
}

// prefix4 anonymises an address that may be cut to its first bits. It returns false if it could
// not.
func (a *Anonymizer) prefix4(b []byte, bits int) bool {
	var addr [4]byte
	copy(addr[:], b)
	image := a.IPv4(addr)
	return replacePrefix(b, image[:], bits)
}

func (a *Anonymizer) prefix6(b []byte, bits int) bool {
	var addr [16]byte
	copy(addr[:], b)
	image := a.IPv6(addr)
	return replacePrefix(b, image[:], bits)
}

// replacePrefix sets b, which is just long enough for it, to the first bits of image.
func replacePrefix(b, image []byte, bits int) bool {
	if bits > 8*len(image) || len(b) != (bits+7)/8 {
		return false
	}
	copy(b, image)
	if bits%8 != 0 {
		b[len(b)-1] &= 0xff << (8 - bits%8)
	}
	return true
}

// edns anonymises the client subnets among EDNS options (RFC 7871, 6) and blanks others that may
// identify: cookies (RFC 7873) are made of addresses.
func (a *Anonymizer) edns(b []byte) bool {
	const understood5, understood6, understood7, clientSubnet, expire, keepalive, padding = 5, 6, 7, 8, 9, 11, 12
	for len(b) >= 4 {
		m := message{b}
		code, size := m.u16(0), m.u16(2)
		if len(b) < 4+size {
			return false
		}
		option := b[4 : 4+size]
		switch {
		case code == understood5, code == understood6, code == understood7, code == expire, code == keepalive, code == padding:
		case code == clientSubnet && size >= 4:
			family, bits := message{option}.u16(0), int(option[2])
			if !(family == 1 && a.prefix4(option[4:], bits) || family == 2 && a.prefix6(option[4:], bits)) {
				return false
			}
		default:
			a.clear(option)
		}
		b = b[4+size:]
	}
	return len(b) == 0
}

// service anonymises the address hints of a service binding (RFC 9460, 2.2 and 7.3).
func (a *Anonymizer) service(m message, at, end int) bool {
	const mandatory, alpn, noDefaultALPN, port, ipv4Hint, ipv6Hint = 0, 1, 2, 3, 4, 6
	at = a.name(m, at+2)
	if at < 0 {
		return false
	}
	for end-at >= 4 {
		key, size := m.u16(at), m.u16(at+2)
		at += 4
		if end-at < size {
			return false
		}
		value := m.b[at : at+size]
		switch key {
		case ipv4Hint:
			for ; len(value) >= 4; value = value[4:] {
				a.prefix4(value[:4], 32)
			}
		case ipv6Hint:
			for ; len(value) >= 16; value = value[16:] {
				a.prefix6(value[:16], 128)
			}
		case mandatory, alpn, noDefaultALPN, port:
		default: // keys, paths
			a.clear(value)
		}
		at += size
	}
	return at == end
}

// message is a DNS message: names point to places in it.
type message struct{ b []byte }

// name reads the name at, and replaces it by its image, or masks its labels if it is a reverse
// name. It returns the place behind it, or -1 if it is bad. Another pointer may lead to labels that
// are already masked: x stays x.
func (a *Anonymizer) name(m message, at int) int {
	const maxLabels = 128 // a name has 255 bytes at most
	var labels [maxLabels]int
	n, behind := 0, -1
	for jumps := 0; ; {
		if at < 0 || at >= len(m.b) {
			return -1
		}
		switch size := int(m.b[at]); {
		case size == 0:
			if behind < 0 {
				behind = at + 1
			}
			if !m.mask(labels[:n]) {
				a.image(m, labels[:n])
			}
			return behind
		case size&0xc0 == 0xc0:
			if jumps++; at+2 > len(m.b) || jumps > maxLabels {
				return -1
			}
			if behind < 0 {
				behind = at + 2
			}
			at = m.u16(at) & 0x3fff
		case size&0xc0 != 0 || at+1+size > len(m.b) || n == maxLabels:
			return -1
		default:
			labels[n] = at
			n++
			at += 1 + size
		}
	}
}

// mask overwrites the labels below in-addr.arpa and ip6.arpa, and tells whether the name is there.
// What is there is an address spelt backwards, or part of it.
func (m message) mask(labels []int) bool {
	n := len(labels)
	if n < 2 || !m.is(labels[n-1], "arpa") || !m.is(labels[n-2], "in-addr") && !m.is(labels[n-2], "ip6") {
		return false
	}
	for _, at := range labels[:n-2] {
		label := m.b[at+1 : at+1+int(m.b[at])]
		if label[0] == '_' { // a service (RFC 6763, 11)
			continue
		}
		for i := range label {
			label[i] = 'x'
		}
	}
	return true
}

// is tells whether the label at is the lower-case word, in any case.
func (m message) is(at int, word string) bool {
	if int(m.b[at]) != len(word) {
		return false
	}
	for i := range len(word) {
		c := m.b[at+1+i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != word[i] {
			return false
		}
	}
	return true
}
