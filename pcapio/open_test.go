package pcapio

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"
	"time"

	"github.com/reeftools/reef/internal/lab/compressed"
)

// writeFiles writes files into a new folder and returns their paths.
func writeFiles(t testing.TB, contents ...[]byte) []string {
	t.Helper()
	dir := t.TempDir()
	var paths []string
	for i, c := range contents {
		path := filepath.Join(dir, string(rune('a'+i)))
		if err := os.WriteFile(path, c, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

func TestOpenSeveral(t *testing.T) {
	ng, _, _ := ngSample(byteOrders[0], byteOrders[1])
	files := writeFiles(t, smallPcap, compressed.As(t, "zstd", smallPcap), ng, buildSnoop(4, threePackets...), pcapSpec{link: 1}.build(), smallPcap)
	r, err := Open(files...)
	if err != nil {
		t.Fatal(err)
	}
	got, err := readAll(t, r)
	if err != nil || len(got) != 15 {
		t.Fatalf("%d records, %v", len(got), err)
	}
	// The pcap files have one interface, pcapng three; snoop's is described just as that of pcap.
	for i, want := range []int{0, 0, 0, 0, 0, 0, 1, 2, 3, 0, 0, 0, 0, 0, 0} {
		if got[i].Interface != want {
			t.Errorf("record %d: interface %d, want %d", i, got[i].Interface, want)
		}
	}
	if r.Stats().Files != 6 || r.Stats().Records != 15 {
		t.Errorf("stats %+v", r.Stats())
	}
	if r.InputOffset() != r.Size() {
		t.Errorf("consumed %d of %d", r.InputOffset(), r.Size())
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

func TestOpenErrors(t *testing.T) {
	files := writeFiles(t, smallPcap, smallPcap[:90], []byte("not a capture"), nil)
	good, cut, text, empty := files[0], files[1], files[2], files[3]
	missing := filepath.Join(filepath.Dir(good), "missing")
	if _, err := Open(); err == nil {
		t.Error("no name: no error")
	}
	for _, names := range [][]string{{missing}, {good, missing}} {
		if _, err := Open(names...); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("missing: %v", err)
		}
	}
	if _, err := Open(filepath.Dir(good)); err == nil {
		t.Error("a folder: no error")
	}
	if _, err := (ReaderConfig{MaxRecordLen: -1}).Open(good); err == nil {
		t.Error("bad Config: no error")
	}
	for _, name := range []string{text, empty} {
		var fe *FileError
		if _, err := Open(name); !errors.As(err, &fe) || fe.File != name || fe.Record != 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	tests := []struct {
		name    string
		files   []string
		records int
		errs    []error
	}{
		{"bad later file", []string{good, text, good}, 3, []error{ErrFormat}},
		{"empty later file", []string{good, empty, good}, 3, []error{io.ErrUnexpectedEOF}},
		{"cut file", []string{cut, good}, 2, []error{io.ErrUnexpectedEOF}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, err := Open(test.files...)
			if err != nil {
				t.Fatal(err)
			}
			got, err := readAll(t, r)
			var fe *FileError
			if len(got) != test.records || !errors.Is(err, test.errs[0]) || !errors.As(err, &fe) {
				t.Errorf("%d records, %v", len(got), err)
			}
		})
	}
	r, err := ReaderConfig{ContinueOnError: true}.Open(text, good, missing, cut, empty, good)
	if err != nil {
		t.Fatal(err)
	}
	got, err := readAll(t, r)
	if len(got) != 8 || !errors.Is(err, ErrFormat) || !errors.Is(err, io.ErrUnexpectedEOF) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("ContinueOnError: %d records, %v", len(got), err)
	}
	if _, err = (ReaderConfig{ContinueOnError: true}).Open(text, missing); !errors.Is(err, ErrFormat) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("ContinueOnError without a good file: %v", err)
	}
}

// A file that was there at Open and is gone in its turn: what came before it is delivered first.
func TestOpenVanished(t *testing.T) {
	files := writeFiles(t, smallPcap, smallPcap)
	r, err := Open(files...)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(files[1]); err != nil {
		t.Fatal(err)
	}
	got, err := readAll(t, r)
	if len(got) != 3 || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%d records, %v", len(got), err)
	}
}

func TestClosed(t *testing.T) {
	r, err := Open(writeFiles(t, smallPcap)...)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	var rec Record
	if err := r.ReadRecord(&rec); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("error %v", err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if err := r.Reset(bytes.NewReader(smallPcap)); err != nil {
		t.Fatal(err)
	}
	got, err := readAll(t, r)
	if err != nil {
		t.Fatal(err)
	}
	checkPackets(t, got, threePackets, 1000)
	if r.Stats().Files != 1 || r.Size() != -1 {
		t.Errorf("after Reset: %+v, size %d", r.Stats(), r.Size())
	}
}

// A record is delivered as soon as its last byte is there, though nothing follows for now.
func TestPipeDeliversAtOnce(t *testing.T) {
	ng, ngEnds, ngRecords := ngSample(byteOrders[0], byteOrders[0])
	files := []struct {
		name  string
		file  []byte
		first int // end of the first record
	}{
		{"pcap", smallPcap, 24 + 16 + 12},
		{"snoop", buildSnoop(4, threePackets...), 16 + 24 + 12},
		{"pcapng", ng, ngEnds[3]},
	}
	if ngRecords[3] != 1 {
		t.Fatal("the sample changed")
	}
	for _, f := range files {
		t.Run(f.name, func(t *testing.T) {
			pr, pw := io.Pipe()
			done := make(chan error, 1)
			go func() {
				r, err := NewReader(pr, ReaderConfig{})
				if err == nil {
					var rec Record
					err = r.ReadRecord(&rec)
				}
				done <- err
			}()
			if _, err := pw.Write(f.file[:f.first]); err != nil {
				t.Fatal(err)
			}
			select {
			case err := <-done:
				if err != nil {
					t.Error(err)
				}
			case <-time.After(10 * time.Second):
				t.Error("the reader waits for more than the record")
			}
			pw.Close()
		})
	}
}

func TestReadErrors(t *testing.T) {
	broken := errors.New("cable pulled")
	for cut := range len(smallPcap) {
		r, err := NewReader(io.MultiReader(bytes.NewReader(smallPcap[:cut]), iotest.ErrReader(broken)), ReaderConfig{})
		if err == nil {
			_, err = readAll(t, r)
		}
		var fe *FileError
		if !errors.Is(err, broken) || !errors.As(err, &fe) {
			t.Errorf("after %d bytes: %v", cut, err)
		}
	}
	if _, err := NewReader(stuck{}, ReaderConfig{}); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("stuck source: %v", err)
	}
}

// stuck reads nothing and reports nothing.
type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

func TestReadRecordAllocs(t *testing.T) {
	packets := make([]packetSpec, 5000)
	n := &ngBuilder{}
	n.section(byteOrders[0])
	n.iface(LinkEthernet, 0)
	for i := range packets {
		packets[i] = packetSpec{uint32(1000 + i), 5, string(make([]byte, 96)), 1500}
		n.enhanced(0, uint64(i), 1500, packets[i].data)
	}
	pcap := pcapSpec{link: 1}.build(packets...)
	files := map[string][]byte{"pcap": pcap, "pcapng": n.out, "snoop": buildSnoop(4, packets...), "gzip": compressed.As(t, "gzip", pcap)}
	for name, file := range files {
		t.Run(name, func(t *testing.T) {
			for _, resync := range []bool{false, true} {
				r, err := NewReader(bytes.NewReader(file), ReaderConfig{Resync: resync})
				if err != nil {
					t.Fatal(err)
				}
				var rec Record
				allocs := testing.AllocsPerRun(4000, func() {
					if err := r.ReadRecord(&rec); err != nil {
						t.Fatal(err)
					}
				})
				if allocs != 0 {
					t.Errorf("%v allocations per record", allocs)
				}
			}
		})
	}
	// Many small files: the buffers are kept.
	r, err := NewReader(bytes.NewReader(smallPcap), ReaderConfig{})
	if err != nil {
		t.Fatal(err)
	}
	src := bytes.NewReader(nil)
	var rec Record
	allocs := testing.AllocsPerRun(100, func() {
		src.Reset(smallPcap)
		if err := r.Reset(src); err != nil {
			t.Fatal(err)
		}
		for r.ReadRecord(&rec) == nil {
		}
	})
	if allocs > 10 {
		t.Errorf("%v allocations per file", allocs)
	}
}
