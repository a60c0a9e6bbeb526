// Tcpconns follows the TCP connections of captures and prints a record of each, as tcptrace and Tstat do.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/tcpanalysis"
	"github.com/reeftools/reef/tcpanalysis/tcptrace"
)

var (
	semantics = flag.String("semantics", "modern", "modern, or classic for tcptrace's own numbers")
	format    = flag.String("format", "brief", "brief, long, csv or jsonl (jsonl: modern only)")
	rtt       = flag.Bool("rtt", false, "add round-trip times and duplicate ACKs to long, csv and jsonl")
	only      = flag.String("o", "", "only the connections with these numbers, as in 1,5-14")
	xplot     = flag.String("xplot", "", "write tcptrace's graphs as .xpl files into this `directory`")
)

type writer interface {
	tcpanalysis.ConnWriter
	Flush() error
}

func main() {
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: tcpconns [flags] FILE... (- is standard input)")
		flag.PrintDefaults()
	}
	flag.Parse()
	sel, err := tcptrace.ParseSelection(*only)
	bad := err != nil || flag.NArg() == 0 || *semantics != "modern" && *semantics != "classic" ||
		!strings.Contains(" brief long csv jsonl ", " "+*format+" ") || *semantics == "classic" && *format == "jsonl"
	if bad {
		if err != nil {
			fmt.Fprintln(os.Stderr, "tcpconns:", err)
		}
		flag.Usage()
		os.Exit(2)
	}
	if err := run(sel); err != nil {
		fmt.Fprintln(os.Stderr, "tcpconns:", err)
		os.Exit(1)
	}
}

func run(sel tcptrace.Selection) error {
	r, err := pcapio.Open(flag.Args()...)
	if err != nil {
		return err
	}
	defer r.Close()
	packets := pcapio.NewDecoder(r, pcapio.DecodeConfig{})
	var plot *tcptrace.Plotter
	if *xplot != "" {
		plot = tcptrace.NewPlotter(*xplot, sel)
	}
	classic, err := tcptrace.New(tcptrace.Config{Plot: plot})
	if err != nil {
		return err
	}
	if *semantics == "classic" {
		_, err = pcapio.Copy(classic, packets)
		return errors.Join(err, classic.Finish(), writeClassic(classic, sel))
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
	if plot == nil {
		_, err = pcapio.Copy(conns, packets)
	} else {
		_, err = pcapio.Copy(pcapio.MultiWriter(conns, classic), packets)
		err = errors.Join(err, classic.Finish())
	}
	return errors.Join(err, conns.Flush(), out.Flush())
}

func modernWriter() writer {
	switch *format {
	case "csv":
		return tcpanalysis.NewCSVWriter(os.Stdout, *rtt)
	case "jsonl":
		return tcpanalysis.NewJSONWriter(os.Stdout, *rtt)
	case "long":
		return tcpanalysis.NewLongWriter(os.Stdout, *rtt)
	}
	return tcpanalysis.NewBriefWriter(os.Stdout)
}

func writeClassic(a *tcptrace.Analyzer, sel tcptrace.Selection) error {
	w := bufio.NewWriter(os.Stdout)
	var err error
	switch cols := (tcptrace.Columns{RTT: *rtt}); *format {
	case "csv":
		err = tcptrace.WriteCSV(w, a, cols, sel)
	case "long":
		err = tcptrace.WriteLong(w, a, cols, sel, strings.Join(flag.Args(), " "))
	default:
		err = tcptrace.WriteBrief(w, a, sel)
	}
	return errors.Join(err, w.Flush())
}
