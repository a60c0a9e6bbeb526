package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/tcpanalysis/tcptrace"
)

func main() {
	semantics := flag.String("semantics", "modern", "")
	format := flag.String("format", "brief", "")
	rtt := flag.Bool("rtt", false, "")
	only := flag.String("o", "", "")
	flag.Parse()
	_ = semantics
	sel, err := tcptrace.ParseSelection(*only)
	check(err)
	r, err := pcapio.Open(flag.Args()...)
	check(err)
	a, err := tcptrace.New(tcptrace.Config{})
	check(err)
	_, rerr := pcapio.Copy(a, pcapio.NewDecoder(r, pcapio.DecodeConfig{}))
	check(a.Finish())
	cols := tcptrace.Columns{RTT: *rtt}
	switch *format {
	case "csv":
		err = tcptrace.WriteCSV(os.Stdout, a, cols, sel)
	case "long":
		err = tcptrace.WriteLong(os.Stdout, a, cols, sel, flag.Arg(0))
	default:
		err = tcptrace.WriteBrief(os.Stdout, a, sel)
	}
	check(err)
	check(rerr)
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "tcpconns:", err)
		os.Exit(1)
	}
}
