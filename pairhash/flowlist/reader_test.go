package flowlist

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/reeftools/reef/pairhash"
)

func readAll(r io.Reader) (flows []Flow, reader *Reader, err error) {
	reader = NewReader(r)
	for {
		var f Flow
		if err := reader.ReadFlow(&f); err != nil {
			return flows, reader, err
		}
		flows = append(flows, f)
	}
}

func TestReadFlow(t *testing.T) {
	w := func(high, low uint32) pairhash.Addr { return pairhash.AddrFromUint64(uint64(high)<<32 | uint64(low)) }
	v4 := pairhash.AddrFromUint32
	for _, c := range []struct {
		text     string
		notation Notation
		want     []Flow
		skipped  int64
	}{
		{"", Unknown, nil, 0},
		{"\n# nothing\n \t\r\n", Unknown, nil, 3},
		{"01234567:89abcdef FEDCBA98:76543210 7\n", Words, []Flow{{w(0x01234567, 0x89abcdef), w(0xfedcba98, 0x76543210), 7, 0}}, 0},
		{"00000000:00000001 00000000:00000002 3\n00000000:00000001 00000000:00000002 18446744073709551615\n00000000:0000000A\t00000000:00000002 9 1500 x y\r\n" +
			"00000000:00000001 00000000:00000002", Words,
			[]Flow{{w(0, 1), w(0, 2), 3, 0}, {w(0, 1), w(0, 2), 1<<64 - 1, 0}, {w(0, 10), w(0, 2), 9, 1500}, {w(0, 1), w(0, 2), 1, 0}}, 0},
		{"10.0.0.1 255.255.255.255 5\n\n2001:db8::1 0.0.0.0 6", IP, []Flow{{v4(0x0a000001), v4(1<<32 - 1), 5, 0}, {pairhash.Addr{Hi: 0x20010db8 << 32, Lo: 1}, v4(0), 6, 0}}, 1},
		// 17 bytes with a colon at byte 8, but no two words: 64:ff9b::/96 holds IPv4 addresses (RFC
		// 6052).
		{"64:ff9b::10.0.0.1 64:FF9B::10.0.0.2 5\n::ffff:1.2.3.4 1.2.3.4 1", IP, []Flow{{pairhash.Addr{Hi: 0x64ff9b << 32, Lo: 0x0a000001},
			pairhash.Addr{Hi: 0x64ff9b << 32, Lo: 0x0a000002}, 5, 0}, {v4(0x01020304), v4(0x01020304), 1, 0}}, 0},
		{"12:45:78::1.2.3.4 2001:db8::1 2", IP, []Flow{{pairhash.Addr{Hi: 0x0012_0045_0078_0000, Lo: 0x01020304}, pairhash.Addr{Hi: 0x20010db8 << 32, Lo: 1}, 2, 0}}, 0},
		{"abcdef01:0000beef 00000000:00000001", Words, []Flow{{w(0xabcdef01, 0xbeef), w(0, 1), 1, 0}}, 0},
		{"1 18446744073709551615 2\n007 8\n", Decimal, []Flow{{w(0, 1), w(1<<32-1, 1<<32-1), 2, 0}, {w(0, 7), w(0, 8), 1, 0}}, 0},
	} {
		t.Run(c.text, func(t *testing.T) {
			for _, in := range []io.Reader{strings.NewReader(c.text), iotest.OneByteReader(strings.NewReader(c.text)), iotest.DataErrReader(strings.NewReader(c.text))} {
				got, r, err := readAll(in)
				if err != io.EOF || !slices.Equal(got, c.want) || r.Notation() != c.notation || r.Skipped() != c.skipped || r.Lines() != int64(len(got))+c.skipped {
					t.Errorf("%q: %+v, %v, %v, %d skipped of %d", c.text, got, err, r.Notation(), r.Skipped(), r.Lines())
				}
			}
		})
	}
}

// TestNotations compares what a first address is taken for with what netip makes of it.
func TestNotations(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	const letters = "0123456789abcdefABCDEF::::..%g"
	for range 200_000 {
		text := make([]byte, 1+r.IntN(20))
		if r.IntN(2) == 0 {
			text = make([]byte, 17)
		}
		for i := range text {
			text[i] = letters[r.IntN(len(letters))]
		}
		if r.IntN(2) == 0 && len(text) == 17 {
			text[8] = ':'
		}
		a, err := netip.ParseAddr(string(text))
		if err != nil || a.Zone() != "" {
			continue
		}
		if got, ok := detect(text).parse(text); !ok || got != pairhash.AddrFrom(a) {
			t.Errorf("%s is %v, %v: %v", text, detect(text), ok, got)
		}
	}
}

