// Command pairs counts how often two addresses meet, in either direction: in
// lists of flows, or in captures.
package main

import (
	"errors"
	"io"
	"math"
	"os"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/pairhash/flowlist"
)

const help = `
Pairs counts how often two addresses meet, no matter which of them is the source, and prints A B COUNT, highest count first.
It reads lists of flows with a line SRC DST PACKETS [BYTES] for each, or captures with -pcap, compressed or not. Without FILE, or
for -, it reads standard input. Addresses are IPv4, IPv6, two words hhhhhhhh:hhhhhhhh in hexadecimal, or decimal numbers.

  -method exact   counts every pair by itself; -mem bounds its memory
  -method topk    remembers 65,536 pairs: no COUNT is too low, nor too high by more than 1/65,536 of the total
  -method xor16   the classic array of 65,536 counters, in 4 MB with a pair for each: COUNT is that of all pairs that share a
                  counter, A B is the one that seems to have most of it; how far off counts are is told on standard error

Example: pairs -n 5 flows.txt
         pairs -pcap -by bytes monday.pcap
         pairs -generate 1000000 | pairs -method xor16`

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

func run(argv []string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := cli.New("pairs", "[FILE...]", help)
	p.Stdin, p.OfCapture = stdin, "-pcap reads captures"
	p.CaptureFlags()
	name := p.Flags.String("method", "exact", "count by exact, xor16 or topk")
	n := p.Flags.Uint("n", 10, "print so many pairs; 0 prints all")
	by := p.Flags.String("by", "", "count flows, packets or bytes; without it flows, or packets of captures")
	mem := p.Size("mem", cli.DefaultMem(), "`BYTES` of memory for exact, from 8388608 on; the rest goes to temporary files; 0 sets no bound")
	pcap := p.Flags.Bool("pcap", false, "read captures instead of lists")
	lines := p.Flags.Int64("generate", 0, "write a list of so many random flows instead of counting")
	seed := p.Flags.Uint64("seed", 0, "make the list of -generate by this `NUMBER`")
	return p.Run(argv, stdout, stderr, func() error {
		if *lines != 0 {
			return generate(p, flowlist.GeneratorConfig{Lines: *lines, Seed: *seed})
		}
		weight, err := parseWeight(*by, *pcap)
		if err != nil {
			return err
		}
		count, err := newMethod(*name, *mem, p)
		switch {
		case err != nil:
			return err
		case !*pcap && p.CaptureFlag() != "":
			return cli.Usagef("-%s is for captures: with -pcap", p.CaptureFlag())
		case *mem != cli.DefaultMem() && *name != "exact":
			return cli.Usagef("-mem: the memory of -method %s is fixed", *name)
		}
		if *mem > 0 { // garbage must not take what the tables leave
			defer cli.LimitMemory(*mem)()
		}
		in := &input{weight: weight, add: count.add}
		if *pcap {
			err = in.readCaptures(p)
		} else {
			err = in.readLists(p)
		}
		most := math.MaxInt
		if *n > 0 {
			most = int(min(*n, math.MaxInt32))
		}
		p.Spilled(count.spilled())
		out := &printer{w: p.Stdout, notation: in.notation}
		return errors.Join(err, count.print(most, out.print), count.close())
	})
}

func generate(p *cli.Program, cfg flowlist.GeneratorConfig) error {
	g, err := flowlist.NewGenerator(cfg)
	switch {
	case err != nil:
		return cli.Usagef("-generate: %v", err)
	case p.Flags.NArg() > 0:
		return cli.Usagef("-generate reads no FILE")
	}
	_, err = g.WriteTo(p.Stdout)
	return err
}
