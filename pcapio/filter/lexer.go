package filter

import (
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

type tokenKind uint8

const (
	tokEnd   tokenKind = iota
	tokWord            // keyword or operator; text is its canonical spelling
	tokNum             // number, or a name for one such as tcp-syn
	tokName            // anything else that looks like a word
	tokIPv4            // dotted numbers, two to four
	tokIPv6            //
	tokMAC             //
	tokOctet           // $5: an ARCnet address
)

type token struct {
	kind tokenKind
	text string
	num  uint32
	pos  int // offset in the expression
}

func (t token) String() string {
	if t.kind == tokEnd {
		return "end of expression"
	}
	return strconv.Quote(t.text)
}

// The patterns are tried in this order and the longest match wins, as in the lexical analyser of
// libpcap: "1-2" is therefore a name and not a subtraction. IPv6 addresses, the operators and
// escaped names are dealt with by hand. They are made when the first expression is compiled:
// programs that compile none start faster.
var patterns = sync.OnceValue(func() []pattern {
	return []pattern{
		{tokMAC, longest(`B(?::B){5}|B(?:-B){5}|B(?:\.B){5}|Q\.Q\.Q|QQQ`)},
		{tokNum, longest(`N`)},
		{tokIPv4, longest(`N(?:\.N){1,3}`)},
		{tokName, longest(`[A-Za-z0-9](?:[-_.A-Za-z0-9]*[.A-Za-z0-9])?`)},
		{tokOctet, longest(`\$B`)},
	}
})

type pattern struct {
	kind tokenKind
	re   *regexp.Regexp
}

var expandPattern = strings.NewReplacer("B", "[0-9A-Fa-f]{1,2}", "Q", "[0-9A-Fa-f]{4}", "N", "(?:0[xX][0-9A-Fa-f]+|[0-9]+)")

func longest(text string) *regexp.Regexp {
	if !strings.Contains(text, "A-Z") {
		text = expandPattern.Replace(text)
	}
	re := regexp.MustCompile(`^(?:` + text + `)`)
	re.Longest()
	return re
}

// Two-byte operators come before their first bytes.
var operators = []struct{ spelling, canonical string }{
	{"&&", "and"}, {"||", "or"}, {">=", ">="}, {"<=", "<="}, {"!=", "!="}, {"==", "="}, {"<<", "<<"}, {">>", ">>"},
	{"+", "+"}, {"-", "-"}, {"*", "*"}, {"/", "/"}, {"%", "%"}, {":", ":"}, {"[", "["}, {"]", "]"}, {"!", "not"},
	{"<", "<"}, {">", ">"}, {"(", "("}, {")", ")"}, {"&", "&"}, {"|", "|"}, {"^", "^"}, {"=", "="},
}

// lex splits expr into words; the last one is tokEnd.
func lex(expr string) ([]token, error) {
	var list []token
	for pos := 0; ; {
		for pos < len(expr) && strings.IndexByte(" \t\r\n", expr[pos]) >= 0 {
			pos++
		}
		if pos == len(expr) {
			return append(list, token{kind: tokEnd, pos: pos}), nil
		}
		t, n, msg := next(expr[pos:])
		if msg != "" {
			return nil, &SyntaxError{expr, pos + 1, msg}
		}
		t.pos = pos
		list = append(list, t)
		pos += n
	}
}

// next reads the word at the start of s and returns it with its length, or a message.
func next(s string) (token, int, string) {
	if s[0] == '\\' {
		n := strings.IndexAny(s, " !()\n\t")
		if n < 0 {
			n = len(s)
		}
		if n == 1 {
			return token{}, 0, "a name must follow the backslash"
		}
		return token{kind: tokName, text: s[1:n]}, n, ""
	}
	if n := ipv6Len(s); s[0] == ':' && n > 0 {
		return token{kind: tokIPv6, text: s[:n]}, n, ""
	}
	for _, op := range operators {
		if strings.HasPrefix(s, op.spelling) {
			return token{kind: tokWord, text: op.canonical}, len(op.spelling), ""
		}
	}
	var t token
	size := 0
	for _, p := range patterns() {
		if n := len(p.re.FindString(s)); n > size {
			t, size = token{kind: p.kind, text: s[:n]}, n
		}
	}
	if n := ipv6Len(s); n > size {
		return token{kind: tokIPv6, text: s[:n]}, n, ""
	}
	switch t.kind {
	case tokNum:
		n, err := strconv.ParseUint(t.text, 0, 32)
		if err != nil {
			return t, 0, fmt.Sprintf("%s is no decimal, octal (0...) or hexadecimal (0x...) number of 32 bits", t.text)
		}
		t.num = uint32(n)
	case tokName:
		if n, ok := numberNames[t.text]; ok {
			t.kind, t.num = tokNum, n
		} else if k, ok := keywords()[t.text]; ok {
			t.kind, t.text = tokWord, k
		}
	}
	if size > 0 {
		return t, size, ""
	}
	return t, 0, fmt.Sprintf("unexpected character %q", []rune(s)[0])
}

// ipv6Len returns the length of the longest IPv6 address at the start of s, or 0.
func ipv6Len(s string) int {
	n := 0
	for n < len(s) && n < len("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255") && strings.IndexByte("0123456789abcdefABCDEF:.", s[n]) >= 0 {
		n++
	}
	for ; strings.Count(s[:n], ":") >= 2; n-- {
		if a, err := netip.ParseAddr(s[:n]); err == nil && a.Is6() {
			return n
		}
	}
	return 0
}