func TestReadFlowErrors(t *testing.T) {
	const good = "00000000:00000001 00000000:00000002 3\n"
	for _, c := range []struct {
		text string
		err  error
	}{
		{"00000000:0000000g 00000000:00000002 3\n", ErrSyntax},
		{"00000000:00000001 00000000:00000002 3x\n", ErrSyntax},
		{"00000000:00000001 00000000:00000002 -3\n", ErrSyntax},
		{"00000000:00000001 00000000:00000002 18446744073709551616\n", ErrSyntax},
		{"00000000:00000001 00000000:00000002 3 4x\n", ErrSyntax},
		{"00000000:00000001\n", ErrSyntax},
		{"00000000:00000001 00000000\n", ErrSyntax},
		{"10.0.0.1 10.0.0.2 3\n", ErrSyntax},
		{"00000000000000001 00000000:00000002 3\n", ErrSyntax},
		{strings.Repeat("x", maxLine+1), ErrTooLong},
	} {
		t.Run(c.text, func(t *testing.T) {
			flows, r, err := readAll(strings.NewReader(good + "\n" + c.text))
			var e *LineError
			if !errors.As(err, &e) || !errors.Is(err, c.err) || e.Line != 3 || e.Offset != int64(len(good))+1 || len(flows) != 1 || r.Lines() != 2 {
				t.Errorf("%.60q: %d flows, %v", c.text, len(flows), err)
			}
			if again := r.ReadFlow(new(Flow)); again != err {
				t.Errorf("%.60q: then %v", c.text, again)
			}
		})
	}
	flows, _, err := readAll(iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader(good))))
	if !errors.Is(err, iotest.ErrTimeout) || len(flows) != 0 {
		t.Errorf("failing reader: %d flows, %v", len(flows), err)
	}
	for _, a := range []string{"1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1..2.3", ".1.2.3", "1.2.3.", "fe80::1%eth0", "::g"} {
		t.Run(a, func(t *testing.T) {
			if _, ok := IP.parse([]byte(a)); ok {
				t.Errorf("%s was taken", a)
			}
		})
	}
}

func TestParseHexEveryByte(t *testing.T) {
	for c := range 256 {
		for pos := range 17 {
			b := []byte("5a0F9c3E:D81e274B")
			b[pos] = byte(c)
			want, err := strconv.ParseUint(string(b[:8])+string(b[9:]), 16, 64)
			good := err == nil && b[8] == ':'
			if got, ok := parseWords((*[17]byte)(b)); ok != good || ok && got != want {
				t.Errorf("%q: %x, %v, want %x, %v", b, got, ok, want, good)
			}
		}
	}
}

func TestFormatHex(t *testing.T) {
	for _, v := range []uint32{0, 0x01234567, 0x89abcdef, 0xfedcba98, 0xffffffff, 0x9a9a9a9a} {
		t.Run(fmt.Sprint(v), func(t *testing.T) {
			if got := string(binary.LittleEndian.AppendUint64(nil, formatHex(v))); got != fmt.Sprintf("%08x", v) {
				t.Errorf("%08x: %s", v, got)
			}
		})
	}
}

func TestParseCount(t *testing.T) {
	for _, c := range []struct {
		text   string
		v      uint64
		digits uint // 0: no count
	}{
		{"0\n\n\n\n\n\n\n", 0, 1}, {"7\n999999", 7, 1}, {"42\nxxxxx", 42, 2}, {"1234567\n", 1234567, 7}, {"9999999\n", 9999999, 7},
		{"0000001\n", 1, 7}, {"\n1234567", 0, 0}, {"12345678", 0, 0}, {"12a\n1234", 0, 0}, {"1 2\n1234", 0, 0}, {"1\r\n12345", 0, 0},
		{"/\n123456", 0, 0}, {":\n123456", 0, 0}, {"\xb1\n123456", 0, 0}, {"12\x0b\n1234", 0, 0},
	} {
		t.Run(c.text, func(t *testing.T) {
			x := binary.LittleEndian.Uint64([]byte(c.text))
			n := countBits(x)
			if n != 8*c.digits || n > 0 && parseCount(x, n) != c.v {
				t.Errorf("%q: %d of %d bits", c.text, parseCount(x, n), n)
			}
		})
	}
}

