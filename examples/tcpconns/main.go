// Tcpconns follows the TCP connections of captures and prints a record of each,
// as tcptrace and Tstat do.
package main

import (
	"errors"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/tcpanalysis/tcptrace"
)

var (
	p = cli.New("tcpconns", "[FILE...]", `Tcpconns prints a record of each TCP connection in captures, as the connections end.
Modern semantics measure round-trip times and class retransmissions by the RFCs; classic semantics
give the numbers of tcptrace, all connections at the end, or of Tstat.

Memory stays below 1 GiB. Modern semantics and Tstat need it for the connections that are open. Classic semantics of tcptrace keep
all connections to the end, 1.6 kB each: those beyond the first -max-conns are left out. Each bound that takes effect is told.`)
	semantics = p.Flags.String("semantics", "modern", "modern or classic")
	format    = p.Flags.String("format", "brief", "brief, long, csv, jsonl (modern only) or tstat")
	rtt       = p.Flags.Bool("rtt", false, "add round-trip times and duplicate ACKs to long, csv and jsonl")
	only      = p.Flags.String("o", "", "only the connections with these `numbers`, as in 1,5-14")
	xplot     = p.Flags.String("xplot", "", "write tcptrace's graphs as .xpl files into this `directory`")
	logDir    = p.Flags.String("logs", "", "write Tstat's log_tcp_complete, log_tcp_nocomplete and log_udp_complete into this `directory`")
	histoDir  = p.Flags.String("histograms", "", "write Tstat's histograms into this `directory`, one folder per 5 minutes, and tables for plotting")
	net       = p.Flags.String("net", "", "`networks` that are internal to Tstat's logs and histograms, as 10.0.0.0/8,fd00::/8; none: all")
	maxConns  = p.Flags.Int("max-conns", 0, "follow so many connections at a time, or in all with classic semantics of tcptrace; 0: 262,144, of Tstat 180,000")
	maxRanges = p.Flags.Int("max-ranges", 0, "remember so many unacknowledged segments and gaps of all connections; 0: 4,194,304; modern only")
	sync      = p.SyncFlag()

	live bool // the capture comes through a pipe
)

func main() {
	p.CaptureFlags()
	p.Main(run)
}

func run() error {
	sel, err := tcptrace.ParseSelection(*only)
	if err != nil {
		return cli.Usagef("-o %s: %v", *only, err)
	}
	formats := "brief,long,csv,jsonl,tstat"
	if *semantics == "classic" {
		formats = "brief,long,csv,tstat"
	}
	if err := errors.Join(cli.Choice("semantics", *semantics, "modern,classic"), cli.Choice("format", *format, formats)); err != nil {
		return err
	}
	if err := checkTstatFlags(); err != nil {
		return err
	}
	if *semantics == "classic" && *format == "tstat" && p.Flags.Lookup("tunnels").Value.String() == "" {
		if err := p.Flags.Set("tunnels", tstatTunnels); err != nil {
			return err
		}
	}
	p.Libpcap = *semantics == "classic"
	packets, err := p.OpenDecoder()
	if err != nil {
		return err
	}
	live = isLive(p.Flags.Args())
	var all outputs
	for _, add := range []func() error{all.addTstat, func() error { return all.addClassic(sel) }, func() error { return all.addModern(sel) }} {
		if err := add(); err != nil {
			return err
		}
	}
	_, err = pcapio.Copy(pcapio.MultiWriter(all.take...), packets)
	for _, finish := range all.finish {
		err = cli.Finish(err, finish)
	}
	return err
}
