package filter

import "strings"

// keyword parses a primitive that begins with a word of its own; it returns nil if none comes next.
// before is the protocol that stood in front of the word, which only some of them allow.
func (p *parser) keyword(before proto) (node, error) {
	t := p.peek()
	if t.kind != tokWord {
		return nil, nil
	}
	n := keywordNode{word: t.text, proto: before, pos: t.pos}
	var err error
	switch t.text {
	case "broadcast", "multicast":
		p.take()
		return n, nil
	case "type", "subtype", "dir":
		p.take()
		return p.frame(t.text)
	case "llc":
		p.take()
		return p.llc()
	}
	if before != protoNone {
		return nil, nil
	}
	switch t.text {
	case "inbound", "outbound", "pppoed":
		p.take()
	case "less", "greater", "ifindex":
		p.take()
		n.hasN = true
		n.n, err = p.number("a number")
	case "vlan", "mpls", "pppoes", "geneve":
		p.take()
		n.n, n.hasN, err = p.optionalNumber()
	case "byte":
		p.take()
		if n.offset, err = p.number("an offset"); err != nil {
			return nil, err
		}
		if !p.word("&", "|", "<", ">", "=") {
			return nil, p.errorf(p.peek().pos, "expected one of & | < > =, found %v", p.peek())
		}
		n.op = p.take().text
		n.n, err = p.number("a number")
	default:
		return nil, nil
	}
	return n, err
}

// optionalNumber parses a number, which may be in parentheses.
func (p *parser) optionalNumber() (uint32, bool, error) {
	i := 0
	for t := p.peek(); t.kind == tokWord && t.text == "("; t = p.peekAfter(i) {
		i++
	}
	if p.peekAfter(i).kind != tokNum {
		return 0, false, nil
	}
	p.at += i
	n := p.take().num
	for ; i > 0; i-- {
		if err := p.expect(")"); err != nil {
			return 0, false, err
		}
	}
	return n, true, nil
}

// Frame control field of 802.11 (IEEE 802.11-2020, 9.2.4.1): bits 2 and 3 of the first byte are the
// type, 4 to 7 the subtype.
const (
	wlanTypeMask    = 0x0c
	wlanSubtypeMask = 0xf0
	wlanDirMask     = 0x03
)

var wlanTypes = map[string]uint32{"mgt": 0x00, "management": 0x00, "ctl": 0x04, "control": 0x04, "data": 0x08}

// wlanSubtypes are the names of the subtypes of each type.
var wlanSubtypes = []struct {
	kind  uint32
	names map[string]uint32
}{
	{0x00, map[string]uint32{
		"assocreq": 0x00, "assoc-req": 0x00, "assocresp": 0x10, "assoc-resp": 0x10, "reassocreq": 0x20, "reassoc-req": 0x20,
		"reassocresp": 0x30, "reassoc-resp": 0x30, "probereq": 0x40, "probe-req": 0x40, "proberesp": 0x50, "probe-resp": 0x50,
		"beacon": 0x80, "atim": 0x90, "disassoc": 0xa0, "disassociation": 0xa0, "auth": 0xb0, "authentication": 0xb0,
		"deauth": 0xc0, "deauthentication": 0xc0}},
	{0x04, map[string]uint32{
		"ps-poll": 0xa0, "rts": 0xb0, "cts": 0xc0, "ack": 0xd0, "cf-end": 0xe0, "cf-end-ack": 0xf0}},
	{0x08, map[string]uint32{
		"data": 0x00, "data-cf-ack": 0x10, "data-cf-poll": 0x20, "data-cf-ack-poll": 0x30, "null": 0x40, "cf-ack": 0x50, "cf-poll": 0x60,
		"cf-ack-poll": 0x70, "qos-data": 0x80, "qos-data-cf-ack": 0x90, "qos-data-cf-poll": 0xa0, "qos-data-cf-ack-poll": 0xb0,
		"qos": 0xc0, "qos-cf-poll": 0xe0, "qos-cf-ack-poll": 0xf0}},
}

var wlanDirs = map[string]uint32{"nods": 0, "tods": 1, "fromds": 2, "dstods": 3}

// frame parses what follows type, subtype or dir.
func (p *parser) frame(word string) (node, error) {
	t := p.take()
	name := strings.ToLower(t.text)
	switch {
	case t.kind != tokName && t.kind != tokNum:
		return nil, p.errorf(t.pos, "expected an 802.11 %s, found %v", word, t)
	case word == "dir":
		v, ok := wlanDirs[name]
		if t.kind == tokNum {
			v, ok = t.num, true
		}
		if !ok {
			return nil, p.errorf(t.pos, "unknown 802.11 direction %v", t)
		}
		return frameNode{1, v, wlanDirMask}, nil
	case word == "subtype":
		for _, s := range wlanSubtypes {
			if v, ok := s.names[name]; ok {
				return frameNode{0, s.kind | v, wlanTypeMask | wlanSubtypeMask}, nil
			}
		}
		return nil, p.errorf(t.pos, "unknown 802.11 subtype %v", t)
	}
	kind, ok := wlanTypes[name]
	if t.kind == tokNum {
		kind, ok = t.num, t.num&^wlanTypeMask == 0
	}
	if !ok {
		return nil, p.errorf(t.pos, "unknown 802.11 type %v", t)
	}
	if !p.accept("subtype") {
		return frameNode{0, kind, wlanTypeMask}, nil
	}
	t = p.take()
	sub, ok := t.num, t.kind == tokNum && t.num&^wlanSubtypeMask == 0
	for _, s := range wlanSubtypes {
		if t.kind == tokName && s.kind == kind {
			sub, ok = s.names[strings.ToLower(t.text)]
		}
	}
	if !ok {
		return nil, p.errorf(t.pos, "unknown 802.11 subtype %v", t)
	}
	return frameNode{0, kind | sub, wlanTypeMask | wlanSubtypeMask}, nil
}

// llcTypes are frame types of IEEE 802.2: value and mask of the control field.
var llcTypes = map[string]llcNode{
	"i": {0, 0x01}, "s": {0x01, 0x03}, "u": {0x03, 0x03},
	"rr": {0x01, 0x0f}, "rnr": {0x05, 0x0f}, "rej": {0x09, 0x0f},
	"ui": {0x03, 0xef}, "ua": {0x63, 0xef}, "disc": {0x43, 0xef}, "sabme": {0x6f, 0xef}, "test": {0xe3, 0xef}, "xid": {0xaf, 0xef}, "frmr": {0x87, 0xef},
}

// llc parses what follows llc.
func (p *parser) llc() (node, error) {
	t := p.peek()
	if t.kind != tokName && !p.word("rnr") {
		return llcNode{}, nil
	}
	p.take()
	n, ok := llcTypes[strings.ToLower(t.text)]
	if !ok {
		return nil, p.errorf(t.pos, "unknown LLC frame type %v", t)
	}
	return n, nil
}
