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
	}
	return w, w.check()
}

// coral returns a meter that writes t2.
func (o *options) coral(stdout *bufio.Writer) (meter, error) {
	cfg := coral.Config{Idle: o.idle, Interval: o.interval, Align: o.align}
	if o.counters == "lifetime" {
		cfg.Counters = coral.LifetimeCounters // each flow once, so that rows of all intervals add up
	}
	out := coral.NewWriter(stdout, coral.WriterConfig{})
	var sink coral.Sink = out
	var files *coral.Files
	if o.output != "" {
		var err error
		if files, err = coral.NewFiles(o.output); err != nil {
			return nil, err
		}
		sink = coral.NewSplit(files, func(w io.Writer) coral.Sink { return coral.NewWriter(w, coral.WriterConfig{}) })
	}
	table, err := coral.New(cfg, sink)
	if err != nil {
		return nil, err
	}
	var m meter = table
	if files == nil {
		m = headed{table, out.Flush}
	} else if o.interval == 0 {
		m = headed{table, func() error { return emptyFile(files) }}
	}
	if o.semantics == "classic" {
		m = ipv4Only{m}
	}
	return m, nil
}

// headed writes the head of t2 also if there are no packets, and so no interval that would begin with it.
type headed struct {
	*coral.Meter
	head func() error
}

func (m headed) Flush() error {
	if err := m.Meter.Flush(); err != nil || m.Stats().Intervals > 0 {
		return err
	}
	return m.head()
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
		rows, err := netmate.NewCSV(w, o.netmateSemantics())
		if err != nil {
			return nil, err
		}
		return netmate.New(rows, netmate.Config{Semantics: o.netmateSemantics(), Flow: o.flowConfig()})
	}
	var records flow.RecordWriter = flow.NewJSONL(w)
	if o.format == "csv" {
		var err error
		if records, err = flow.NewCSV(w); err != nil {
			return nil, err
		}
	}
	return flow.NewTable(o.flowConfig(), nil, func(r *flow.Record, _ *struct{}) error { return records.WriteRecord(r) })
}
