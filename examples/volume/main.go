// Command volume prints how much traffic there was in each second, from flows
// of which only start, end and size are known.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/intervalstat"
)

const help = `
Volume spreads each flow over the time from its first packet to its last and prints a line START PACKETS BYTES for each bin of time that
flows touch: START in seconds since 1970, amounts with up to six decimals. They sum to those of the flows exactly.

Each row is taken as traffic of its own. Tables of flows -interval with -counters lifetime repeat in each active table what earlier ones
said of the same flow, and a row does not tell that it does, so it counts again: give this program rows with -counters interval, or of
flows that have ended only.

It reads the files that the program flows writes: t2, csv and jsonl, compressed or not. Without FILE, or for -, it reads standard input.

Example: flows monday.pcap | volume -bin 1m`

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

func run(argv []string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := cli.New("volume", "[FILE...]", help)
	p.Stdin, p.OfCapture = stdin, "the program flows makes a list of its flows"
	bin := p.Duration("bin", time.Second, "length of a bin; bins begin at multiples of it since 1970")
	whole := p.Flags.Bool("whole", false, "give each bin that a flow touches the same share; otherwise in proportion to time")
	return p.Run(argv, stdout, stderr, func() error {
		if *bin <= 0 {
			return cli.Usagef("-bin %v: want more than 0", *bin)
		}
		volume, err := intervalstat.NewVolume(intervalstat.VolumeConfig{Bin: *bin, Whole: *whole})
		if err != nil {
			return err
		}
		err = p.EachFile(func(name string, r io.Reader) error { return addFile(volume, name, r) })
		s := volume.Stats()
		if s.Flows == 0 {
			p.Empty("flows")
		}
		if s.Refused > 0 {
			err = errors.Join(err, fmt.Errorf("%d of %d flows left out: %w; take a longer -bin", s.Refused, s.Flows, intervalstat.ErrTooManyBins))
		}
		var line []byte
		for b := range volume.Bins() {
			line = append(appendSeconds(line[:0], b.Start), ' ')
			line = append(b.Packets.AppendTo(line), ' ')
			line = append(b.Bytes.AppendTo(line), '\n')
			p.Stdout.Write(line) // an error is kept for Flush
		}
		return err
	})
}

// appendSeconds appends nanoseconds as seconds without needless zeros.
func appendSeconds(b []byte, ns int64) []byte {
	if ns < 0 {
		b = append(b, '-')
	}
	whole, fraction := ns/1e9, ns%1e9
	b = strconv.AppendInt(b, max(whole, -whole), 10)
	if fraction == 0 {
		return b
	}
	return append(append(b, '.'), strings.TrimRight(fmt.Sprintf("%09d", max(fraction, -fraction)), "0")...)
}
