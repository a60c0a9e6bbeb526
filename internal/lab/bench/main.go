// Command bench times the example programs against the old tools on one
// generated trace, or one list of 10 million flows, and prints a table in
// Markdown.
//
//	go run ./internal/lab/bench [-runs 5] [-trace FILE] [-only flows]
//
// Both sides of a row run in turn, so that a machine whose speed drifts is as
// unfair to the one as to the other. Quoted is the median over the runs of user
// plus system time: the work done, whatever else the machine does. Programs in
// Go run with GOMAXPROCS=1. A tool that is not installed leaves its row out.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func main() {
	runs := flag.Int("runs", 5, "counted runs of each command, after one that is not")
	trace := flag.String("trace", "", "classic pcap `FILE`; without it the standard trace is generated")
	only := flag.String("only", "", "rows whose name contains this")
	flag.Parse()
	log.SetFlags(0)
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	in := &inputs{dir: dir, trace: *trace}
	fmt.Print("| what | reef | peer | reef s | peer s | reef/peer | wanted | reef MB | peer MB |\n|---|---|---|---:|---:|---:|---:|---:|---:|\n")
	for _, c := range comparisons {
		if !strings.Contains(c.name, *only) {
			continue
		}
		if err := c.run(in, *runs); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", c.name, err)
		}
	}
}

// run times both sides and prints the row.
func (c *comparison) run(in *inputs, runs int) error {
	reef, err := command(in, c.reef)
	if err != nil {
		return err
	}
	peer, err := command(in, c.peer)
	if err != nil {
		return err
	}
	var mine, theirs []usage
	for i := range runs + 1 {
		m, err := measure(reef)
		if err != nil {
			return err
		}
		t, err := measure(peer)
		if err != nil {
			return err
		}
		if i > 0 {
			mine, theirs = append(mine, m), append(theirs, t)
		}
	}
	a, b := median(mine), median(theirs)
	fmt.Printf("| %s | `%s` | `%s` | %.2f | %.2f | %.2f | %s | %d | %d |\n", c.name, cell(c.reef), cell(c.peer),
		a.cpu.Seconds(), b.cpu.Seconds(), a.cpu.Seconds()/b.cpu.Seconds(), c.wanted, a.peak>>20, b.peak>>20)
	return nil
}

// cell writes a command line into a cell of the table.
func cell(args []string) string {
	return strings.NewReplacer("|", "\\|", "\n", " ").Replace(strings.Join(args, " "))
}

// command returns the command line of args. A first word "reef/NAME" is an example program, which
// is built; TRACE is the trace, LIST the list of flows and DIR a directory for output.
func command(in *inputs, args []string) ([]string, error) {
	if err := in.make(strings.Join(args, " ")); err != nil {
		return nil, err
	}
	args = slices.Clone(args)
	for i := range args {
		args[i] = strings.NewReplacer("TRACE", in.trace, "LIST", in.list, "DIR", in.dir).Replace(args[i])
	}
	if name, ok := strings.CutPrefix(args[0], "reef/"); ok {
		args[0] = filepath.Join(in.dir, name)
		if _, err := os.Stat(args[0]); err == nil {
			return args, nil
		}
		out, err := exec.Command("go", "build", "-o", args[0], "github.com/reeftools/reef/examples/"+name).CombinedOutput()
		if err != nil {
			return nil, fmt.Errorf("building %s: %w\n%s", name, err, out)
		}
		return args, nil
	}
	var err error
	args[0], err = exec.LookPath(args[0])
	return args, err
}

// usage is what one run took.
type usage struct {
	cpu  time.Duration
	peak int64 // bytes
}

func measure(args []string) (usage, error) {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	var errs strings.Builder
	cmd.Stderr = &errs
	if err := cmd.Run(); err != nil {
		return usage{}, fmt.Errorf("%s: %w: %.200s", strings.Join(args, " "), err, errs.String())
	}
	s := cmd.ProcessState
	return usage{cpu: s.UserTime() + s.SystemTime(), peak: peakMemory(s)}, nil
}

// median returns the median of each figure.
func median(runs []usage) usage {
	pick := func(of func(usage) int64) int64 {
		v := make([]int64, len(runs))
		for i, r := range runs {
			v[i] = of(r)
		}
		slices.Sort(v)
		return v[len(v)/2]
	}
	return usage{time.Duration(pick(func(u usage) int64 { return int64(u.cpu) })), pick(func(u usage) int64 { return u.peak })}
}
