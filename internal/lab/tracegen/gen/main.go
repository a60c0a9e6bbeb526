// Command gen writes a synthetic trace as a classic pcap file.
//
//	go run ./internal/lab/tracegen/gen -packets 3000000 -flows 400000 -snap 96 -seed 1 -o FILE
//
// Without flags it writes the standard benchmark trace to standard output.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/reeftools/reef/internal/lab/tracegen"
	"github.com/reeftools/reef/pcapio"
)

func main() {
	cfg := tracegen.Standard()
	cfg.Flows = 0 // its ratio to the packets is the default
	flag.Uint64Var(&cfg.Seed, "seed", cfg.Seed, "seed of the random numbers")
	flag.Uint64Var(&cfg.Packets, "packets", cfg.Packets, "number of packets; 0 for 10,000")
	flag.Uint64Var(&cfg.Flows, "flows", cfg.Flows, "number of flows to aim at; 0 for 2 in 15 packets")
	flag.Uint64Var(&cfg.Rate, "rate", cfg.Rate, "packets per second of trace to aim at")
	flag.IntVar(&cfg.SnapLen, "snap", cfg.SnapLen, "bytes captured of each packet; 0 for all")
	flag.BoolVar(&cfg.SYNOnly, "syn", false, "single SYNs only, each from another source")
	out := flag.String("o", "-", "file to write; - is standard output")
	size := flag.String("size", "", "size of the file, like 500MB or 10GB, instead of -packets")
	flag.Parse()
	err := error(nil)
	if *size != "" {
		cfg.Packets = 0
		cfg.Bytes, err = parseSize(*size)
	}
	if flag.NArg() > 0 {
		err = fmt.Errorf("unexpected argument %q", flag.Arg(0))
	}
	if err == nil {
		err = cfg.Validate()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gen: bad usage:", err)
		os.Exit(2)
	}
	if err := write(*out, cfg); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// write makes the trace of cfg in the named file and prints what it did on standard error.
func write(name string, cfg tracegen.Config) (err error) {
	file := os.Stdout
	if name != "-" {
		if file, err = os.Create(name); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, file.Close()) }()
	}
	w, err := pcapio.NewWriter(file, pcapio.WriterConfig{LinkType: pcapio.LinkEthernet, SnapLen: cfg.SnapLen, Micro: cfg.Micro})
	if err != nil {
		return err
	}
	g := tracegen.New(cfg)
	var r pcapio.Record
	for {
		if err := g.ReadRecord(&r); err == io.EOF {
			break
		} else if err != nil {
			return err
		}
		if err := w.WriteRecord(&r); err != nil {
			return err
		}
	}
	fmt.Fprintf(os.Stderr, "%+v\n", g.Stats())
	return w.Flush()
}

// parseSize reads a number of bytes, with k, M or G for powers of 1000 and perhaps a B behind.
func parseSize(s string) (uint64, error) {
	digits := strings.TrimRight(s, "kMGB")
	n, err := strconv.ParseUint(digits, 10, 40)
	if err != nil {
		return 0, fmt.Errorf("bad size %q: %w", s, err)
	}
	switch strings.TrimSuffix(s[len(digits):], "B") {
	case "":
		return n, nil
	case "k":
		return n * 1e3, nil
	case "M":
		return n * 1e6, nil
	case "G":
		if n > 1e9 {
			return 0, fmt.Errorf("size %q is too large", s)
		}
		return n * 1e9, nil
	}
	return 0, fmt.Errorf("bad size %q", s)
}
