package filter

// precedence of the binary operators; a higher one binds tighter. "^" and "%" have none in
// libpcap's grammar: they take all arithmetic to their right as their right operand, and never end
// an operand to their left.
var precedence = map[string]int{"|": 1, "&": 2, "<<": 3, ">>": 3, "+": 4, "-": 4, "*": 5, "/": 5, "^": 0, "%": 0}

const unaryPrecedence = 6

// arithFollows tells whether the next token begins arithmetic, parentheses aside.
func (p *parser) arithFollows() bool { return p.startsArith(0) }

func (p *parser) startsArith(i int) bool {
	t := p.peekAfter(i)
	switch {
	case t.kind == tokNum:
		return true
	case t.kind != tokWord:
		return false
	case t.text == "-" || t.text == "len":
		return true
	case t.text == "(":
		return p.parensHoldArith(i)
	}
	next := p.peekAfter(i + 1)
	return protoNames[t.text] != protoNone && next.kind == tokWord && next.text == "["
}

// arithInParens tells whether the next token is a parenthesis around arithmetic, "(ip[0] & 1) = 0",
// and not one around an expression, "(ip[0] & 1 = 0)".
func (p *parser) arithInParens() bool { return p.parensHoldArith(0) }

// parensHoldArith finds the parenthesis that closes the one at i: it holds arithmetic if an
// arithmetic operator follows.
func (p *parser) parensHoldArith(i int) bool {
	depth := 0
	for ; ; i++ {
		t := p.peekAfter(i)
		if t.kind == tokEnd {
			return false
		}
		if t.kind != tokWord {
			continue
		}
		switch t.text {
		case "(":
			depth++
		case ")":
			if depth--; depth == 0 {
				next := p.peekAfter(i + 1)
				if next.kind != tokWord {
					return false
				}
				_, op := precedence[next.text]
				_, rel := relations[next.text]
				return op || rel
			}
		}
	}
}

// relations maps each relational operator to the one that is tested and whether its result is
// negated.
var relations = map[string]struct {
	op  string
	not bool
}{"=": {"=", false}, "!=": {"=", true}, ">": {">", false}, "<=": {">", true}, ">=": {">=", false}, "<": {">=", true}}

func (p *parser) relation() (node, error) {
	pos := p.peek().pos
	left, err := p.arith(0)
	if err != nil {
		return nil, err
	}
	t := p.peek()
	rel, ok := relations[t.text]
	if !ok || t.kind != tokWord {
		return nil, p.errorf(t.pos, "expected a comparison, found %v", t)
	}
	p.take()
	right, err := p.arith(0)
	return relationNode{rel.op, rel.not, left, right, pos}, err
}

// arith parses operators that bind at least as tightly as floor.
func (p *parser) arith(floor int) (arith, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	left, err := p.operand()
	for err == nil {
		t := p.peek()
		prec, ok := precedence[t.text]
		if t.kind != tokWord || !ok || prec != 0 && prec < floor {
			return left, nil
		}
		p.take()
		var right arith
		if prec != 0 {
			prec++ // the operators with precedence associate to the left
		}
		right, err = p.arith(prec)
		left = binaryArith{t.text, left, right, t.pos}
	}
	return nil, err
}

func (p *parser) operand() (arith, error) {
	t := p.take()
	switch {
	case t.kind == tokNum:
		return numArith{t.num}, nil
	case t.kind == tokWord && t.text == "len":
		return lenArith{}, nil
	case t.kind == tokWord && t.text == "-":
		of, err := p.arith(unaryPrecedence)
		return negArith{of}, err
	case t.kind == tokWord && t.text == "(":
		a, err := p.arith(0)
		if err == nil {
			err = p.expect(")")
		}
		return a, err
	case t.kind == tokWord && protoNames[t.text] != protoNone && p.word("["):
		return p.load(t)
	}
	if t.kind != tokEnd {
		p.at--
	}
	return nil, p.errorf(t.pos, "expected a number, len or protocol[offset], found %v", t)
}

// load parses [index] or [index:size] after a protocol.
func (p *parser) load(name token) (arith, error) {
	p.take()
	index, err := p.arith(0)
	if err != nil {
		return nil, err
	}
	a := loadArith{protoNames[name.text], index, 1, name.pos}
	if p.accept(":") {
		pos := p.peek().pos
		if a.size, err = p.number("a size"); err != nil {
			return nil, err
		}
		if a.size != 1 && a.size != 2 && a.size != 4 {
			return nil, p.errorf(pos, "data size must be 1, 2 or 4")
		}
	}
	return a, p.expect("]")
}
