package main

import (
	"errors"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/internal/partfile"
	"github.com/reeftools/reef/tcpanalysis/tstat"
)

// tstatTunnels are what Tstat looks into.
const tstatTunnels = "ipip,6in4"

// tstatOutput is what -format tstat, -logs and -histograms ask for.
type tstatOutput struct {
	*tstat.Analyzer
	logs       []*tstat.Logs
	files      []*partfile.File
	histograms *tstat.HistogramDir
}

// checkTstatFlags refuses flags that would do nothing.
func checkTstatFlags() error {
	switch {
	case *format == "tstat" && *only != "":
		return cli.Usagef("-o: not with -format tstat, whose connections have no numbers")
	case *net != "" && !wantTstat():
		return cli.Usagef("-net: only with -format tstat, -logs or -histograms")
	}
	return nil
}

func wantTstat() bool { return *format == "tstat" || *logDir != "" || *histoDir != "" }

// addTstat adds Tstat's logs and histograms if they are asked for.
func (o *outputs) addTstat() error {
	if !wantTstat() {
		return nil
	}
	nets, err := parseNets(*net)
	if err != nil {
		return err
	}
	t, err := newTstat(nets)
	if err != nil {
		return err
	}
	p.AtEnd(t.tell)
	o.take, o.finish = append(o.take, t), append(o.finish, t.finish)
	return nil
}

func newTstat(nets []netip.Prefix) (*tstatOutput, error) {
	t := &tstatOutput{}
	var steps tstat.StepWriter
	var err error
	if *format == "tstat" {
		t.logs = append(t.logs, tstat.NewLogs(p.Stdout, nil, nil))
	}
	if *logDir != "" {
		if err := t.openLogs(*logDir); err != nil {
			return nil, err
		}
	}
	if *histoDir != "" {
		if t.histograms, err = tstat.NewHistogramDir(*histoDir); err != nil {
			return nil, errors.Join(err, t.closeLogs(err))
		}
		t.histograms.Sync = *sync
		steps = t.histograms
	}
	conns := limit(maxConns, tstat.DefaultMaxConns)
	cfg := tstat.Config{Classic: *semantics == "classic", Internal: nets, MaxConns: conns, MaxFlows: 2 * conns, MaxRecords: cli.Fit(tstat.DefaultMaxRecords)}
	if err := cfg.Validate(); err != nil {
		return nil, cli.Usagef("-max-conns: %v", err)
	}
	t.Analyzer, err = tstat.New(cfg, t, t, steps)
	return t, err
}

// tell says which bounds took effect, or that there was nothing to count.
func (t *tstatOutput) tell() {
	s := t.Stats()
	p.Skipped(s.Packets-s.Skipped.Total(), s.Skipped, "TCP or UDP")
	p.Bound(s.NoRoom, "%d packets of connections and flows that were one too many were left out, as Tstat does (-max-conns)", s.NoRoom)
	p.Bound(s.Evicted, "%d connections and flows were ended early to follow no more at a time (-max-conns)", s.Evicted)
	p.Bound(s.Forgotten, "%d segments were forgotten before their time", s.Forgotten)
}

func (t *tstatOutput) openLogs(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	var w [3]io.Writer
	for i, name := range []string{"log_tcp_complete", "log_tcp_nocomplete", "log_udp_complete"} {
		f, err := partfile.Create(filepath.Join(dir, name))
		if err != nil {
			return errors.Join(err, t.closeLogs(err))
		}
		f.Sync = *sync
		w[i] = f
		t.files = append(t.files, f)
	}
	t.logs = append(t.logs, tstat.NewLogs(w[0], w[1], w[2]))
	return nil
}

// WriteConn gives c to all logs.
func (t *tstatOutput) WriteConn(c *tstat.Conn) error {
	for _, l := range t.logs {
		if err := l.WriteConn(c); err != nil {
			return err
		}
	}
	return flushLive()
}

// WriteFlow gives f to all logs.
func (t *tstatOutput) WriteFlow(f *tstat.Flow) error {
	for _, l := range t.logs {
		if err := l.WriteFlow(f); err != nil {
			return err
		}
	}
	return nil
}

// finish completes all files. Logs that could not be written are removed.
func (t *tstatOutput) finish() error {
	err := t.Flush()
	for _, l := range t.logs {
		err = cli.Finish(err, l.Flush)
	}
	err = errors.Join(err, t.closeLogs(err))
	if t.histograms != nil {
		err = cli.Finish(err, t.histograms.Close)
	}
	return err
}

// closeLogs completes the logs, or removes them if there was an error.
func (t *tstatOutput) closeLogs(failed error) (err error) {
	for _, f := range t.files {
		if failed == nil && err == nil {
			err = f.Commit()
		}
		if failed != nil || err != nil {
			err = errors.Join(err, f.Abort())
		}
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
