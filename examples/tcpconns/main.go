// Tcpconns follows the TCP connections of captures and prints a record of each,
// as tcptrace and Tstat do.
package main

import (
	"errors"
	"io"
	"os"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/tcpanalysis/tcptrace"
)

const help = `Tcpconns prints a record of each TCP connection in captures, as the connections end.
Modern semantics measure round-trip times and class retransmissions by the RFCs; classic semantics
give the numbers of tcptrace, all connections at the end, or of Tstat.

Memory stays below 1 GiB. Modern semantics and Tstat need it for the connections that are open. Classic semantics of tcptrace keep
all connections to the end, 1.7 kB each: those beyond the first -max-conns are left out. Each bound that takes effect is told.`

// program is a run: what the flags say, and what that asks for.
type program struct {
	*cli.Program
	semantics, format, only, xplot, logDir, histoDir, nets string
	rtt, sync                                              *bool
	maxConns, maxRanges, maxGraphs                         int

	sel    tcptrace.Selection
	live   bool // the capture comes through a pipe
	take   []pcapio.PacketWriter
	finish []func() error // completes each at the end
}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(argv []string, stdout, stderr io.Writer) int {
	p := &program{Program: cli.New("tcpconns", "[FILE...]", help)}
	p.CaptureFlags()
	p.Flags.StringVar(&p.semantics, "semantics", "modern", "modern or classic")
	p.Flags.StringVar(&p.format, "format", "brief", "brief, long, csv, jsonl (modern only) or tstat")
	p.rtt = p.Flags.Bool("rtt", false, "add round-trip times and duplicate ACKs to long, csv and jsonl")
	p.Flags.StringVar(&p.only, "o", "", "only the connections with these `numbers`, as in 1,5-14")
	p.Flags.StringVar(&p.xplot, "xplot", "", "write tcptrace's graphs as .xpl files into this `directory`")
	p.Flags.StringVar(&p.logDir, "logs", "", "write Tstat's log_tcp_complete, log_tcp_nocomplete and log_udp_complete into this `directory`")
	p.Flags.StringVar(&p.histoDir, "histograms", "", "write Tstat's histograms into this `directory`, one folder per 5 minutes, and tables for plotting")
	p.Flags.StringVar(&p.nets, "net", "", "`networks` that are internal to Tstat's logs and histograms, as 10.0.0.0/8,fd00::/8; none: all")
	p.Flags.IntVar(&p.maxConns, "max-conns", 0, "follow so many connections at a time, or in all with classic semantics of tcptrace; 0: 262,144, of Tstat 180,000")
	p.Flags.IntVar(&p.maxRanges, "max-ranges", 0, "remember so many unacknowledged segments and gaps of all connections; 0: 4,194,304; modern only")
	p.Flags.IntVar(&p.maxGraphs, "max-graphs", 0, "with -xplot, draw the graphs of so many connections, eleven files each; 0: 16,384")
	p.sync = p.SyncFlag()
	return p.Run(argv, stdout, stderr, p.run)
}

func (p *program) run() error {
	if err := p.checkFlags(); err != nil {
		return err
	}
	p.Libpcap = p.semantics == "classic"
	packets, err := p.OpenDecoder()
	if err != nil {
		return err
	}
	p.live = isLive(p.Flags.Args())
	for _, add := range []func() error{p.addTstat, p.addClassic, p.addModern} {
		if err := add(); err != nil {
			return err
		}
	}
	_, err = pcapio.Copy(pcapio.MultiWriter(p.take...), packets)
	for _, finish := range p.finish {
		err = cli.Finish(err, finish)
	}
	return err
}

// checkFlags refuses values that make no sense, and flags that would do nothing.
func (p *program) checkFlags() (err error) {
	if p.sel, err = tcptrace.ParseSelection(p.only); err != nil {
		return cli.Usagef("-o %s: %v", p.only, err)
	}
	formats := "brief,long,csv,jsonl,tstat"
	if p.semantics == "classic" {
		formats = "brief,long,csv,tstat"
	}
	if err := errors.Join(cli.Choice("semantics", p.semantics, "modern,classic"), cli.Choice("format", p.format, formats)); err != nil {
		return err
	}
	switch {
	case p.format == "tstat" && p.only != "":
		return cli.Usagef("-o: not with -format tstat, whose connections have no numbers")
	case p.nets != "" && !p.wantTstat():
		return cli.Usagef("-net: only with -format tstat, -logs or -histograms")
	}
	if p.semantics == "classic" && p.format == "tstat" && p.Flags.Lookup("tunnels").Value.String() == "" {
		return p.Flags.Set("tunnels", tstatTunnels)
	}
	return nil
}

// limit returns what a flag bounds, or its default if it is 0.
func limit(flag, zero int) int {
	if flag == 0 {
		return cli.Fit(zero)
	}
	return flag
}
