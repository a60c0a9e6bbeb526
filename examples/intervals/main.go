// Command intervals prints statistics of a capture for each interval of time,
// as tcpstat does.
package main

import (
	"io"
	"math"
	"os"
	"strconv"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/pcapio"
)

const help = `
Intervals prints a row for each interval of INTERVAL seconds (5 if not given): packets, sizes, rates, protocols. A row is printed as soon
as its interval has ended. Flags come before INTERVAL. Without -r it reads standard input.

In FORMAT, \n and \t are as in C, and substitutions are
  %n packets  %N bytes  %a mean size  %d its standard deviation  %m smallest  %M largest
  %b bits/s  %B bytes/s  %p packets/s  %l load: bits/s smoothed over a minute, as a share of the highest so far
  %A ARP  %I IPv4  %V IPv6  %T TCP  %U UDP  %C ICMP and ICMPv6
  %s start of the interval in seconds since 1970  %S rounded down  %r %R since the start of the capture
  %2 what follows goes to file descriptor 2, as in %2text%1
and, but for classic, %% and %{start} %{end} %{covered} %{partial} %{late} %{omitted} %{hosts} %{flows} %{p50} %{p99.9}
  %{sctp} %{icmp} %{icmpv6} %{otherip} %{badip} %{nonip}

With -semantics classic all numbers are tcpstat's. Otherwise sizes are what the link layer carries (see -size), protocols are seen
behind VLAN tags, MPLS labels and cooked headers, and rates are over the time that the capture covers.

Example: intervals -r monday.pcap.gz -f "tcp port 80" -o "%S %b\n" 60`

// options are the flags.
type options struct {
	file, iface, format, semantics, size   string
	seconds, relative, carry, raw          float64
	width                                  float64 // the argument
	maxEmpty                               int     // 0: the default
	whole, account, hideEmpty, link, align bool
	flush, selfish                         bool
}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(argv []string, stdout, stderr io.Writer) int {
	p := cli.New("intervals", "[INTERVAL]", help)
	p.CaptureFlags()
	var o options
	p.Flags.StringVar(&o.file, "r", "-", "read the capture `FILE`")
	p.Flags.StringVar(&o.iface, "i", "", "capture from the network interface `IFACE`")
	p.Flags.StringVar(&o.format, "o", "", "print rows in this `FORMAT`")
	p.Flags.StringVar(&o.semantics, "semantics", "modern", "modern or classic")
	p.Flags.StringVar(&o.size, "size", "network", "bytes of a packet: network, ip, wire, captured or layer1 (not classic)")
	p.Flags.Float64Var(&o.seconds, "s", 0, "count only the first so many `SECONDS`")
	p.Flags.Float64Var(&o.relative, "R", 0, "print times relative to these `SECONDS` since 1970")
	p.Flags.Float64Var(&o.carry, "b", 0, "print how long the rate was over `BPS`, with what is over carried to the next interval")
	p.Flags.Float64Var(&o.raw, "B", 0, "print how long the rate was over `BPS`, each interval for itself")
	p.Flags.IntVar(&o.maxEmpty, "max-empty", 0, "print up to so many empty intervals in a row, and none of a longer gap (default 100000; classic: the first 1048576)")
	p.Flags.BoolVar(&o.whole, "1", false, "take the whole capture as one interval")
	p.Flags.BoolVar(&o.account, "a", false, "print average rates of the whole capture only")
	p.Flags.BoolVar(&o.hideEmpty, "e", false, "leave out empty intervals")
	p.Flags.BoolVar(&o.link, "l", false, "count link-layer headers as well; the same as -size wire")
	p.Flags.BoolVar(&o.align, "align", false, "start intervals at multiples of INTERVAL since 1970 (not classic)")
	p.Flags.BoolVar(&o.selfish, "p", false, "with -i, do not ask for packets to other hosts")
	p.Flags.BoolVar(&o.flush, "F", false, "write out each row at once for a FILE too, as for pipes and interfaces")
	return p.Run(argv, stdout, stderr, func() error {
		if err := o.check(p.Flags.Args()); err != nil {
			return err
		}
		return o.measure(p)
	})
}

// check looks at what is known before anything is read.
func (o *options) check(args []string) error {
	if err := cli.Choice("semantics", o.semantics, "modern,classic"); err != nil {
		return err
	}
	if len(args) > 1 {
		return cli.Usagef("more than one INTERVAL; flags come before it")
	}
	if len(args) == 1 && !o.whole {
		w, err := strconv.ParseFloat(args[0], 64)
		if err != nil || !(w >= 1e-9 && w <= 1e9) {
			return cli.Usagef("INTERVAL %s: want seconds, from 1e-9 to 1e9", args[0])
		}
		o.width = w
	}
	switch classic := o.semantics == "classic"; {
	case !(o.seconds >= 0 && o.seconds <= 1e9) || math.Abs(o.relative) > 9e9 || math.IsNaN(o.relative):
		return cli.Usagef("-s and -R want seconds")
	case o.carry < 0 || o.raw < 0 || math.IsNaN(o.carry) || math.IsNaN(o.raw):
		return cli.Usagef("-b and -B want bits per second")
	case o.maxEmpty < 0:
		return cli.Usagef("-max-empty %d: want 1 or more; -e leaves out all of them", o.maxEmpty)
	case o.iface != "" && o.file != "-":
		return cli.Usagef("-i and -r exclude each other")
	case classic && (o.align || o.size != "network"):
		return cli.Usagef("tcpstat has neither -align nor -size")
	case o.link && o.size != "network":
		return cli.Usagef("-l and -size exclude each other")
	}
	return nil
}

// analysis is a Series or a Classic with what takes its intervals.
type analysis struct {
	dst     sink
	flush   func() error
	advance func(now int64) error // nil: it has no clock of its own
	tell    func(*cli.Program)
}

// sink takes records, which is faster, or packets, where tunnels are to be looked into.
type sink interface {
	pcapio.RecordWriter
	pcapio.PacketWriter
}