// readBatches reads the rest of r.
func readBatches(t *testing.T, r *Reader, size int) (flows []Flow, err error) {
	t.Helper()
	for batch := make([]Flow, size); err == nil; {
		var n int
		if n, err = r.ReadFlows(batch); n == 0 && err == nil {
			t.Fatal("no flow and no error")
		}
		flows = append(flows, batch[:n]...)
	}
	if n, again := r.ReadFlows(make([]Flow, size)); n != 0 || again != err {
		t.Fatalf("then %d flows, %v", n, again)
	}
	return flows, err
}

// readPairs reads the rest of r.
func readPairs(t *testing.T, r *Reader, size int, by Weight) (pairs []pairhash.PairCount, err error) {
	t.Helper()
	for batch := make([]pairhash.PairCount, size); err == nil; {
		var n int
		if n, err = r.ReadPairs(batch, by); n == 0 && err == nil {
			t.Fatal("no flow and no error")
		}
		pairs = append(pairs, batch[:n]...)
	}
	if n, again := r.ReadPairs(make([]pairhash.PairCount, size), by); n != 0 || again != err {
		t.Fatalf("then %d flows, %v", n, again)
	}
	return pairs, err
}

// weighed returns what flows are to ReadPairs.
func weighed(flows []Flow, by Weight) (pairs []pairhash.PairCount) {
	for _, f := range flows {
		pairs = append(pairs, pairhash.PairCount{Pair: pairhash.Pair{A: f.Src, B: f.Dst}, N: [...]uint64{1, f.Packets, f.Bytes}[by]})
	}
	return pairs
}

// usual is long enough for lines before it to be read the short way.
var usual = strings.Repeat("10.0.0.1 10.0.0.2 3 4\n", 5)

// ReadFlows gives what ReadFlow gives, whatever the batches and the reads below.
func TestReadFlows(t *testing.T) {
	for _, text := range []string{
		"", "\n", strings.Repeat("00000000:00000001 0000000A:00000002 3\n", 9000),
		"00000000:00000001 00000000:00000002 3\n#\n00000000:00000001 00000000:00000002 12345678\n 00000000:00000001\t0000000a:00000002\n00000000:00000001 00000000:00000002 3",
		"00000000:00000001 00000000:00000002 3\n00000000:00000001 00000000:00000002 3\n00000000:00000001 00000000:0000000x 3\n" + strings.Repeat(" ", 50),
		"10.0.0.1 10.0.0.2 3 4\n\n10.0.0.1 10.0.0.2", "1 2\n3 4 5\n10.0.0.1 7\n",
		strings.Repeat("192.168.10.1 0.0.0.0 007\n255.255.255.255 1.22.133.4 9999999999999999999 12\n", 3000),
		usual + "\n# b\n10.0.0.1  10.0.0.2 1\n10.0.0.1\t10.0.0.2 1\n10.0.0.1 10.0.0.2 1 2 3\n10.0.0.1 10.0.0.2 1 \n2001:db8::1 10.0.0.2 1\n10.0.0.1 10.0.0.2\r\n10.0.0.1 10.0.0.2 18446744073709551615\n" + usual,
		strings.Repeat("10.0.0.1\t10.0.0.2\t3\r\n10.0.0.1 10.0.0.2\t3\t44\r\n", 50), usual + "10.0.0.1 10.0.0.2 \r\n" + usual + "10.0.0.1 10.0.0.2 3\r \r\n10.0.0.1 10.0.0.2 3\r5\n" + usual,
		usual + "10.0.0.01 10.0.0.2 1\n" + usual, usual + "10.0.0.256 10.0.0.2 1\n" + usual, usual + "10.0.0.1 10.0.0.2000 1\n" + usual,
		usual + "10.0.0. 10.0.0.2 1\n" + usual, usual + "10.0.0.1.2 10.0.0.2 1\n" + usual, usual + "10.0.0.1 10.0.0.2 x\n" + usual,
		usual + "10.0.0.1 10.0.0.2 1 2x\n" + usual, usual + "10 11 1\n" + usual, usual + "10.0.0.1 10.0.0.2 18446744073709551616\n" + usual,
		strings.Repeat("0 9999999999999999999 1\n18446744073709551615 00000000000000000000001 5 6\n", 3000),
		strings.Repeat("5 6 7\n", 50) + "5 6.0 7\n" + strings.Repeat("5 6 7\n", 50), strings.Repeat("5 6 7\n", 50) + "5 18446744073709551616 7\n" + strings.Repeat("5 6 7\n", 50),
	} {
		t.Run(text, func(t *testing.T) {
			want, one, wantErr := readAll(strings.NewReader(text))
			for _, wrap := range []func(io.Reader) io.Reader{func(r io.Reader) io.Reader { return r }, iotest.OneByteReader, iotest.DataErrReader} {
				for _, size := range []int{1, 3, scratchLen, 256} {
					r := NewReader(wrap(strings.NewReader(text)))
					got, err := readBatches(t, r, size)
					if !slices.Equal(got, want) || err.Error() != wantErr.Error() || r.Lines() != one.Lines() || r.Skipped() != one.Skipped() {
						t.Errorf("%.80q: %d flows, want %d; %v, want %v; %d lines", text, len(got), len(want), err, wantErr, r.Lines())
					}
					for _, by := range []Weight{Flows, Packets, Bytes} {
						r := NewReader(wrap(strings.NewReader(text)))
						got, err := readPairs(t, r, size, by)
						if !slices.Equal(got, weighed(want, by)) || err.Error() != wantErr.Error() || r.Lines() != one.Lines() {
							t.Errorf("%.80q by %d: %d pairs, want %d; %v, want %v", text, by, len(got), len(want), err, wantErr)
						}
					}
				}
			}
		})
	}
}

