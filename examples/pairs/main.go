// Command pairs counts how often two addresses meet, in either direction: in lists of flows (lines SRC DST PACKETS), or in captures.
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
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"runtime/debug"

	"github.com/reeftools/reef/pairhash"
	"github.com/reeftools/reef/pairhash/flowlist"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run returns the exit status: 1 for bad input, after what was good is printed, and 2 for bad usage.
func run(args []string, in io.Reader, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("pairs", flag.ContinueOnError)
	flags.SetOutput(stderr)
	name := flags.String("method", "exact", "exact, xor16 or topk")
	n := flags.Int("n", 10, "pairs to print, 0 for all")
	by := flags.String("by", "", "count flows, packets or bytes (default flows; packets with -pcap)")
	mem := flags.Int64("mem", 0, "exact: bytes of memory to use, the rest goes to temporary files; 0 sets no bound")
	pcap := flags.Bool("pcap", false, "FILEs are captures")
	lines := flags.Int64("generate", 0, "write a list of so many flows instead")
	seed := flags.Uint64("seed", 0, "of the generated list")
	if flags.Parse(args) != nil {
		return 2
	}
	fail := func(status int, err error) int {
		fmt.Fprintln(stderr, "pairs:", err)
		return status
	}
	out := bufio.NewWriter(stdout)
	if *lines != 0 {
		g, err := flowlist.NewGenerator(flowlist.GeneratorConfig{Lines: *lines, Seed: *seed})
		if err != nil {
			return fail(2, err)
		}
		if _, err = g.WriteTo(stdout); err != nil {
			return fail(1, err)
		}
		return 0
	}
	count, err := newMethod(*name, *mem, stderr)
	if err != nil {
		return fail(2, err)
	}
	if *mem > 0 { // garbage must not take what the tables leave
		defer debug.SetMemoryLimit(debug.SetMemoryLimit(*mem))
	}
	weight, err := weightOf(*by, *pcap)
	if err != nil {
		return fail(2, err)
	}
	read := readLists
	if *pcap {
		read = readCaptures
	}
	names := flags.Args()
	if len(names) == 0 {
		names = []string{"-"}
	}
	if *n <= 0 {
		*n = math.MaxInt
	}
	notation, bad := read(names, in, stderr, func(f *flowlist.Flow) error { return count.add(f.Src, f.Dst, weight(f)) })
	err = count.print(*n, func(p pairhash.Pair, n uint64) error {
		a, b := string(notation.Append(nil, p.A)), string(notation.Append(nil, p.B))
		if b < a { // the order of awk's $1 < $2
			a, b = b, a
		}
		_, err := fmt.Fprintln(out, a, b, n)
		return err
	})
	if err := errors.Join(bad, err, out.Flush(), count.close()); err != nil {
		return fail(1, err)
	}
	return 0
}
