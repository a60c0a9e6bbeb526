package main

import (
	"errors"
	"os"
	"slices"
	"strings"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/tcpanalysis"
	"github.com/reeftools/reef/tcpanalysis/tcptrace"
)

// outputs are the analyses that a run needs, and what completes each at the end.
type outputs struct {
	take   []pcapio.PacketWriter
	finish []func() error
}

// limit returns what a flag bounds, or its default if it is 0.
func limit(flag *int, zero int) int {
	if *flag == 0 {
		return cli.Fit(zero)
	}
	return *flag
}

// addClassic adds tcptrace's numbers, and its graphs.
func (o *outputs) addClassic(sel tcptrace.Selection) error {
	table := *semantics == "classic" && *format != "tstat"
	if !table && *xplot == "" {
		return nil
	}
	cfg := tcptrace.Config{MaxConns: limit(maxConns, tcptrace.DefaultMaxConns), MaxSegments: cli.Fit(tcptrace.DefaultMaxSegments)}
	if err := cfg.Validate(); err != nil {
		return cli.Usagef("-max-conns: %v", err)
	}
	if *xplot != "" {
		if err := os.MkdirAll(*xplot, 0o777); err != nil {
			return err
		}
		dir := tcptrace.NewXplotDir(*xplot)
		dir.Sync = *sync
		cfg.Plot = tcptrace.NewPlotter(dir, sel)
	}
	a, err := tcptrace.New(cfg)
	if err != nil {
		return err
	}
	o.take, o.finish = append(o.take, a), append(o.finish, a.Finish)
	p.AtEnd(func() {
		s := a.Stats()
		p.Skipped(s.Traced+s.Short, s.Skipped, "TCP")
		p.Bound(s.NoRoom, "%d packets of connections beyond the first %d were left out (-max-conns)", s.NoRoom, cfg.MaxConns)
		p.Bound(s.Forgotten, "%d segments were forgotten before their time: %d are remembered of all connections", s.Forgotten, cfg.MaxSegments)
	})
	if table {
		o.finish = append(o.finish, func() error { return writeClassic(a, sel) })
	}
	return nil
}

// addModern adds the numbers by the RFCs.
func (o *outputs) addModern(sel tcptrace.Selection) error {
	if *semantics == "classic" || *format == "tstat" {
		return nil
	}
	out := modernWriter()
	chosen := tcpanalysis.ConnWriterFunc(func(c *tcpanalysis.Conn) error {
		if !sel.Has(int(c.Number)) {
			return nil
		}
		return errors.Join(out.WriteConn(c), flushLive())
	})
	cfg := tcpanalysis.Config{Percentiles: *rtt, MaxConns: limit(maxConns, tcpanalysis.DefaultMaxConns),
		MaxAllRanges: limit(maxRanges, tcpanalysis.DefaultMaxAllRanges), MaxHistograms: cli.Fit(tcpanalysis.DefaultMaxHistograms)}
	if err := cfg.Validate(); err != nil {
		return cli.Usagef("-max-conns, -max-ranges: %v", err)
	}
	t, err := tcpanalysis.NewTracker(cfg, chosen, nil)
	if err != nil {
		return err
	}
	p.AtEnd(func() {
		s := t.Stats()
		p.Skipped(s.Used, s.Skipped, "TCP")
		n := s.Ended[tcpanalysis.LackOfResources]
		p.Bound(n, "%d of %d connections were ended early to follow no more than %d at a time (-max-conns)", n, s.Conns, cfg.MaxConns)
		p.Bound(s.RangesDropped, "%d unacknowledged segments and gaps were forgotten (-max-ranges, ranges_dropped in csv)", s.RangesDropped)
		p.Bound(s.NoHistogram, "%d sides of connections have no percentiles: there were %d at a time that have", s.NoHistogram, cfg.MaxHistograms)
	})
	o.take, o.finish = append(o.take, t), append(o.finish, t.Flush, out.Flush)
	return nil
}

// flushLive lets a reader of the output have what came so far, where the input comes as it happens.
func flushLive() error {
	if live {
		return p.Stdout.Flush()
	}
	return nil
}

// isLive tells whether standard input is a capture that comes through a pipe.
func isLive(names []string) bool {
	if len(names) > 0 && !slices.Contains(names, "-") {
		return false
	}
	info, err := os.Stdin.Stat()
	return err == nil && !info.Mode().IsRegular()
}

type connWriter interface {
	tcpanalysis.ConnWriter
	Flush() error
}

func modernWriter() connWriter {
	switch *format {
	case "csv":
		return tcpanalysis.NewCSVWriter(p.Stdout, tcpanalysis.Columns{RTT: *rtt})
	case "jsonl":
		return tcpanalysis.NewJSONWriter(p.Stdout, tcpanalysis.Columns{RTT: *rtt})
	case "long":
		return tcpanalysis.NewLongWriter(p.Stdout, tcpanalysis.Columns{RTT: *rtt})
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
