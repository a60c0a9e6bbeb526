// Command pairs counts how often two addresses meet, in either direction: in a list of flows (lines SRC DST PACKETS), or in captures.
//
//	pairs [-method exact,xor16,topk] [-n 10] [-by flows,packets,bytes] [-mem BYTES] [-pcap] [FILE...]
//	pairs -generate LINES [-seed N]
//
// It prints A B COUNT, highest first; -n 0 prints all. No FILE or - is standard input.
//
// exact counts every pair; with -mem it spills to disk what does not fit. xor16 counts in 65,536 slots by the classic fold: COUNT is
// the slot's, and A B the pair that may have most of it. topk keeps 65,536 pairs: COUNT is too high by at most 1/65536 of the total.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/reeftools/reef/pairhash"
	"github.com/reeftools/reef/pairhash/flowlist"
)

func main() {
	method := flag.String("method", "exact", "exact, xor16 or topk")
	n := flag.Int("n", 10, "pairs to print, 0 for all")
	by := flag.String("by", "", "count flows, packets or bytes (default flows; packets with -pcap)")
	mem := flag.Int64("mem", 0, "exact: bytes of memory to use, the rest goes to temporary files; 0 sets no bound")
	pcap := flag.Bool("pcap", false, "FILEs are captures")
	lines := flag.Int64("generate", 0, "write a list of so many flows instead")
	seed := flag.Uint64("seed", 0, "of the generated list")
	flag.Parse()
	if *lines != 0 {
		g, err := flowlist.NewGenerator(flowlist.GeneratorConfig{Lines: *lines, Seed: *seed})
		exit(2, err)
		_, err = g.WriteTo(os.Stdout)
		exit(1, err)
		return
	}
	if *n <= 0 {
		*n = math.MaxInt
	}
	count, err := newMethod(*method, *mem)
	exit(2, err)
	weight, err := weightOf(*by, *pcap)
	exit(2, err)
	read := readLists
	if *pcap {
		read = readCaptures
	}
	names := flag.Args()
	if len(names) == 0 {
		names = []string{"-"}
	}
	notation, failed := read(names, weight, count.add) // whatever failed, the good part is printed
	out := bufio.NewWriter(os.Stdout)
	err = count.print(*n, func(p pairhash.Pair, n uint64) error {
		a, b := string(notation.Append(nil, p.A)), string(notation.Append(nil, p.B))
		if b < a { // as awk's $1 < $2 would have it
			a, b = b, a
		}
		_, err := fmt.Fprintln(out, a, b, n)
		return err
	})
	for _, e := range []error{err, out.Flush(), count.close()} {
		if failed == nil {
			failed = e
		}
	}
	exit(1, failed)
}

// readLists adds the flows of lists; all must have the notation of the first.
func readLists(names []string, weight func(*flowlist.Flow) uint64, add func(a, b pairhash.Addr, n uint64) error) (flowlist.Notation, error) {
	in := make([]io.Reader, len(names))
	for i, name := range names {
		in[i] = os.Stdin
		if name != "-" {
			f, err := os.Open(name)
			if err != nil {
				return flowlist.Unknown, err
			}
			defer f.Close()
			in[i] = f
		}
	}
	r := flowlist.NewReader(io.MultiReader(in...))
	var f flowlist.Flow
	for {
		err := r.ReadFlow(&f)
		if err == nil {
			err = add(f.Src, f.Dst, weight(&f))
		}
		if err == io.EOF {
			return r.Notation(), nil
		}
		if err != nil {
			return r.Notation(), err
		}
	}
}

// exit ends the program if there is an error.
func exit(status int, err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "pairs:", err)
		os.Exit(status)
	}
}
