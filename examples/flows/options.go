package main

import (
	"errors"
	"strings"
	"time"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/flow"
	"github.com/reeftools/reef/flow/netmate"
)

// options are the flags.
type options struct {
	format, semantics, counters, output string
	idle, active, interval              time.Duration
	align, uni                          bool
	sync                                *bool
	key                                 string
	maxFlows                            int
}

// check reports flags that do not go together.
func (o *options) check() error {
	err := errors.Join(cli.Choice("format", o.format, "t2,netmate,csv,jsonl"), cli.Choice("semantics", o.semantics, "modern,classic"),
		cli.Choice("counters", o.counters, "interval,lifetime"))
	if o.key != "" {
		for word := range strings.SplitSeq(o.key, ",") {
			err = errors.Join(err, cli.Choice("key", word, "vlan,tunnel"))
		}
	}
	o.boundFlows()
	t2, netmate, classic := o.format == "t2", o.format == "netmate", o.semantics == "classic"
	switch {
	case err != nil:
		return err
	case t2 && (o.active > 0 || o.key != ""):
		return cli.Usagef("-active, -key: t2 flows are five-tuples that end by silence only")
	case !t2 && o.counters != "interval":
		return cli.Usagef("-counters: only t2 has lifetime counters by interval")
	case classic && !t2 && !netmate:
		return cli.Usagef("-semantics classic: no old tool writes %s; want t2 or netmate", o.format)
	case o.maxFlows < 0:
		return cli.Usagef("-max-flows %d is negative", o.maxFlows)
	case o.interval < 0 || o.align && o.interval == 0:
		return cli.Usagef("-align needs -interval, which is not negative")
	}
	return nil
}

// boundFlows sets the default of -max-flows.
func (o *options) boundFlows() {
	switch {
	case o.maxFlows != 0:
	case o.format == "netmate":
		o.maxFlows = cli.Fit(netmate.DefaultMaxFlows)
	default:
		o.maxFlows = cli.Fit(flow.DefaultMaxFlows)
	}
}

// flowConfig is the flags as csv, jsonl and netmate take them.
func (o *options) flowConfig() flow.Config {
	return flow.Config{Uni: o.uni, Idle: o.idle, Active: o.active, MaxFlows: o.maxFlows,
		VLAN: strings.Contains(o.key, "vlan"), Tunnel: strings.Contains(o.key, "tunnel")}
}

func (o *options) netmateSemantics() netmate.Semantics {
	if o.semantics == "classic" {
		return netmate.Classic
	}
	return netmate.Modern
}
