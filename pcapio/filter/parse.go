package filter

import (
	"fmt"
	"slices"
)

// Bounds on what an expression may ask for, so that hostile input costs little.
const (
	maxExpr  = 1 << 18 // bytes
	maxDepth = 200     // of nested parentheses, negations and arithmetic
)

// parser is a recursive-descent parser of pcap-filter(7) expressions:
//
//	expr  = term { ("and" | "or") (term | value) }        "and" and "or" bind equally, to the left
//	term  = "not" term | "(" expr ")" | qualifiers value | arith relop arith | keyword ... | protocol
//	value = "not" value | "(" value { ("and" | "or") value } ")" | address | number | name
//
// A value without qualifiers of its own takes those of the value before it: "port 80 or 443".
type parser struct {
	expr   string
	tokens []token
	at     int
	depth  int
}

// parse returns the tree of expr; nil for an empty expression, which every packet matches.
func parse(expr string) (n node, err error) {
	if len(expr) > maxExpr {
		return nil, &SyntaxError{expr, maxExpr, fmt.Sprintf("expression is longer than %d bytes", maxExpr)}
	}
	tokens, err := lex(expr)
	if err != nil {
		return nil, err
	}
	p := &parser{expr: expr, tokens: tokens}
	if p.peek().kind == tokEnd {
		return nil, nil
	}
	n, _, err = p.expression(qualifiers{})
	if err == nil && p.peek().kind != tokEnd {
		err = p.unexpected()
	}
	return n, err
}

func (p *parser) peek() token { return p.tokens[p.at] }

func (p *parser) peekAfter(n int) token { return p.tokens[min(p.at+n, len(p.tokens)-1)] }

func (p *parser) take() token {
	t := p.peek()
	if t.kind != tokEnd {
		p.at++
	}
	return t
}

// word tells whether the next token is one of these keywords or operators.
func (p *parser) word(words ...string) bool {
	t := p.peek()
	return t.kind == tokWord && slices.Contains(words, t.text)
}

func (p *parser) accept(words ...string) bool {
	if p.word(words...) {
		p.at++
		return true
	}
	return false
}

func (p *parser) expect(word string) error {
	if !p.accept(word) {
		return p.errorf(p.peek().pos, "expected %q, found %v", word, p.peek())
	}
	return nil
}

func (p *parser) errorf(pos int, format string, args ...any) error {
	return &SyntaxError{p.expr, pos + 1, fmt.Sprintf(format, args...)}
}

func (p *parser) unexpected() error {
	t := p.peek()
	for _, w := range unsupportedWords {
		if t.kind == tokWord && t.text == w {
			return p.errorf(t.pos, "%q is for ATM, SS7 or pf log captures, which are not supported", w)
		}
	}
	return p.errorf(t.pos, "unexpected %v", t)
}

func (p *parser) enter() error {
	if p.depth++; p.depth > maxDepth {
		return p.errorf(p.peek().pos, "nested more than %d deep", maxDepth)
	}
	return nil
}

func (p *parser) leave() { p.depth-- }

// expression parses a list of terms and values. It returns the qualifiers that a value right after
// it would take.
func (p *parser) expression(q qualifiers) (node, qualifiers, error) {
	left, q, err := p.term(q)
	for err == nil && p.word("and", "or") {
		isAnd := p.take().text == "and"
		var right node
		if p.valueFollows() {
			right, err = p.value(q)
		} else {
			right, q, err = p.term(q)
		}
		left = join(isAnd, left, right)
	}
	return left, q, err
}

func join(and bool, left, right node) node {
	if and {
		return andNode{left, right}
	}
	return orNode{left, right}
}

// valueFollows tells, looking past negations and parentheses, whether a value without qualifiers
// comes next.
func (p *parser) valueFollows() bool {
	i := 0
	for t := p.peek(); t.kind == tokWord && (t.text == "not" || t.text == "("); t = p.peekAfter(i) {
		i++
	}
	if !isValue(p.peekAfter(i)) {
		return false
	}
	if p.peekAfter(i).kind != tokNum {
		return true
	}
	// A number may also begin arithmetic: "(5) + 1 = 6", where the parentheses around it close
	// before the operator.
	for i++; p.peekAfter(i).kind == tokWord && p.peekAfter(i).text == ")"; i++ {
	}
	t := p.peekAfter(i)
	return t.kind != tokWord || t.text == "and" || t.text == "or"
}

