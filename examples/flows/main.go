// Command flows prints the flows of captures, as CoralReef's crl_flow and
// NetMate do, or as CSV and JSON Lines.
package main

import (
	"errors"
	"io"
	"os"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/flow"
	"github.com/reeftools/reef/flow/coral"
	"github.com/reeftools/reef/flow/netmate"
	"github.com/reeftools/reef/pcapio"
)

const help = `
Flows prints the flows of captures (pcap, pcapng or snoop, plain or compressed; - or nothing is standard input).

  -format t2       CoralReef's text: unidirectional flows that end by silence; columns src dst proto ok sport dport
                   pkts bytes flows first latest
  -format netmate  a line of NetMate's 44 features for each bidirectional flow; with -semantics classic to the digit as NetMate
  -format csv      a line for each flow: times, key, packets and bytes both ways, TCP flags, why it ended
  -format jsonl    the same as JSON Lines

With -interval, t2 has tables for each interval: of the flows that expired in it, and of those alive at its end with their packets
of the interval (with -counters lifetime each flow once, where it expires). The other formats end all flows with their interval. With -o TEMPLATE each interval
goes to a file of its own: in TEMPLATE, %i counts files from 1 and other letters are strftime's (%Y%m%d-%H%M); a name
that ends in .gz is compressed.

Example: flows -interval 1h -align -o flows-%Y%m%d-%H.t2 monday.pcap tuesday.pcap`

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(argv []string, stdout, stderr io.Writer) int {
	p := cli.New("flows", "[FILE...]", help)
	p.CaptureFlags()
	p.Decode.SkipTCPOptions = true // no format has them
	var o options
	p.Flags.StringVar(&o.format, "format", "t2", "t2, netmate, csv or jsonl")
	p.Flags.StringVar(&o.semantics, "semantics", "modern", "modern, or classic: the numbers of CoralReef (t2: IPv4 only) or NetMate")
	p.DurationVar(&o.idle, "idle", 0, "silence that ends a flow; negative is never (default 60s, with netmate 10m)")
	p.DurationVar(&o.active, "active", 0, "cut flows that last longer into parts; 0 is never (not with t2)")
	p.DurationVar(&o.interval, "interval", 0, "report by intervals of this length")
	p.Flags.BoolVar(&o.align, "align", false, "start intervals at multiples of -interval, as on the hour; else at the first packet")
	p.Flags.StringVar(&o.counters, "counters", "interval", "t2: count packets of the interval, or of the flow's lifetime")
	p.Flags.BoolVar(&o.uni, "uni", false, "a flow for each direction, as t2 always has them")
	p.Flags.StringVar(&o.key, "key", "", "also tell flows apart by vlan, tunnel or vlan,tunnel (not with t2)")
	p.Flags.IntVar(&o.maxFlows, "max-flows", 0, "follow so many flows at a time, and end the longest unseen for a new one; 0: 3,145,728, with netmate 1,200,000, which fit 1 GiB")
	p.Flags.StringVar(&o.output, "o", "", "write each interval to a file named by `TEMPLATE`")
	o.sync = p.SyncFlag()
	return p.Run(argv, stdout, stderr, func() error {
		if err := o.check(); err != nil {
			return err
		}
		meter, err := o.meter(p.Stdout)
		if errors.Is(err, flow.ErrConfig) || errors.Is(err, coral.ErrConfig) || errors.Is(err, netmate.ErrConfig) {
			return cli.Usagef("%v", err)
		} else if err != nil {
			return err
		}
		p.Counts = func() string { return counts(meter) }
		p.AtEnd(func() { notes(p, meter, o.maxFlows) })
		dec, err := p.OpenDecoder()
		if err != nil {
			return err
		}
		_, err = pcapio.Copy(meter, dec)
		return cli.Finish(err, meter.Flush)
	})
}
