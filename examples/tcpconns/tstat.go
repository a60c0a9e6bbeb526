package main

import (
	"errors"
	"net/netip"
	"strings"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/tcpanalysis/tstat"
)

// tstatTunnels are what Tstat looks into.
const tstatTunnels = "ipip,6in4"

func (p *program) wantTstat() bool {
	return p.format == "tstat" || p.logDir != "" || p.histoDir != ""
}

// addTstat adds Tstat's logs and histograms if they are asked for.
func (p *program) addTstat() error {
	if !p.wantTstat() {
		return nil
	}
	nets, err := parseNets(p.nets)
	if err != nil {
		return err
	}
	conns := limit(p.maxConns, tstat.DefaultMaxConns)
	cfg := tstat.Config{Internal: nets, MaxConns: conns, MaxFlows: 2 * conns, MaxRecords: cli.Fit(tstat.DefaultMaxRecords)}
	if p.semantics == "classic" {
		cfg.Semantics = tstat.Classic
	}
	if err := cfg.Validate(); err != nil {
		return cli.Usagef("-max-conns: %v", err)
	}
	logs := &tstatLogs{live: p.flushLive}
	if p.format == "tstat" {
		logs.to = append(logs.to, tstat.NewLogs(p.Stdout, nil, nil))
	}
	logDir := &tstat.LogDir{}
	if p.logDir != "" {
		if logDir, err = tstat.NewLogDir(p.logDir); err != nil {
			return err
		}
		logDir.Sync = *p.sync
		logs.to = append(logs.to, logDir)
	}
	var steps tstat.StepWriter
	if p.histoDir != "" {
		dir, err := tstat.NewHistogramDir(p.histoDir)
		if err != nil {
			return errors.Join(err, logDir.Abort())
		}
		dir.Sync = *p.sync
		steps = dir
	}
	t, err := tstat.New(cfg, logs, logs, steps)
	if err != nil {
		return err
	}
	p.AtEnd(func() {
		s := t.Stats()
		p.Skipped(s.Packets-s.Skipped.Total(), s.Skipped, "TCP or UDP")
		p.Bound(s.NoRoom, "%d packets of connections and flows that were one too many were left out, as Tstat does (-max-conns)", s.NoRoom)
		p.Bound(s.Evicted, "%d connections and flows were ended early to follow no more at a time (-max-conns)", s.Evicted)
		p.Bound(s.Forgotten, "%d segments were forgotten before their time", s.Forgotten)
	})
	p.take, p.finish = append(p.take, t), append(p.finish, t.Flush)
	return nil
}

// tstatLogs gives connections and flows to all logs.
type tstatLogs struct {
	to   []tstat.LogWriter
	live func() error
}

// WriteConn gives c to all logs.
func (t *tstatLogs) WriteConn(c *tstat.Conn) error {
	for _, l := range t.to {
		if err := l.WriteConn(c); err != nil {
			return err
		}
	}
	return t.live()
}

// WriteFlow gives f to all logs.
func (t *tstatLogs) WriteFlow(f *tstat.Flow) error {
	for _, l := range t.to {
		if err := l.WriteFlow(f); err != nil {
			return err
		}
	}
	return nil
}

// Flush completes all logs.
func (t *tstatLogs) Flush() (err error) {
	for _, l := range t.to {
		err = cli.Finish(err, l.Flush)
	}
	return err
}

func parseNets(list string) (nets []netip.Prefix, err error) {
	for s := range strings.SplitSeq(list, ",") {
		if s == "" {
			continue
		}
		n, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, cli.Usagef("-net %s: want networks as in 10.0.0.0/8,fd00::/8", list)
		}
		nets = append(nets, n)
	}
	return nets, nil
}
