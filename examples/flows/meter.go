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
	Flush() error
}

// meter returns what the flags ask for.
func (o *options) meter(stdout *bufio.Writer) (meter, error) {
	if o.format == "t2" {
		return o.coral(stdout)
	}
	w := &windows{length: int64(o.interval), align: o.align, stdout: stdout, newMeter: o.formatted}
	if o.output != "" {
		var err error
		if w.files, err = coral.NewFiles(o.output); err != nil {
			return nil, err
		}
		w.files.Sync = *o.sync
	}
	return w, w.check()
}

// coral returns a meter that writes t2.
func (o *options) coral(stdout *bufio.Writer) (meter, error) {
	cfg := coral.Config{Idle: o.idle, MaxFlows: o.maxFlows, Interval: o.interval, Align: o.align}
	if o.counters == "lifetime" {
		// each flow once, so that rows of all intervals add up
		cfg.Counters = coral.LifetimeCounters
	}
	out := coral.NewWriter(stdout, coral.WriterConfig{})
	var sink coral.Sink = out
	ended := t2{empty: out.Flush}
	if o.output != "" {
		files, err := coral.NewFiles(o.output)
		if err != nil {
			return nil, err
		}
		files.Sync = *o.sync
		split := coral.NewSplit(files, func(w io.Writer) coral.Sink { return coral.NewWriter(w, coral.WriterConfig{}) })
		sink = split
		ended = t2{close: split.Close}
		if o.interval == 0 {
			ended.empty = func() error { return emptyFile(files) }
		}
	}
	var err error
	if ended.Meter, err = coral.New(cfg, sink); err != nil {
		return nil, err
	}
	var m meter = ended
	if o.semantics == "classic" {
		m = ipv4Only{m}
	}
	return m, nil
}

// t2 is a meter that completes what it writes to. Either function may be nil.
type t2 struct {
	*coral.Meter
	// writes the head where there are no packets, and so no interval that would begin with it
	empty func() error
	close func() error // removes the file of an interval that could not be completed
}

func (m t2) Flush() error {
	err := m.Meter.Flush()
	if err == nil && m.empty != nil && m.Stats().Intervals == 0 {
		err = m.empty()
	}
	if m.close != nil {
		err = errors.Join(err, m.close())
	}
	return err
}

// emptyFile makes the file of a whole capture that has no interval.
func emptyFile(files *coral.Files) error {
	file, err := files.Create(0)
	if err != nil {
		return err
	}
	if err := coral.NewWriter(file, coral.WriterConfig{}).Flush(); err != nil {
		return errors.Join(err, file.Abort())
	}
	return file.Commit()
}

// ipv4Only takes IPv6 for something that is not IP, as CoralReef does.
type ipv4Only struct{ meter }

func (m ipv4Only) WritePacket(p *pcapio.Packet) error {
	if p.IPVersion == 6 {
		other := *p
		other.Status = pcapio.StatusNonIP
		p = &other
	}
	return m.meter.WritePacket(p)
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
