package pcapio

import (
	"reflect"
	"slices"
	"testing"
)

func TestStatusCounts(t *testing.T) {
	var a, b StatusCounts
	a[StatusOK], b[StatusOK], b[StatusNonIP] = 2, 3, 1
	a.Merge(&b)
	if got := a.Reasons(); !slices.Equal(got, []Reason{{"non-ip", 1}, {"ok", 5}}) || a.Total() != 6 {
		t.Errorf("%v, %d in all", got, a.Total())
	}
}

// Every counter is added, whatever is added to the structs one day, and what came in is accounted
// for.
func TestStatsMerge(t *testing.T) {
	// number sets each counter of v to a number of its own, 1, 2, 3 and so on, times scale.
	number := func(v reflect.Value, scale uint64) {
		n := uint64(0)
		for i := range v.NumField() {
			if f := v.Field(i); f.Kind() != reflect.Array {
				n++
				f.SetUint(n * scale)
			} else {
				for j := range f.Len() {
					n++
					f.Index(j).SetUint(n * scale)
				}
			}
		}
	}
	t.Run("decoder", func(t *testing.T) {
		var a, b, want DecodeStats
		number(reflect.ValueOf(&a).Elem(), 1)
		number(reflect.ValueOf(&b).Elem(), 10)
		number(reflect.ValueOf(&want).Elem(), 11)
		if a.Merge(&b); a != want {
			t.Errorf("%+v, want %+v", a, want)
		}
	})
	t.Run("writer", func(t *testing.T) {
		var a, b, want WriterStats
		number(reflect.ValueOf(&a).Elem(), 1)
		number(reflect.ValueOf(&b).Elem(), 10)
		number(reflect.ValueOf(&want).Elem(), 11)
		if a.Merge(&b); a != want {
			t.Errorf("%+v, want %+v", a, want)
		}
		if in, used, left := a.Account(); in != 11 || used != 11 || left != nil {
			t.Errorf("%d in, %d used, %v left", in, used, left)
		}
	})
	// A bad IP header is the first status below those that have one, a cut transport header the
	// first of these.
	t.Run("decoder's account", func(t *testing.T) {
		var s DecodeStats
		s.Packets[StatusNonIP], s.Packets[StatusBadIP], s.Packets[StatusTruncatedTransport], s.Packets[StatusOK] = 1, 2, 3, 4
		in, used, left := s.Account()
		if in != 10 || used != 7 || !slices.Equal(left, []Reason{{"non-ip", 1}, {"bad-ip", 2}}) {
			t.Errorf("%d in, %d used, %v left", in, used, left)
		}
	})
}
