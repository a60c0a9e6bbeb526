package columns

import (
	"bufio"
	"errors"
	"io"
	"net/netip"
	"strings"
	"testing"
)

var rows = []row{
	{true, 1_000_000_001, netip.MustParseAddr("2001:db8::1"), "plain"},
	{},
	{true, 0, netip.MustParseAddr("192.0.2.1"), "a,\"b\"\n\\ \x01\xff"},
}

func TestCSV(t *testing.T) {
	var out strings.Builder
	c := NewCSV(&out, all)
	err := c.WriteHeader()
	for i := range rows {
		err = errors.Join(err, c.Write(&rows[i]))
	}
	if out.Len() > 0 {
		t.Error("not buffered")
	}
	if err = errors.Join(err, c.Flush()); err != nil {
		t.Fatal(err)
	}
	const want = "uint,int,fixed,ns,s,bool,addr,word,text\n" +
		"1000000001,1000000001,1000000.001,1000000001,1.000000001,true,2001:db8::1,end of flow,plain\n" +
		",,,,,,,,\n" +
		"0,0,0.000,0,0.000000000,false,192.0.2.1,end of flow,\"a,\"\"b\"\"\n\\ \x01\xff\"\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}

func TestJSONL(t *testing.T) {
	const first = `{"uint":1000000001,"int":1000000001,"fixed":1000000.001,"ns":1000000001,"s":1.000000001,"bool":true,` +
		`"addr":"2001:db8::1","word":"end of flow","text":"plain"}` + "\n"
	const last = `{"uint":0,"int":0,"fixed":0.000,"ns":0,"s":0.000000000,"bool":false,` +
		`"addr":"192.0.2.1","word":"end of flow","text":"a,\"b\"\u000a\\ \u0001` + "\ufffd\"}\n"
	const nulls = `{"uint":null,"int":null,"fixed":null,"ns":null,"s":null,"bool":null,"addr":null,"word":null,"text":null}` + "\n"
	for _, c := range []struct {
		name  string
		nulls bool
		want  string
	}{{"left out", false, first + "{}\n" + last}, {"null", true, first + nulls + last}} {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			j := NewJSONL(&out, all, c.nulls)
			var err error
			for i := range rows {
				err = errors.Join(err, j.Write(&rows[i]))
			}
			if err = errors.Join(err, j.Flush()); err != nil {
				t.Fatal(err)
			}
			if out.String() != c.want {
				t.Errorf("got\n%swant\n%s", out.String(), c.want)
			}
			one := []byte("x")
			for i := range rows {
				one = append(AppendObject(one, all, &rows[i], c.nulls), '\n')
			}
			if string(one) != "x"+c.want {
				t.Errorf("AppendObject: %s", one)
			}
		})
	}
}

// A list of no columns has a line for each row.
func TestNoColumns(t *testing.T) {
	var out strings.Builder
	c, j := NewCSV[row](&out, nil), NewJSONL[row](&out, nil, true)
	if err := errors.Join(c.WriteHeader(), c.Write(&row{}), c.Flush(), j.Write(&row{}), j.Flush()); err != nil || out.String() != "\n\n{}\n" {
		t.Errorf("%v %q", err, out.String())
	}
}

// failing takes limit bytes.
type failing struct {
	limit   int
	flushes int
}

var errFull = errors.New("full")

func (f *failing) Write(b []byte) (int, error) {
	if len(b) <= f.limit {
		f.limit -= len(b)
		return len(b), nil
	}
	return f.limit, errFull
}

func (f *failing) Flush() error { f.flushes++; return nil }

// short takes half of what it is given and does not say so.
type short struct{}

func (short) Write(b []byte) (int, error) { return len(b) / 2, nil }

// An error of what is below is returned by the call that meets it and by all later ones.
func TestErrors(t *testing.T) {
	for _, c := range []struct {
		name string
		w    io.Writer
		want error
	}{
		{"full", &failing{limit: 100}, errFull},
		{"short", short{}, io.ErrShortWrite},
		{"none", nil, errNoWriter},
		{"flush", bufio.NewWriterSize(&failing{limit: 1 << 20}, 1<<21), errFull},
	} {
		t.Run(c.name, func(t *testing.T) {
			j := NewJSONL(c.w, all, true)
			r := row{text: strings.Repeat("x", 1<<19)}
			var err error
			for range 3 {
				err = errors.Join(err, j.Write(&r))
			}
			if err = errors.Join(err, j.Flush()); !errors.Is(err, c.want) {
				t.Fatalf("got %v", err)
			}
			if again := j.Flush(); !errors.Is(j.Write(&r), c.want) || !errors.Is(again, c.want) || j.Flush().Error() != again.Error() {
				t.Errorf("not sticky: %v, %v", j.Write(&r), again)
			}
			if f, ok := c.w.(*failing); ok && f.flushes == 0 {
				t.Error("what is below was not flushed")
			}
		})
	}
}

func TestNoAllocations(t *testing.T) {
	c, j := NewCSV(io.Discard, all), NewJSONL(io.Discard, all, false)
	for name, write := range map[string]func(*row) error{"csv": c.Write, "jsonl": j.Write} {
		t.Run(name, func(t *testing.T) {
			if n := testing.AllocsPerRun(1000, func() { _ = write(&rows[2]) }); n != 0 {
				t.Errorf("%v allocations per row", n)
			}
		})
	}
}

func BenchmarkCSV(b *testing.B) {
	c := NewCSV(io.Discard, all)
	for b.Loop() {
		_ = c.Write(&rows[0])
	}
}

func BenchmarkJSONL(b *testing.B) {
	j := NewJSONL(io.Discard, all, false)
	for b.Loop() {
		_ = j.Write(&rows[0])
	}
}
