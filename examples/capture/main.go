// Command capture writes the packets of network interfaces to files, as dumpcap
// and tcpdump -w do. Linux only.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/pcapio/edit"
	"github.com/reeftools/reef/pcapio/filter"
	"github.com/reeftools/reef/pcapio/live"
)

const help = `
Capture writes the packets of network interfaces to OUT (pcap, or pcapng if it ends in .pcapng; .gz and .zst are compressed; - is
standard output) until it is interrupted. Files grow as OUT.LETTERS.part and get their name when they are complete.

  -a duration:SECONDS  stop after this time           -b duration:SECONDS  next file after this time
  -a packets:N         stop after N packets           -b interval:SECONDS  next file at multiples of this time
  -a filesize:KB       stop at this many 1000 bytes   -b packets:N         next file after N packets
  -a files:N           with -b: stop after N files    -b filesize:KB       next file at this many 1000 bytes
                                                      -b files:N           keep the newest N files only
                                                      -b printname:FILE    print names of complete files; - and stderr are known

With -b, names are as dumpcap's: out.pcap becomes out_00001_20260101120000.pcap; or OUT is a template where %i is the number of the
file and other letters are strftime's. Sizes are of files before compression and are never exceeded.

Capturing needs the capability CAP_NET_RAW: run as root, or once setcap cap_net_raw+ep on the program.

Example: capture -i eth0 -f 'tcp port 80' -b interval:3600 -b files:24 -w web.pcapng`

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(argv []string, stdout, stderr io.Writer) int {
	p := cli.New("capture", "", help)
	var o options
	o.flags(p)
	return p.Run(argv, stdout, stderr, func() error {
		if o.list {
			return list(p.Stdout)
		}
		if err := o.check(p.Flags.Args()); err != nil {
			return err
		}
		return o.capture(p)
	})
}

// capture captures until a signal or a condition ends it.
func (o *options) capture(p *cli.Program) error {
	f, err := filter.Compile(o.filter)
	if err != nil {
		return cli.Usagef("-f: %v", err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if o.stop.duration > 0 {
		ctx, stop = context.WithTimeout(ctx, o.stop.duration)
		defer stop()
	}
	out := &output{}
	cfg := live.Config{SnapLen: o.snap, Promiscuous: !o.polite, Buffer: o.buffer << 20, Idle: out.idle}
	if o.filter != "" {
		cfg.Filter = f
	}
	src, err := cfg.Open(ctx, o.interfaces...)
	if err != nil {
		return err
	}
	p.Dropped(src)
	err = out.open(o, p, src)
	var limit uint64 = o.stop.packets
	var r pcapio.Record
	for n := uint64(0); err == nil && (limit == 0 || n < limit); n++ {
		if err = src.ReadRecord(&r); err == nil {
			err = out.WriteRecord(&r)
		}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, edit.ErrMaxFiles) {
		err = nil
	}
	stop()
	return errors.Join(out.finish(src, err), report(p.Stderr, src), out.report(), src.Close())
}

// report tells what became of the packets.
func report(w io.Writer, src *live.Source) error {
	stats, err := src.Stats()
	for i, s := range stats {
		// when a limit of packets ended the capture
		waiting := s.Received - s.Delivered - s.Filtered - s.Dropped
		fmt.Fprintf(w, "%s: %d packets captured, %d received, %d dropped by the kernel, %d left out, %d not read\n",
			src.Interfaces()[i].Name, s.Delivered, s.Received, s.Dropped, s.Filtered, waiting)
	}
	return err
}
