package main

import (
	"bufio"
	"errors"
	"io"

	"github.com/reeftools/reef/flow"
	"github.com/reeftools/reef/flow/coral"
	"github.com/reeftools/reef/flow/netmate"
	"github.com/reeftools/reef/pcapio"
)

// meter sorts packets into flows until it is flushed.
type meter interface {
	pcapio.PacketWriter
	pcapio.Flusher
}

// meter returns what the flags ask for.
func (o *options) meter(stdout *bufio.Writer) (meter, error) {
	if o.format == "t2" {
		return o.coral(stdout)
	}
	return o.windows(stdout)
}

// coral returns a meter that writes t2.
func (o *options) coral(stdout *bufio.Writer) (meter, error) {
	cfg := coral.Config{Idle: o.idle, MaxFlows: o.maxFlows, Interval: o.interval, Align: o.align}
	if o.semantics == "classic" {
		cfg.Semantics = coral.Classic
	}
	if o.counters == "lifetime" {
		// each flow once, so that rows of all intervals add up
		cfg.Counters = coral.LifetimeCounters
	}
	if o.output == "" {
		return coral.New(cfg, coral.NewWriter(stdout, coral.WriterConfig{}))
	}
	files, err := coral.NewFiles(o.output)
	if err != nil {
		return nil, err
	}
	files.Sync = *o.sync
	m, err := coral.New(cfg, coral.NewSplit(files, func(w io.Writer) coral.RowWriter { return coral.NewWriter(w, coral.WriterConfig{}) }))
	if err != nil || o.interval > 0 {
		return m, err
	}
	return whole{m, files}, nil
}

// whole is a meter that writes a file for the whole capture, also if that has no packets.
type whole struct {
	*coral.Meter
	files *coral.Files
}

func (m whole) Flush() error {
	if err := m.Meter.Flush(); err != nil || m.Stats().Intervals > 0 {
		return err
	}
	file, err := m.files.Create(0)
	if err != nil {
		return err
	}
	if err := coral.NewWriter(file, coral.WriterConfig{}).Flush(); err != nil {
		return errors.Join(err, file.Abort())
	}
	return file.Commit()
}

// formatted returns a meter that writes csv, jsonl or netmate rows to w.
func (o *options) formatted(w io.Writer) (meter, error) {
	if o.format == "netmate" {
		rows := netmate.NewCSV(w, o.netmateSemantics())
		if err := rows.Flush(); err != nil { // the head comes also if no file can be opened
			return nil, err
		}
		return netmate.New(netmate.Config{Semantics: o.netmateSemantics(), Flow: o.flowConfig()}, rows)
	}
	if o.format == "jsonl" {
		return flow.NewRecords(o.flowConfig(), flow.NewJSONL(w))
	}
	records := flow.NewCSV(w)
	if err := records.Flush(); err != nil { // the head comes also if no file can be opened
		return nil, err
	}
	return flow.NewRecords(o.flowConfig(), records)
}
