// Package cli is what the example programs share: flags and help, opening
// captures, a progress bar, exit statuses.
//
// A program makes a [Program], adds its flags and calls Run with what it does:
//
//	func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }
//
//	func run(argv []string, stdout, stderr io.Writer) int {
//		p := cli.New("count", "[FILE...]", "Count prints the number of packets.")
//		p.CaptureFlags()
//		return p.Run(argv, stdout, stderr, func() error {
//			dec, err := p.OpenDecoder()
//			...
//		})
//	}
package cli

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/reeftools/reef/pcapio"
)

// Exit statuses of the programs.
const (
	ExitOK = 0
	// bad input, after what was good was processed; or output that could not be written
	ExitInput = 1
	ExitUsage = 2 // bad flags or arguments
)

// Program is one run of an example program.
type Program struct {
	Flags  *flag.FlagSet
	Stdin  io.Reader     // what EachFile reads for "-"; os.Stdin from New
	Stdout *bufio.Writer // results; flushed by Run
	Stderr io.Writer     // diagnostics

	// Libpcap opens captures as tools on libpcap do: see pcapio.ReaderConfig.Libpcap. For classic
	// semantics, set before Open.
	Libpcap bool
	// Decode is how OpenDecoder decodes, but for what flags say: Tunnels, VXLANPorts, TPIDs.
	Decode pcapio.DecodeConfig
	// OfCapture is what EachFile says to do with a capture.
	OfCapture string
	// Counts, if it is set, returns what the analysis counted, for -usage.
	Counts func() string

	name, args, help string
	progress, usage  *bool
	strict           *bool
	bounded          bool     // a bound took effect
	told, empty      []string // what to say at the end; the second if nothing failed
	atEnd            []func()
	resync           *bool
	filter           *string
	tunnels          *string
	vxlanPorts       *string
	tpids            *string
	captures         *captures // the last that were opened
	started          time.Time
}

// New returns a program; args shows its arguments in the help, and help says in a few lines what it
// does.
func New(name, args, help string) *Program {
	p := &Program{name: name, args: args, help: help, Flags: flag.NewFlagSet(name, flag.ContinueOnError), Stdin: os.Stdin, OfCapture: "not what this program reads"}
	p.progress = p.Flags.Bool("progress", false, "show a progress `bar` on standard error where that is a terminal and the input's size is known")
	p.usage = p.Flags.Bool("usage", false, "report time, memory and packets per second on standard error at the end")
	p.strict = p.Flags.Bool("strict", false, "exit with status 1 where a bound took effect and something was left out, or damage was passed over")
	return p
}

// Run parses argv, calls run and returns the exit status. An error of run goes to stderr; what it
// made before is written.
func (p *Program) Run(argv []string, stdout, stderr io.Writer, run func() error) int {
	p.started = time.Now()
	p.told, p.empty, p.bounded, p.atEnd = nil, nil, false, nil
	p.Stdout, p.Stderr = bufio.NewWriterSize(stdout, 64<<10), stderr
	p.Flags.SetOutput(io.Discard)
	switch err := p.Flags.Parse(argv); {
	case errors.Is(err, flag.ErrHelp):
		p.printHelp(p.Stdout)
		if err := p.Stdout.Flush(); err != nil {
			p.Say("writing help: %v", err)
			return ExitInput
		}
		return ExitOK
	case err != nil:
		p.sayUsage(err)
		return ExitUsage
	}
	err := p.checkOrder()
	if err == nil {
		err = run()
	}
	p.captures.finish()
	if flushErr := p.Stdout.Flush(); err == nil && flushErr != nil {
		err = fmt.Errorf("writing results: %w", flushErr)
	}
	p.notes(err != nil)
	if *p.usage {
		p.report()
	}
	var usage *usageError
	switch {
	case err == nil && *p.strict && p.bounded:
		return ExitInput
	case err == nil:
		return ExitOK
	case errors.As(err, &usage):
		p.sayUsage(err)
		return ExitUsage
	}
	p.sayError(err)
	return ExitInput
}

func (p *Program) sayUsage(err error) {
	p.sayError(err)
	fmt.Fprintf(p.Stderr, "Try %s -h.\n", p.name)
}

// checkOrder finds flags behind the first argument, where they would be taken for names of files.
func (p *Program) checkOrder() error {
	for _, arg := range p.Flags.Args() {
		name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		if strings.HasPrefix(arg, "-") && p.Flags.Lookup(name) != nil {
			return Usagef("%s: flags come before the other arguments; a file of that name is ./%s", arg, arg)
		}
	}
	return nil
}

// usageError is a mistake in the command line.
type usageError struct{ msg string }

func (e *usageError) Error() string { return e.msg }

// Usagef returns an error that ends the program with [ExitUsage].
func Usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

func (p *Program) printHelp(w io.Writer) {
	fmt.Fprintf(w, "%s\n\n%s\n\nFlags:\n", strings.TrimSpace(fmt.Sprintf("usage: %s [FLAGS] %s", p.name, p.args)), strings.TrimSpace(p.help))
	p.Flags.SetOutput(w)
	p.Flags.PrintDefaults()
}

// Choice returns an error unless value is one of the words in choices, which are separated by
// commas.
func Choice(flagName, value, choices string) error {
	for c := range strings.SplitSeq(choices, ",") {
		if value == c {
			return nil
		}
	}
	return Usagef("-%s %s: want one of %s", flagName, value, strings.ReplaceAll(choices, ",", ", "))
}
