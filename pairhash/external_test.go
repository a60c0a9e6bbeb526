package pairhash

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"
)

// smallExternal spills after few pairs; Memory is what the sort buffer is made for.
func smallExternal(t *testing.T, pairs int, memory int64) (*External, string) {
	t.Helper()
	dir := t.TempDir()
	x := must(NewExternal(ExternalConfig{Dir: dir}))
	x.mem = NewExact(ExactConfig{MaxPairs: pairs})
	x.cfg.Memory = memory
	return x, dir
}

func collect(t *testing.T, x *External, o Order) []PairCount {
	t.Helper()
	var r []PairCount
	for c, err := range x.Sorted(o) {
		if err != nil {
			t.Fatal(err)
		}
		r = append(r, c)
	}
	return r
}

func files(t *testing.T, dir string) int {
	t.Helper()
	return len(must(os.ReadDir(dir)))
}

// named is how many of so many open runs can be seen in their directory: where the system allows
// that, none, so that nothing is left behind by a process that is killed.
func named(runs int) int {
	if runtime.GOOS == "windows" {
		return runs
	}
	return 0
}

func TestExternalSameAsExact(t *testing.T) {
	pairs := mixedPairs(20000)
	_, byCount, byPair := reference(pairs)
	// no run, several, and so many that they are merged on the way
	for _, limit := range []int{1 << 20, 7000, 150} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			x, dir := smallExternal(t, limit, 4*40*1000)
			for i, p := range pairs {
				if err := x.AddN(p.A, p.B, uint64(i%3+1)); err != nil {
					t.Fatal(err)
				}
			}
			if spilled := x.Runs() > 0; spilled != (limit < 1<<20) || x.Runs() > maxRuns {
				t.Errorf("limit %d: %d runs", limit, x.Runs())
			}
			if got := collect(t, x, ByCount); !slices.Equal(got, byCount) {
				t.Errorf("limit %d: wrong ByCount", limit)
			}
			if got := collect(t, x, ByPair); !slices.Equal(got, byPair) {
				t.Errorf("limit %d: wrong ByPair", limit)
			}
			for _, n := range []int{0, 10, maxHeap + 1} {
				var got []PairCount
				if err := x.Top(n, func(c PairCount) error { got = append(got, c); return nil }); err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(got, byCount[:min(n, len(byCount))]) {
					t.Errorf("limit %d: wrong top %d", limit, n)
				}
			}
			if n := files(t, dir); n != named(x.Runs()) {
				t.Errorf("limit %d: %d files for %d runs", limit, n, x.Runs())
			}
			if err := x.Close(); err != nil || files(t, dir) != 0 || x.Total() != 0 {
				t.Errorf("limit %d: %d files after Close, %v", limit, files(t, dir), err)
			}
		})
	}
}

