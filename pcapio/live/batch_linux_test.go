package live

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// Batches give what reading one by one does, and do not give the block back while their data is in
// use. The ring has 40 packets, every fifth of which is seen twice and left out.
func TestReadRecordsFromRing(t *testing.T) {
	var in []byte
	for i := range 40 {
		bits := byte(0)
		if i%5 == 4 {
			bits = 4
		}
		in = append(append(in, bits, 0, 0, 14), bytes.Repeat([]byte{byte(i)}, 14)...)
	}
	source := func() *Source {
		r, _ := ringOf(in, false)
		return &Source{cfg: Config{}.withDefaults(), rings: []*ring{r}}
	}
	one := source()
	want := make([]pcapio.Record, 32)
	for i := range want {
		var r pcapio.Record
		if err := one.ReadRecord(&r); err != nil {
			t.Fatal(err)
		}
		want[i] = r.Clone()
	}
	for _, size := range []int{1, 2, 7, 64} {
		s := source()
		var got []pcapio.Record
		for len(got) < len(want) {
			recs := make([]pcapio.Record, size)
			n, err := s.ReadRecords(recs)
			if err != nil || n != min(size, len(want)-len(got)) {
				t.Fatalf("batches of %d: %d records, %v", size, n, err)
			}
			for _, r := range recs[:n] {
				got = append(got, r.Clone())
			}
		}
		if !s.rings[0].holding {
			t.Errorf("batches of %d: the block was given back too early", size)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("batches of %d: %v, one by one %v", size, got, want)
		}
		if n, err := s.ReadRecords(nil); n != 0 || err != errNoRoom {
			t.Errorf("no room: %d, %v", n, err)
		}
	}
	// Of two interfaces one record is given: the next may be of the other.
	two := &Source{cfg: Config{}.withDefaults(), rings: append(source().rings, source().rings...)}
	for i := range 4 {
		recs := make([]pcapio.Record, 8)
		if n, err := two.ReadRecords(recs); n != 1 || err != nil || recs[0].Interface != i%2 {
			t.Errorf("two interfaces: %d records, %v, interface %d", n, err, recs[0].Interface)
		}
	}
}
