package main

import (
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/pcapio/live"
)

// options are the flags.
type options struct {
	interfaces     words
	output, filter string
	snap, buffer   int
	polite, list   bool
	sync           *bool
	stop, next     conditions
}

func (o *options) flags(p *cli.Program) {
	o.stop = conditions{known: "duration,filesize,files,packets"}
	o.next = conditions{known: "duration,interval,filesize,files,packets,printname"}
	f := p.Flags
	f.Var(&o.interfaces, "i", "capture from this `IFACE`, any for all of them; may be given several times")
	f.StringVar(&o.output, "w", "", "write to `OUT`")
	o.sync = p.SyncFlag()
	f.StringVar(&o.filter, "f", "", "only packets that match a tcpdump `EXPRESSION`")
	f.IntVar(&o.snap, "s", 0, "keep the first `N` bytes of packets (default all)")
	f.IntVar(&o.buffer, "B", 0, "size of the buffer of each interface in `MiB` (default 64)")
	f.BoolVar(&o.polite, "p", false, "no promiscuous mode: only packets for this host")
	f.Var(&o.stop, "a", "stop `CONDITION`, see above; may be given several times")
	f.Var(&o.next, "b", "next-file `CONDITION`, see above; may be given several times")
	f.BoolVar(&o.list, "D", false, "list the interfaces, and end")
}

func (o *options) check(args []string) error {
	cfg := live.Config{SnapLen: o.snap, Buffer: o.buffer << 20}
	switch {
	case len(args) > 0:
		return cli.Usagef("unexpected argument %q; filter expressions go to -f", args[0])
	case len(o.interfaces) == 0:
		return cli.Usagef("no interface: -i; -D lists them")
	case o.output == "":
		return cli.Usagef("no file to write to: -w")
	case o.output == "-" && o.next.set():
		return cli.Usagef("-b: standard output is one file")
	case o.output == "-" && o.stop.size > 0:
		return cli.Usagef("-a filesize: not of standard output")
	case o.stop.files > 0 && !o.next.ends():
		return cli.Usagef("-a files: without -b there is one file")
	case o.next.set() && !o.next.ends():
		return cli.Usagef("-b: nothing ends a file: duration, interval, filesize or packets")
	case o.next.duration > 0 && o.next.interval > 0:
		return cli.Usagef("-b: duration and interval exclude each other")
	case o.next.size > 0 && o.stop.size > 0:
		return cli.Usagef("filesize is in both -a and -b")
	case o.buffer < 0 || o.buffer > live.MaxBuffer>>20:
		return cli.Usagef("-B %d is not in 0..%d", o.buffer, live.MaxBuffer>>20)
	}
	if err := cfg.Validate(); err != nil {
		return cli.Usagef("%v", err)
	}
	return cli.CheckOutput(o.output)
}

// conditions is what -a or -b say; a [flag.Value].
type conditions struct {
	known              string
	duration, interval time.Duration
	size               int64 // bytes
	packets            uint64
	files              int
	printName          string
}

func (c *conditions) String() string { return "" }

// Set takes one condition, such as filesize:1000.
func (c *conditions) Set(s string) error {
	name, value, ok := strings.Cut(s, ":")
	if !ok || !strings.Contains(","+c.known+",", ","+name+",") || value == "" {
		return fmt.Errorf("want one of %s, a colon and a value", strings.ReplaceAll(c.known, ",", ", "))
	}
	if name == "printname" {
		c.printName = value
		return nil
	}
	if name == "duration" || name == "interval" {
		d, err := time.ParseDuration(value + "s")
		if err != nil || d <= 0 {
			return fmt.Errorf("%q is not a number of seconds above 0", value)
		}
		if name == "duration" {
			c.duration = d
		} else {
			c.interval = d
		}
		return nil
	}
	n, err := strconv.ParseUint(value, 10, 31)
	if err != nil || n == 0 {
		return fmt.Errorf("%q is not a number from 1 to %d", value, 1<<31-1)
	}
	switch name {
	case "filesize":
		c.size = int64(n) * 1000
	case "packets":
		c.packets = n
	case "files":
		c.files = int(n)
	}
	return nil
}

// ends tells whether a condition ends a file.
func (c *conditions) ends() bool {
	return c.duration > 0 || c.interval > 0 || c.size > 0 || c.packets > 0
}

func (c *conditions) set() bool { return c.ends() || c.files > 0 || c.printName != "" }

// words is a flag that may be given several times.
type words []string

func (w *words) String() string { return "" }

// Set adds a word.
func (w *words) Set(s string) error {
	*w = append(*w, s)
	return nil
}

// list prints the interfaces as tcpdump -D does, with link type and addresses.
func list(w io.Writer) error {
	all, err := live.Interfaces()
	if err != nil {
		return err
	}
	for n, i := range all {
		about := []string{"down"}
		if i.Flags&net.FlagUp != 0 {
			about[0] = "up"
		}
		if i.Flags&net.FlagRunning != 0 {
			about = append(about, "running")
		}
		if i.Flags&net.FlagLoopback != 0 {
			about = append(about, "loopback")
		}
		fmt.Fprintf(w, "%d. %s [%s] %v", n+1, i.Name, strings.Join(about, ", "), i.LinkType)
		for _, a := range i.Addresses {
			fmt.Fprintf(w, " %v", a)
		}
		fmt.Fprintln(w)
	}
	return nil
}