func TestExternalMemory(t *testing.T) {
	x := must(NewExternal(ExternalConfig{Memory: MinMemory, Dir: t.TempDir()}))
	const n = 400_000
	for i := range uint32(n) {
		if err := x.Add(AddrFromUint32(i), ip("2001:db8::1")); err != nil {
			t.Fatal(err)
		}
		if m := x.mem.Memory(); m > MinMemory*3/4 {
			t.Fatalf("%d bytes after %d pairs", m, i)
		}
	}
	if got := len(collect(t, x, ByCount)); got != n || x.Runs() == 0 {
		t.Errorf("%d pairs of %d runs", got, x.Runs())
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
}

// fullDisk has room for so many bytes in all its files.
type fullDisk struct{ room int }

type fullFile struct {
	*os.File
	disk *fullDisk
}

func (d *fullDisk) create(dir string) (spillFile, error) {
	f, err := os.CreateTemp(dir, "run")
	return &fullFile{f, d}, err
}

func (f *fullFile) Write(b []byte) (int, error) {
	n := min(len(b), f.disk.room)
	f.disk.room -= n
	n, err := f.File.Write(b[:n])
	if err == nil && n < len(b) {
		err = syscall.ENOSPC
	}
	return n, err
}

func TestExternalDiskFull(t *testing.T) {
	pairs := mixedPairs(20000)
	for _, room := range []int{0, 40*700 - 1, 5 * 40 * 700} {
		t.Run(fmt.Sprint(room), func(t *testing.T) {
			x, dir := smallExternal(t, 700, 1<<20)
			x.runs.create = (&fullDisk{room}).create
			var kept []Pair // what was counted
			refused := 0
			want := NewExact(ExactConfig{})
			for _, p := range pairs {
				err := x.Add(p.A, p.B)
				if err == nil {
					kept = append(kept, p)
					if err := want.Add(p.A, p.B); err != nil {
						t.Fatal(err)
					}
					continue
				}
				refused++
				var s *SpillError
				if !errors.As(err, &s) || s.Op != "write" || s.Path == "" || !errors.Is(err, syscall.ENOSPC) {
					t.Fatalf("room %d: %v", room, err)
				}
			}
			if refused == 0 || x.Total() != uint64(len(kept)) || files(t, dir) != named(x.Runs()) {
				t.Errorf("room %d: %d refused, total %d of %d, %d files for %d runs", room, refused, x.Total(), len(kept), files(t, dir), x.Runs())
			}
			if got := collect(t, x, ByPair); !slices.Equal(got, slices.Collect(want.Sorted(ByPair))) {
				t.Errorf("room %d: what was counted before is wrong", room)
			}
			if err := x.Close(); err != nil || files(t, dir) != 0 {
				t.Errorf("room %d: %d files after Close, %v", room, files(t, dir), err)
			}
		})
	}
}

func TestExternalDiskFullWhileMerging(t *testing.T) {
	for _, stage := range []string{"compact", "sort"} {
		t.Run(stage, func(t *testing.T) {
			disk := &fullDisk{1 << 30}
			x, dir := smallExternal(t, 10, 4*40*10)
			x.runs.create = disk.create
			for i := uint32(0); x.Runs() < maxRuns; i++ {
				if err := x.Add(AddrFromUint32(i), AddrFromUint32(i)); err != nil {
					t.Fatal(err)
				}
			}
			if stage == "compact" {
				disk.room = 100
				var failed error
				for i := uint32(1 << 20); failed == nil; i++ {
					failed = x.Add(AddrFromUint32(i), AddrFromUint32(i))
				}
				if !errors.Is(failed, syscall.ENOSPC) {
					t.Errorf("compact: %v", failed)
				}
			} else {
				disk.room = 500
				if err := x.Each(ByCount, func(PairCount) error { return nil }); !errors.Is(err, syscall.ENOSPC) {
					t.Errorf("sort: %v", err)
				}
			}
			if got := collect(t, x, ByPair); uint64(len(got)) != x.Total() || files(t, dir) != named(maxRuns) {
				t.Errorf("%s: %d pairs of %d, %d files", stage, len(got), x.Total(), files(t, dir))
			}
			if err := x.Close(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestExternalDamagedRuns(t *testing.T) {
	fill := func() *External {
		x, _ := smallExternal(t, 100, 1<<20)
		for i := range uint32(250) {
			if err := x.Add(AddrFromUint32(i), AddrFromUint32(1)); err != nil {
				t.Fatal(err)
			}
		}
		return x
	}
	none := func(PairCount) error { return nil }
	x := fill()
	if err := x.runs.list[0].file.(*os.File).Truncate(41); err != nil {
		t.Fatal(err)
	}
	for _, o := range []Order{ByCount, ByPair} {
		t.Run(fmt.Sprint(o), func(t *testing.T) {
			var s *SpillError
			if err := x.Each(o, none); !errors.As(err, &s) || s.Op != "read" || s.Path != x.runs.list[0].file.Name() || !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("cut run: %v", err)
			}
		})
	}
	if err := x.Close(); err != nil {
		t.Error(err)
	}
	x = fill()
	if err := x.runs.list[1].file.Close(); err != nil {
		t.Fatal(err)
	}
	if err := x.Each(ByCount, none); !errors.Is(err, os.ErrClosed) {
		t.Errorf("missing run: %v", err)
	}
	if err := x.Close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("close: %v", err)
	}
	x = must(NewExternal(ExternalConfig{Memory: MinMemory, Dir: filepath.Join(t.TempDir(), "none")}))
	var err error
	for i := uint32(0); err == nil && i < 1<<20; i++ {
		err = x.Add(AddrFromUint32(i), AddrFromUint32(1))
	}
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no directory: %v", err)
	}
	boom := errors.New("boom")
	x = fill()
	if err := x.Each(ByCount, func(PairCount) error { return boom }); !errors.Is(err, boom) {
		t.Errorf("error of the caller: %v", err)
	}
	for range x.Sorted(ByCount) {
		break
	}
	if err := x.Close(); err != nil {
		t.Error(err)
	}
}
