package main

import (
	"context"
	"math"
	"os"
	"os/signal"
	"time"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/pcapio/filter"
	"github.com/reeftools/reef/pcapio/live"
)

// open opens the input; done is to be called at its end. advance is called with the time now and then when no packet comes, if the
// input is live.
func (o *options) open(p *cli.Program, advance func(int64) error) (src pcapio.PacketReader, done func() error, err error) {
	tunnels, err := p.Tunnels()
	if err != nil {
		return nil, nil, err
	}
	match, err := filter.Compile(o.expr)
	if err != nil {
		return nil, nil, cli.Usagef("-f: %v", err)
	}
	if o.iface != "" {
		return o.openLive(match, tunnels, advance)
	}
	in, err := p.OpenFiles(o.file)
	if err != nil {
		return nil, nil, err
	}
	var records pcapio.RecordReader = in
	if o.expr != "" {
		records = filter.NewReader(in, match)
	}
	if o.semantics == "classic" { // looks at records only, so they need no decoding
		return undecoded(records), in.Close, nil
	}
	in.Decoder = pcapio.NewDecoder(records, pcapio.DecodeConfig{Tunnels: tunnels})
	return in.Decoder, in.Close, nil
}

// openLive captures until -s has passed or the program is interrupted.
func (o *options) openLive(match *filter.Filter, tunnels pcapio.Tunnel, advance func(int64) error) (pcapio.PacketReader, func() error, error) {
	limit := duration(o.seconds)
	if limit == 0 {
		limit = math.MaxInt64
	}
	limited, cancel := context.WithTimeout(context.Background(), limit)
	ctx, unnotify := signal.NotifyContext(limited, os.Interrupt)
	stop := func() { unnotify(); cancel() }
	cfg := live.Config{SnapLen: 256, Promiscuous: !o.selfish}
	if o.expr != "" {
		cfg.Filter = match
	}
	if advance != nil {
		// Packets may wait for the timeout before they are handed over, so the clock is kept behind by twice that.
		cfg.Idle = func() error { return advance(time.Now().Add(-2 * live.DefaultTimeout).UnixNano()) }
	}
	src, err := cfg.Open(ctx, o.iface)
	if err != nil {
		stop()
		return nil, nil, err
	}
	done := func() error { stop(); return src.Close() }
	if o.semantics == "classic" {
		return undecoded(src), done, nil
	}
	return pcapio.NewDecoder(src, pcapio.DecodeConfig{Tunnels: tunnels}), done, nil
}

func undecoded(src pcapio.RecordReader) pcapio.PacketReader {
	return pcapio.PacketReaderFunc(func(p *pcapio.Packet) error { return src.ReadRecord(&p.Record) })
}
