package main

import (
	"errors"
	"time"

	"github.com/reeftools/reef/examples/internal/cli"
)

func (o *options) flags(p *cli.Program) {
	f := p.Flags
	f.StringVar(&o.output, "w", "", "write to `OUT`; - is standard output")
	o.sync = p.SyncFlag()
	f.BoolVar(&o.halfOpen, "half-open", false, "leave packets at the very END out")
	f.BoolVar(&o.scan, "scan", false, "read whole files, so that no packet is missed however far out of order it is")

	f.BoolVar(&o.dedup, "dedup", false, "drop copies: packets of the same bytes and time in several files")
	p.DurationVar(&o.dedupWindow, "dedup-window", 0, "drop copies this far apart in time, also those within one file")
	f.IntVar(&o.dedupRecords, "dedup-records", 0, "remember `N` packets for that, the newest; 0 for 1500000, which take less than 1 GiB")
	f.StringVar(&o.dedupLayer, "dedup-layer", "frame", "`LAYER` in which copies are equal: frame, network (IP packets in other frames, as with VLAN tags) or ip (also one hop on)")

	f.IntVar(&o.snap, "snap", 0, "keep the first `N` bytes of packets")
	f.StringVar(&o.cut, "cut", "", "keep packets up to their headers of the `LAYER` link, network or transport; others than IP are dropped")
	f.BoolVar(&o.strip, "strip-link", false, "take the link layer off; packets other than IP are dropped")
	f.Int64Var(&o.every, "every", 0, "keep one packet in `N`")
	f.Uint64Var(&o.sample, "sample", 0, "keep the packets of one flow in `N`")
	f.Uint64Var(&o.sampleKey, "sample-key", 0, "another `NUMBER` chooses other flows")
	f.StringVar(&o.scale, "scale", "", "make the times between packets `RATIO` times as long, such as 10 or 1/2")
	p.DurationVar(&o.shift, "shift", 0, "add to all times")
	f.BoolVar(&o.fixSums, "fix-checksums", false, "put right checksums of IP, TCP, UDP, SCTP and ICMP into whole packets where they are wrong")
	f.StringVar(&o.keyFile, "anon", "", "anonymise addresses and DNS names with the key in `KEYFILE`; payload stays")
	f.StringVar(&o.newKey, "newkey", "", "make a `KEYFILE` for -anon, and end")

	p.SizeVar(&o.size, "C", 0, "begin another file before one gets longer than this many `BYTES`, compressed or not")
	f.Var(seconds{&o.seconds}, "G", "begin another file every `SECONDS` of packet time")
	f.BoolVar(&o.align, "align", false, "begin files of -G at its multiples, as on the hour; else with the first packet")
	f.IntVar(&o.ring, "W", 0, "with -C keep the newest `N` files only, with -G alone end after N files")

	f.BoolVar(&o.raw, "R", false, "only print the times of the first and last packet of each file, in seconds since 1970")
	f.BoolVar(&o.human, "r", false, "the same as dates")
	f.BoolVar(&o.units, "t", false, "the same in units that START can be")
	f.BoolVar(&o.window, "d", false, "only print the START and END that were meant")
}

func (o *options) check() error {
	switch {
	case o.output == "" && !(o.raw || o.human || o.units || o.window):
		return cli.Usagef("no -w OUT given; -w - is standard output")
	case o.snap < 0 || o.size < 0 || o.seconds < 0 || o.ring < 0 || o.every < 0 || o.dedupWindow < 0 || o.dedupRecords < 0:
		return cli.Usagef("-snap, -C, -G, -W, -every, -dedup-window and -dedup-records cannot be negative")
	case o.ring > 0 && o.size == 0 && o.seconds == 0:
		return cli.Usagef("-W needs -C or -G")
	case o.align && o.seconds == 0:
		return cli.Usagef("-align needs -G")
	case o.output == "-" && (o.size > 0 || o.seconds > 0):
		return cli.Usagef("standard output cannot be rotated")
	}
	if err := cli.Choice("dedup-layer", o.dedupLayer, "frame,network,ip"); err != nil {
		return err
	}
	if o.dedupLayer != "frame" && !o.dedup && o.dedupWindow == 0 {
		return cli.Usagef("-dedup-layer needs -dedup or -dedup-window")
	}
	if o.cut != "" {
		if err := cli.Choice("cut", o.cut, "link,network,transport"); err != nil {
			return err
		}
	}
	return cli.CheckOutput(o.output)
}

// seconds is a flag that takes a number of seconds, or a duration with a unit.
type seconds struct{ d *time.Duration }

func (s seconds) String() string {
	if s.d == nil || *s.d == 0 {
		return ""
	}
	return s.d.String()
}

func (s seconds) Set(text string) error {
	d, err := cli.ParseDuration(text)
	if err == nil && d <= 0 {
		err = errors.New("want more than 0")
	}
	*s.d = d
	return err
}
