// Command slice cuts captures by time, as tcpslice does, and by filter, and
// changes what it cuts out.
package main

import (
	"errors"
	"io"
	"os"
	"time"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/pcapio/edit"
)

const help = `
Slice writes the packets of captures between START and END, both included, to a new one. Without END it goes on to the
end, without START it takes all. Several files are merged by time. A file whose name looks like a time needs "./" before it.

  1300475168.5              seconds since 1970
  2011y3m18d19h6m8s         units; larger ones that are missing are those of the first packet, smaller ones the least there is
  +0.5, +1h30m              after the first packet; as END, after START. "m" is a month if a day follows, else a minute
  2011-03-18T19:06:08Z      RFC 3339

Local time is meant wherever there is no zone: in START and END, in what -r and -t print, in names of -C and -G, and with -align.
TZ=UTC before the command makes all of it UTC.

OUT is pcap unless it ends in .pcapng, and compressed if it ends in .gz, .zst or .lz4. With -C or -G it is a template: %i
counts the files from 1, other letters are strftime's. Without %i, files of one name are OUT, OUT1, OUT2. Each file
grows as NAME.LETTERS.part and is renamed when it is complete.

Copies of one packet, as from two taps or a mirror port, go with -dedup or -dedup-window. -dedup-layer ip also knows a copy
that went through a router: it compares IP packets without what RFC 4302, 3.3.3.1, calls mutable in transit: TTL or hop
limit, header checksum, DSCP, ECN, DF, flow label. What is not IP is compared as a frame.
Of a window with more packets than -dedup-records the oldest are forgotten, which is told; their copies are kept.

What OUT cannot hold ends the program with nothing under OUT: another link type, or a time before 1970 or after 2106, for
which OUT.pcapng has room.

In large uncompressed pcap files only the part around the window is read. Packets out of order are kept if they are within
1 MB of it; -scan finds all of them.

With -anon IP and MAC addresses in headers, tunnels and DNS are replaced, and what is not understood is cut off its packet and told. The
payload of TCP, UDP, SCTP, DCCP and ping is kept and may have addresses and names in it: -cut transport takes it off. Names of
interfaces, comments and name blocks of pcapng are left out. See docs/anonymising.md.

Example: slice -w port80.pcap -f 'tcp port 80' +60 +10 monday.pcap`

// options are the flags.
type options struct {
	output, keyFile, newKey      string
	snap, ring                   int
	size                         int64
	every                        int64
	seconds, dedupWindow, shift  time.Duration
	dedup, halfOpen, scan, align bool
	raw, human, units, window    bool
	cut, scale, dedupLayer       string
	fixSums, strip               bool
	dedupRecords                 int
	sample, sampleKey            uint64
	sync                         *bool
}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(argv []string, stdout, stderr io.Writer) int {
	p := cli.New("slice", "[START [END]] [FILE...]", help)
	p.CaptureFlags()
	var o options
	o.flags(p)
	return p.Run(argv, stdout, stderr, func() error {
		if o.newKey != "" {
			return o.makeKey(p)
		}
		if err := o.check(); err != nil {
			return err
		}
		start, end, names := times(p.Flags.Args())
		if o.raw || o.human || o.units || o.window {
			return o.report(p, start, end, names)
		}
		in, err := o.open(p, start, end, names)
		if err != nil {
			return err
		}
		src, err := o.transform(p, in)
		if err != nil {
			return err
		}
		out, err := o.create(p, in)
		if err != nil {
			return err
		}
		_, err = pcapio.CopyRecords(out.RecordWriter, src)
		var refused *pcapio.RefusedError
		switch {
		case errors.As(err, &refused):
			err = o.refuse(err, in, out)
		case errors.Is(err, edit.ErrMaxFiles): // the rest is not wanted
			out.full, err = true, nil
			fallthrough
		default:
			err = cli.Finish(err, out.Close)
		}
		err = errors.Join(err, in.close())
		in.notes(p, out)
		return err
	})
}

// times takes START and END off the arguments.
func times(args []string) (start, end string, names []string) {
	if len(args) > 0 && edit.IsTimeSpec(args[0]) {
		start, args = args[0], args[1:]
		if len(args) > 0 && edit.IsTimeSpec(args[0]) {
			end, args = args[0], args[1:]
		}
	}
	return start, end, args
}
