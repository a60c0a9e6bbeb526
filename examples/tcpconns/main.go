// Tcpconns follows the TCP connections of captures and prints a record of each, as tcptrace and Tstat do.
package main

import (
	"errors"
	"strings"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/tcpanalysis"
	"github.com/reeftools/reef/tcpanalysis/tcptrace"
)

var (
	p = cli.New("tcpconns", "[FILE...]", `Tcpconns prints a record of each TCP connection in captures, as the connections end.
Modern semantics measure round-trip times and class retransmissions by the RFCs; classic semantics
give tcptrace's own numbers, all connections at the end.`)
	semantics = p.Flags.String("semantics", "modern", "modern or classic")
	format    = p.Flags.String("format", "brief", "brief, long, csv or jsonl (jsonl: modern only)")
	rtt       = p.Flags.Bool("rtt", false, "add round-trip times and duplicate ACKs to long, csv and jsonl")
	only      = p.Flags.String("o", "", "only the connections with these `numbers`, as in 1,5-14")
	xplot     = p.Flags.String("xplot", "", "write tcptrace's graphs as .xpl files into this `directory`")
)

type connWriter interface {
	tcpanalysis.ConnWriter
	Flush() error
}

func main() {
	p.CaptureFlags()
	p.Main(run)
}

func run() error {
	sel, err := tcptrace.ParseSelection(*only)
	if err != nil {
		return cli.Usagef("-o %s: %v", *only, err)
	}
	formats := "brief,long,csv,jsonl"
	if *semantics == "classic" {
		formats = "brief,long,csv"
	}
	if err := errors.Join(cli.Choice("semantics", *semantics, "modern,classic"), cli.Choice("format", *format, formats)); err != nil {
		return err
	}
	packets, err := p.OpenDecoder()
	if err != nil {
		return err
	}
	var cfg tcptrace.Config
	if *xplot != "" {
		cfg.Plot = tcptrace.NewPlotter(tcptrace.NewXplotDir(*xplot), sel)
	}
	classic, err := tcptrace.New(cfg)
	if err != nil {
		return err
	}
	if *semantics == "classic" {
		_, err = pcapio.Copy(classic, packets)
		return cli.Finish(cli.Finish(err, classic.Finish), func() error { return writeClassic(classic, sel) })
	}
	out := modernWriter()
	chosen := tcpanalysis.ConnWriterFunc(func(c *tcpanalysis.Conn) error {
		if !sel.Has(int(c.Number)) {
			return nil
		}
		return out.WriteConn(c)
	})
	conns, err := tcpanalysis.NewTracker(tcpanalysis.Config{Percentiles: *rtt}, chosen, nil)
	if err != nil {
		return err
	}
	if *xplot == "" {
		_, err = pcapio.Copy(conns, packets)
	} else {
		_, err = pcapio.Copy(pcapio.MultiWriter(conns, classic), packets)
		err = cli.Finish(err, classic.Finish)
	}
	return cli.Finish(cli.Finish(err, conns.Flush), out.Flush)
}

func modernWriter() connWriter {
	switch *format {
	case "csv":
		return tcpanalysis.NewCSVWriter(p.Stdout, *rtt)
	case "jsonl":
		return tcpanalysis.NewJSONWriter(p.Stdout, *rtt)
	case "long":
		return tcpanalysis.NewLongWriter(p.Stdout, *rtt)
	}
	return tcpanalysis.NewBriefWriter(p.Stdout)
}

func writeClassic(a *tcptrace.Analyzer, sel tcptrace.Selection) error {
	switch cols := (tcptrace.Columns{RTT: *rtt}); *format {
	case "csv":
		return tcptrace.WriteCSV(p.Stdout, a, cols, sel)
	case "long":
		return tcptrace.WriteLong(p.Stdout, a, cols, sel, strings.Join(p.Flags.Args(), " "))
	}
	return tcptrace.WriteBrief(p.Stdout, a, sel)
}
