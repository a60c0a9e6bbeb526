package main

import (
	"os"
	"slices"
	"strings"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/tcpanalysis"
	"github.com/reeftools/reef/tcpanalysis/tcptrace"
)

// addClassic adds tcptrace's numbers, and its graphs.
func (p *program) addClassic() error {
	table := p.semantics == "classic" && p.format != "tstat"
	if !table && p.xplot == "" {
		return nil
	}
	cfg := tcptrace.Config{MaxConns: limit(p.maxConns, tcptrace.DefaultMaxConns), MaxSegments: cli.Fit(tcptrace.DefaultMaxSegments),
		Plotted: p.sel, MaxPlotted: limit(p.maxGraphs, tcptrace.DefaultMaxPlotted)}
	if err := cfg.Validate(); err != nil {
		return cli.Usagef("-max-conns, -max-graphs: %v", err)
	}
	var graphs tcptrace.ElementWriter
	if p.xplot != "" {
		if err := os.MkdirAll(p.xplot, 0o777); err != nil {
			return err
		}
		dir := tcptrace.NewXplotDir(p.xplot)
		dir.Sync = *p.sync
		graphs = dir
	}
	a, err := tcptrace.New(cfg, graphs)
	if err != nil {
		return err
	}
	p.take, p.finish = append(p.take, a), append(p.finish, a.Flush)
	p.AtEnd(func() {
		s := a.Stats()
		p.Skipped(s.Traced+s.Short, s.Skipped, "TCP")
		p.Bound(s.NoRoom, "%d packets of connections beyond the first %d were left out (-max-conns)", s.NoRoom, cfg.MaxConns)
		p.Bound(s.Forgotten, "%d segments were forgotten before their time: %d are remembered of all connections", s.Forgotten, cfg.MaxSegments)
		p.Bound(s.NotPlotted, "%d connections beyond the first %d have no graphs (-max-graphs, -o)", s.NotPlotted, cfg.MaxPlotted)
	})
	if table {
		p.finish = append(p.finish, func() error { return p.writeClassic(a) })
	}
	return nil
}

// addModern adds the numbers by the RFCs.
func (p *program) addModern() error {
	if p.semantics == "classic" || p.format == "tstat" {
		return nil
	}
	out := p.modernWriter()
	chosen := tcpanalysis.ConnWriterFunc(func(c *tcpanalysis.Conn) error {
		if !p.sel.Has(int(c.Number)) {
			return nil
		}
		return cli.Finish(out.WriteConn(c), p.flushLive)
	})
	cfg := tcpanalysis.Config{Percentiles: *p.rtt, MaxConns: limit(p.maxConns, tcpanalysis.DefaultMaxConns),
		MaxAllRanges: limit(p.maxRanges, tcpanalysis.DefaultMaxAllRanges), MaxHistograms: cli.Fit(tcpanalysis.DefaultMaxHistograms)}
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
	p.take, p.finish = append(p.take, t), append(p.finish, t.Flush, out.Flush)
	return nil
}

// flushLive lets a reader of the output have what came so far, where the input comes as it happens.
func (p *program) flushLive() error {
	if p.live {
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

func (p *program) modernWriter() connWriter {
	switch p.format {
	case "csv":
		return tcpanalysis.NewCSVWriter(p.Stdout, tcpanalysis.Columns{RTT: *p.rtt})
	case "jsonl":
		return tcpanalysis.NewJSONWriter(p.Stdout, tcpanalysis.Columns{RTT: *p.rtt})
	case "long":
		return tcpanalysis.NewLongWriter(p.Stdout, tcpanalysis.Columns{RTT: *p.rtt})
	}
	return tcpanalysis.NewBriefWriter(p.Stdout)
}

func (p *program) writeClassic(a *tcptrace.Analyzer) error {
	switch cols := (tcptrace.Columns{RTT: *p.rtt}); p.format {
	case "csv":
		return tcptrace.WriteCSV(p.Stdout, a, cols, p.sel)
	case "long":
		return tcptrace.WriteLong(p.Stdout, a, cols, p.sel, strings.Join(p.Flags.Args(), " "))
	}
	return tcptrace.WriteBrief(p.Stdout, a, p.sel)
}
