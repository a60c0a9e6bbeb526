package spill

import (
	"encoding/binary"
	"errors"
	"iter"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

// number is a value with how often it came.
type number struct{ value, times uint64 }

func numbers(dir string) *Runs[number] {
	return &Runs[number]{Kind: Kind[number]{
		Append: func(b []byte, n *number) []byte {
			return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(b, n.value), n.times)
		},
		Decode: func(b []byte, n *number) error {
			if len(b) != 16 {
				return errors.New("length")
			}
			n.value, n.times = binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
			return nil
		},
		Compare: func(a, b *number) int {
			switch {
			case a.value < b.value:
				return -1
			case a.value > b.value:
				return 1
			}
			return 0
		},
		Join:   func(sum, n *number) { sum.times += n.times },
		Create: func() (*os.File, error) { return os.CreateTemp(dir, "x") },
	}}
}

func sequence(values []uint64) iter.Seq[*number] {
	return func(yield func(*number) bool) {
		for _, v := range values {
			if !yield(&number{v, 1}) {
				return
			}
		}
	}
}

// Values in files and memory come back in order, with the sums of a map, however many files there
// were.
func TestRuns(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, files := range []int{0, 1, 3, MaxRuns, MaxRuns + 1, 3*MaxRuns + 5} {
		dir := t.TempDir()
		r, want := numbers(dir), map[uint64]uint64{}
		random := func() []uint64 {
			values := make([]uint64, rnd.IntN(50))
			for i := range values {
				values[i] = rnd.Uint64N(200)
			}
			slices.Sort(values)
			values = slices.Compact(values)
			for _, v := range values {
				want[v]++
			}
			return values
		}
		for range files {
			if err := r.Add(sequence(random())); err != nil {
				t.Fatal(err)
			}
			if r.Len() > MaxRuns {
				t.Fatalf("%d files", r.Len())
			}
		}
		last, got := uint64(0), 0
		for n, err := range r.All(sequence(random())) {
			if err != nil {
				t.Fatal(err)
			}
			if got > 0 && n.value <= last {
				t.Fatalf("%d after %d", n.value, last)
			}
			if n.times != want[n.value] {
				t.Fatalf("%d came %d times, want %d", n.value, n.times, want[n.value])
			}
			last = n.value
			got++
		}
		if got != len(want) {
			t.Errorf("%d files: %d values, want %d", files, got, len(want))
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("left: %v %v", left, err)
		}
	}
}

func TestErrors(t *testing.T) {
	r := numbers(t.TempDir() + "/missing")
	var failed *Error
	if err := r.Add(sequence([]uint64{1})); !errors.As(err, &failed) || failed.Op != "create" || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	r = numbers(t.TempDir())
	if err := r.Add(sequence([]uint64{1, 2})); err != nil {
		t.Fatal(err)
	}
	if err := r.list[0].file.Truncate(30); err != nil {
		t.Fatal(err)
	}
	var got []uint64
	var last error
	for n, err := range r.All(nil) {
		if last = err; err == nil {
			got = append(got, n.value)
		}
	}
	if !errors.As(last, &failed) || failed.Op != "read" || len(got) > 1 {
		t.Errorf("%v, %v", got, last)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}