func TestReadFlowDoesNotAllocate(t *testing.T) {
	for _, line := range []string{"00000000:00000001 00000000:00000002 3\n", "10.0.0.1 10.0.0.2 3 4\n", "5 6\n"} {
		t.Run(line, func(t *testing.T) {
			r := NewReader(strings.NewReader(strings.Repeat(line, 20000)))
			var f Flow
			if n := testing.AllocsPerRun(10000, func() {
				if err := r.ReadFlow(&f); err != nil {
					t.Fatal(err)
				}
			}); n != 0 {
				t.Errorf("%q: %v allocations", line, n)
			}
		})
	}
}

func TestReadPairsDoesNotAllocate(t *testing.T) {
	for _, line := range []string{"00000000:00000001 00000000:00000002 3\n", "10.0.0.1 10.0.0.2 3 4\n", "5 6 7\n"} {
		t.Run(line, func(t *testing.T) {
			r := NewReader(strings.NewReader(strings.Repeat(line, 200_000)))
			var pairs [256]pairhash.PairCount
			var flows [256]Flow
			if n := testing.AllocsPerRun(300, func() {
				_, err1 := r.ReadPairs(pairs[:], Packets)
				_, err2 := r.ReadFlows(flows[:])
				if err1 != nil || err2 != nil {
					t.Fatal(err1, err2)
				}
			}); n != 0 {
				t.Errorf("%q: %v allocations", line, n)
			}
		})
	}
}

func FuzzReadFlow(f *testing.F) {
	f.Add("01234567:89abcdef FEDCBA98:76543210 7\n\n#\n01234567:89abcdef FEDCBA98:76543210\n")
	f.Add("10.0.0.1 2001:db8::1 18446744073709551616\n")
	f.Add("1 2 3 4 5\r\n6 7")
	f.Add(usual + "10.0.0.1 10.0.0.02 3\n" + usual)
	f.Add(strings.Repeat("10 9999999999999999999 7\n", 9))
	f.Add(strings.Repeat("01234567:89abcdef FEDCBA98:76543210 7\n", 3))
	f.Fuzz(func(t *testing.T, text string) {
		flows, r, err := readAll(strings.NewReader(text))
		batches := NewReader(strings.NewReader(text))
		if all, err2 := readBatches(t, batches, 5); !slices.Equal(all, flows) || err2.Error() != err.Error() || batches.Lines() != r.Lines() {
			t.Fatalf("batches: %d flows, %v; one by one %d, %v", len(all), err2, len(flows), err)
		}
		for _, by := range []Weight{Flows, Packets, Bytes} {
			if all, err2 := readPairs(t, NewReader(strings.NewReader(text)), 5, by); !slices.Equal(all, weighed(flows, by)) || err2.Error() != err.Error() {
				t.Fatalf("by %d: %d pairs, %v; one by one %d, %v", by, len(all), err2, len(flows), err)
			}
		}
		var e *LineError
		if err != io.EOF && !errors.As(err, &e) {
			t.Fatal(err)
		}
		if r.Lines() != int64(len(flows))+r.Skipped() {
			t.Fatalf("%d lines, %d flows, %d skipped", r.Lines(), len(flows), r.Skipped())
		}
		var again []byte
		for _, fl := range flows {
			again = append(r.Notation().Append(again, fl.Src), ' ')
			again = append(r.Notation().Append(again, fl.Dst), ' ')
			again = fmt.Appendln(again, fl.Packets, fl.Bytes)
		}
		if back, _, err := readAll(bytes.NewReader(again)); err != io.EOF || !slices.Equal(back, flows) {
			t.Fatalf("%q came back as %v, %v", again, back, err)
		}
	})
}

