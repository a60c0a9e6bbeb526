// Package columns is what the tables of reef are made of: a [Column] is a name,
// a unit, a definition and the function that reads its value of a row; [CSV]
// and [JSONL] write rows of any list of columns.
//
// A value that a row does not have is null: an empty field in CSV, left out or
// null in JSON. Text that is empty is null too.
package columns

import (
	"net/netip"
	"strconv"

	"github.com/reeftools/reef/internal/decimal"
)

// Column is one column of a table with rows of type R.
type Column[R any] struct {
	Name string
	Unit string // "packets", "bytes", "ns"; empty for what has none
	// Definition says in one sentence what the value is.
	Definition string

	Kind Kind
	// Decimals is how many decimals the value is written with: of KindFixed, which is an integer
	// multiple of 10^-Decimals; of KindTime 9 for seconds or 0 for nanoseconds.
	Decimals int

	// The function that Kind names reads the value; false means null. The others are nil.
	Uint func(r *R) (uint64, bool)     // KindUint
	Int  func(r *R) (int64, bool)      // KindInt, KindFixed, KindTime
	Bool func(r *R) (bool, bool)       // KindBool
	Addr func(r *R) netip.Addr         // KindAddr; the zero Addr is null
	Text func(dst []byte, r *R) []byte // KindWord, KindText: appends it to dst

	array *Array[R] // where Uint or Int reads from, if From was called
	slot  uint8
}

// Array returns numbers of a row that lie side by side, at most 64 of them; bit i of missing says
// that number i is null. Writers call it once for all columns of a row that are made of it.
type Array[R any] func(r *R) (values []int64, missing uint64)

// From returns c, a column of numbers, with its values from place slot of array. Unsigned ones have
// the bits of the int64.
func (c Column[R]) From(array *Array[R], slot int) Column[R] {
	c.array, c.slot = array, uint8(slot)
	value := func(r *R) (int64, bool) {
		values, missing := (*array)(r)
		return values[slot], missing>>slot&1 == 0
	}
	if c.Kind == KindUint {
		c.Uint = func(r *R) (uint64, bool) { v, ok := value(r); return uint64(v), ok }
	} else {
		c.Int = value
	}
	return c
}

// Chosen returns the columns that a caller listed, or all if the list is empty.
func Chosen[R any](list, all []Column[R]) []Column[R] {
	if len(list) == 0 {
		return all
	}
	return list
}

// Kind is the type of a column's values.
type Kind uint8

// Kinds.
const (
	KindUint  Kind = iota // uint64
	KindInt               // int64
	KindFixed             // int64 that counts units of 10^-Decimals
	KindTime              // int64, ns since 1970-01-01 UTC
	KindBool
	KindAddr // netip.Addr
	// KindWord is text of a few known forms, such as the name of an end reason, in letters, digits
	// and other signs that neither CSV nor JSON must quote.
	KindWord
	KindText // any text
	numKinds
)

var kindNames = [numKinds]string{"unsigned", "integer", "decimal", "time", "boolean", "address", "word", "text"}

// String returns the kind in a word.
func (k Kind) String() string {
	if k < numKinds {
		return kindNames[k]
	}
	return "kind " + strconv.Itoa(int(k))
}

// quoted tells whether JSON has the values in quotation marks.
func (k Kind) quoted() bool { return k >= KindAddr }

// Uint returns a column of unsigned numbers.
func Uint[R any](name, unit, definition string, value func(*R) (uint64, bool)) Column[R] {
	return Column[R]{Name: name, Unit: unit, Definition: definition, Kind: KindUint, Uint: value}
}

// Int returns a column of signed numbers.
func Int[R any](name, unit, definition string, value func(*R) (int64, bool)) Column[R] {
	return Column[R]{Name: name, Unit: unit, Definition: definition, Kind: KindInt, Int: value}
}

// Fixed returns a column of numbers with decimals; value counts units of 10^-decimals.
func Fixed[R any](name, unit string, decimals int, definition string, value func(*R) (int64, bool)) Column[R] {
	return Column[R]{Name: name, Unit: unit, Definition: definition, Kind: KindFixed, Decimals: decimals, Int: value}
}

// Nanoseconds returns a column of moments that are written in ns since 1970.
func Nanoseconds[R any](name, definition string, value func(*R) (int64, bool)) Column[R] {
	return Column[R]{Name: name, Unit: "ns", Definition: definition, Kind: KindTime, Int: value}
}

// Seconds returns a column of moments in ns that are written in seconds since 1970 with nine
// decimals.
func Seconds[R any](name, definition string, value func(*R) (int64, bool)) Column[R] {
	return Column[R]{Name: name, Unit: "s", Definition: definition, Kind: KindTime, Decimals: 9, Int: value}
}

// Bool returns a column of true and false.
func Bool[R any](name, definition string, value func(*R) (bool, bool)) Column[R] {
	return Column[R]{Name: name, Definition: definition, Kind: KindBool, Bool: value}
}

// Addr returns a column of addresses.
func Addr[R any](name, definition string, value func(*R) netip.Addr) Column[R] {
	return Column[R]{Name: name, Definition: definition, Kind: KindAddr, Addr: value}
}

// Word returns a column of [KindWord].
func Word[R any](name, definition string, text func([]byte, *R) []byte) Column[R] {
	return Column[R]{Name: name, Definition: definition, Kind: KindWord, Text: text}
}

// Text returns a column of any text.
func Text[R any](name, definition string, text func([]byte, *R) []byte) Column[R] {
	return Column[R]{Name: name, Definition: definition, Kind: KindText, Text: text}
}

// Append appends the value in r as it is written, without quotation marks; nothing for null.
func (c *Column[R]) Append(b []byte, r *R) []byte {
	switch c.Kind {
	case KindUint:
		if v, ok := c.Uint(r); ok {
			b = decimal.AppendUint(b, v)
		}
	case KindInt, KindFixed, KindTime:
		if v, ok := c.Int(r); ok {
			b = c.appendNumber(b, v)
		}
	case KindBool:
		if v, ok := c.Bool(r); ok {
			b = strconv.AppendBool(b, v)
		}
	case KindAddr:
		b = decimal.AppendIP(b, c.Addr(r))
	default:
		b = c.Text(b, r)
	}
	return b
}

// Map makes columns for rows that have an R inside.
func Map[S, R any](list []Column[R], inside func(*S) *R) []Column[S] {
	all := make([]Column[S], len(list))
	for i, c := range list {
		m := Column[S]{Name: c.Name, Unit: c.Unit, Definition: c.Definition, Kind: c.Kind, Decimals: c.Decimals}
		switch c.Kind {
		case KindUint:
			m.Uint = func(s *S) (uint64, bool) { return c.Uint(inside(s)) }
		case KindInt, KindFixed, KindTime:
			m.Int = func(s *S) (int64, bool) { return c.Int(inside(s)) }
		case KindBool:
			m.Bool = func(s *S) (bool, bool) { return c.Bool(inside(s)) }
		case KindAddr:
			m.Addr = func(s *S) netip.Addr { return c.Addr(inside(s)) }
		default:
			m.Text = func(b []byte, s *S) []byte { return c.Text(b, inside(s)) }
		}
		all[i] = m
	}
	return all
}