func isValue(t token) bool { return t.kind != tokEnd && t.kind != tokWord }

// value parses an address, number or name, or a parenthesised list of them, to which q applies.
func (p *parser) value(q qualifiers) (node, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	switch {
	case p.accept("not"):
		n, err := p.value(q)
		return notNode{n}, err
	case p.accept("("):
		left, err := p.value(q)
		for err == nil && p.word("and", "or") {
			isAnd := p.take().text == "and"
			var right node
			right, err = p.value(q)
			left = join(isAnd, left, right)
		}
		if err == nil {
			err = p.expect(")")
		}
		return left, err
	}
	return p.single(q)
}

func (p *parser) single(q qualifiers) (node, error) {
	t := p.peek()
	if !isValue(t) {
		return nil, p.unexpected()
	}
	if !q.set {
		return nil, p.errorf(t.pos, "%v has no qualifier such as host or port", t)
	}
	v := valueNode{q: q, value: p.take()}
	switch {
	case t.kind == tokIPv4 && p.accept("mask"):
		if v.mask = p.peek(); v.mask.kind != tokIPv4 {
			return nil, p.errorf(v.mask.pos, "expected a dotted mask, found %v", v.mask)
		}
		p.take()
	case (t.kind == tokIPv4 || t.kind == tokIPv6) && p.accept("/"):
		bits, err := p.number("a prefix length")
		if err != nil {
			return nil, err
		}
		v.bits, v.hasBits = bits, true
	}
	return v, nil
}

// number takes a number that must come next.
func (p *parser) number(what string) (uint32, error) {
	t := p.peek()
	if t.kind != tokNum {
		return 0, p.errorf(t.pos, "expected %s, found %v", what, t)
	}
	return p.take().num, nil
}

// term parses one primitive, negation or parenthesised expression.
func (p *parser) term(q qualifiers) (node, qualifiers, error) {
	if err := p.enter(); err != nil {
		return nil, q, err
	}
	defer p.leave()
	switch {
	case p.accept("not"):
		n, after, err := p.term(q)
		return notNode{n}, after, err
	case p.word("(") && !p.arithInParens():
		p.take()
		n, _, err := p.expression(q)
		if err == nil {
			err = p.expect(")")
		}
		return n, q, err
	case p.arithFollows():
		n, err := p.relation()
		return n, qualifiers{}, err
	}
	return p.primitive()
}

// primitive parses what is neither negated nor in parentheses.
func (p *parser) primitive() (node, qualifiers, error) {
	start := p.peek()
	q := qualifiers{set: true}
	if start.kind == tokWord {
		if q.proto = protoNames[start.text]; q.proto != protoNone {
			p.take()
		}
	}
	if n, err := p.keyword(q.proto); n != nil || err != nil {
		return n, qualifiers{}, err
	}
	q.dir = p.direction()
	if t := p.peek(); t.kind == tokWord {
		q.kind = kindWords[t.text]
	}
	switch {
	case q.dir != dirNone && q.kind > kindPortRange:
		return nil, q, p.unexpected()
	case q.kind != kindNone:
		p.take()
	case q.dir == dirNone && q.proto != protoNone:
		return protoNode{q.proto, start.pos}, qualifiers{}, nil
	case q.dir == dirNone:
		return nil, q, p.unexpected()
	}
	n, err := p.value(q)
	return n, q, err
}

// direction parses src, dst, "src or dst", "src and dst" in either order, or an 802.11 address
// field.
func (p *parser) direction() direction {
	t := p.peek()
	if t.kind != tokWord {
		return dirNone
	}
	dir := dirWords[t.text]
	if dir == dirNone {
		return dirNone
	}
	p.take()
	if other := p.peekAfter(1); dir <= dirDst && p.word("and", "or") && other.kind == tokWord &&
		(other.text == "src" || other.text == "dst") && other.text != t.text {
		if p.take().text == "and" {
			dir = dirSrcAndDst
		} else {
			dir = dirSrcOrDst
		}
		p.take()
	}
	return dir
}