func TestGenerator(t *testing.T) {
	for _, cfg := range []GeneratorConfig{
		{}, {Lines: 1}, {Lines: 2, Pairs: 1}, {Lines: 64}, {Lines: 1000, Pairs: 1000}, {Lines: 5000, Pairs: 37, Seed: 5},
		{Lines: 30000, Seed: 1, Notation: IP}, {Lines: 65536, Pairs: 4095, Seed: 1 << 63, Notation: Decimal},
	} {
		t.Run(fmt.Sprintf("%+v", cfg), func(t *testing.T) {
			g, err := NewGenerator(cfg)
			if err != nil {
				t.Fatal(err)
			}
			var list bytes.Buffer
			if n, err := g.WriteTo(&list); err != nil || n != int64(list.Len()) {
				t.Fatalf("%+v: %d bytes, %v", cfg, n, err)
			}
			flows, packets := map[pairhash.Pair]uint64{}, map[pairhash.Pair]uint64{}
			read, _, err := readAll(&list)
			if err != io.EOF || int64(len(read)) != cfg.Lines {
				t.Fatalf("%+v: %d flows, %v", cfg, len(read), err)
			}
			for _, f := range read {
				flows[pairhash.PairOf(f.Src, f.Dst)]++
				packets[pairhash.PairOf(f.Src, f.Dst)] += f.Packets
			}
			wantFlows, wantPackets := map[pairhash.Pair]uint64{}, map[pairhash.Pair]uint64{}
			for k := range g.Answer() {
				wantFlows[k.Pair], wantPackets[k.Pair] = k.Flows, k.Packets
			}
			if !maps.Equal(flows, wantFlows) || !maps.Equal(packets, wantPackets) || cfg.Pairs != 0 && int64(len(flows)) != cfg.Pairs {
				t.Errorf("%+v: %d pairs, %d in the answer, or their counts differ", cfg, len(flows), len(wantFlows))
			}
		})
	}
	for _, cfg := range []GeneratorConfig{{Lines: -1}, {Lines: 1, Pairs: 2}, {Lines: 1 << 41}, {Notation: 9}} {
		t.Run(fmt.Sprintf("%+v", cfg), func(t *testing.T) {
			if _, err := NewGenerator(cfg); !errors.Is(err, ErrConfig) {
				t.Errorf("%+v: %v", cfg, err)
			}
		})
	}
}

// pipeline is the exercise as it is done with the usual tools.
const pipeline = `awk '$1<$2{print $1,$2;next}{print $2,$1}' | sort | uniq -c | sort -rn`

// The exact counter agrees with the pipeline, line by line as a multiset, and with the generator's
// answer.
func TestPipeline(t *testing.T) {
	for _, tool := range []string{"sh", "awk", "sort", "uniq"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("no %s: %v", tool, err)
		}
	}
	g, err := NewGenerator(GeneratorConfig{Lines: 100_000, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	var list bytes.Buffer
	if _, err := g.WriteTo(&list); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", "-c", pipeline)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	cmd.Stdin = bytes.NewReader(list.Bytes())
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		want = append(want, f[1]+" "+f[2]+" "+f[0])
	}
	exact := pairhash.NewExact(pairhash.ExactConfig{})
	flows, r, err := readAll(&list)
	if err != io.EOF {
		t.Fatal(err)
	}
	for _, f := range flows {
		if err := exact.Add(f.Src, f.Dst); err != nil {
			t.Fatal(err)
		}
	}
	for c := range exact.Sorted(pairhash.ByCount) {
		line := append(r.Notation().Append(nil, c.A), ' ')
		got = append(got, fmt.Sprintf("%s %d", r.Notation().Append(line, c.B), c.N))
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("%d pairs, the pipeline has %d, or they differ", len(got), len(want))
	}
	for k := range g.Answer() {
		if n := exact.Count(k.A, k.B); n != k.Flows {
			t.Fatalf("%x: %d, generated %d", k.Pair, n, k.Flows)
		}
	}
}

func TestNoRoom(t *testing.T) {
	r := NewReader(strings.NewReader("1 2 3\n"))
	if n, err := r.ReadFlows(nil); n != 0 || !errors.Is(err, ErrConfig) {
		t.Errorf("ReadFlows: %d, %v", n, err)
	}
	if n, err := r.ReadPairs(nil, Flows); n != 0 || !errors.Is(err, ErrConfig) {
		t.Errorf("ReadPairs: %d, %v", n, err)
	}
	var f Flow
	if err := r.ReadFlow(&f); err != nil || f.Packets != 3 { // nothing was lost
		t.Errorf("%+v, %v", f, err)
	}
}
