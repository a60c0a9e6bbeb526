package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/reeftools/reef/internal/lab/tracegen"
	"github.com/reeftools/reef/pairhash/flowlist"
	"github.com/reeftools/reef/pcapio"
)

// inputs are the files that commands read, generated when the first command needs them.
type inputs struct {
	dir, trace, list string
}

// listLines is the length of the list of flows.
const listLines = 10_000_000

// make generates what line names.
func (in *inputs) make(line string) (err error) {
	if strings.Contains(line, "TRACE") && in.trace == "" {
		in.trace = filepath.Join(in.dir, "std.pcap")
		err = writeTrace(in.trace)
	}
	if strings.Contains(line, "LIST") && in.list == "" {
		in.list = filepath.Join(in.dir, "list.txt")
		err = errors.Join(err, writeList(in.list))
	}
	return err
}

// writeList writes a list of flows, a fifth as many pairs as lines.
func writeList(name string) (err error) {
	g, err := flowlist.NewGenerator(flowlist.GeneratorConfig{Lines: listLines})
	if err != nil {
		return err
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	_, err = g.WriteTo(f)
	return err
}

// writeTrace writes the standard trace.
func writeTrace(name string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	w, err := pcapio.NewWriter(f, pcapio.WriterConfig{LinkType: pcapio.LinkEthernet, SnapLen: 96, Micro: true})
	if err != nil {
		return err
	}
	g := tracegen.New(tracegen.Standard())
	var r pcapio.Record
	for g.ReadRecord(&r) == nil {
		if err := w.WriteRecord(&r); err != nil {
			return err
		}
	}
	return w.Flush()
}
