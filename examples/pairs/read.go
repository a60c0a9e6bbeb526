package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/reeftools/reef/pairhash"
	"github.com/reeftools/reef/pairhash/flowlist"
	"github.com/reeftools/reef/pcapio"
)

// weightOf returns what a line or packet counts.
func weightOf(by string, pcap bool) (func(*flowlist.Flow) uint64, error) {
	switch {
	case by == "flows" && pcap:
		return nil, errors.New("captures have packets and bytes; for flows make a list with the program flows")
	case by == "flows", by == "" && !pcap:
		return func(*flowlist.Flow) uint64 { return 1 }, nil
	case by == "packets", by == "":
		return func(f *flowlist.Flow) uint64 { return f.Packets }, nil
	case by == "bytes":
		return func(f *flowlist.Flow) uint64 { return f.Bytes }, nil
	}
	return nil, fmt.Errorf("cannot count by %q", by)
}

// readLists adds the flows of lists; all must have the notation of the first.
func readLists(names []string, stdin io.Reader, _ io.Writer, add func(*flowlist.Flow) error) (flowlist.Notation, error) {
	notation := flowlist.Unknown
	for _, name := range names {
		in := stdin
		if name != "-" {
			file, err := os.Open(name)
			if err != nil {
				return notation, err
			}
			defer file.Close()
			in = file
		}
		if err := readList(in, &notation, add); err != nil {
			return notation, fmt.Errorf("%s: %w", name, err)
		}
	}
	return notation, nil
}

func readList(in io.Reader, notation *flowlist.Notation, add func(*flowlist.Flow) error) error {
	r := flowlist.NewReader(in)
	var f flowlist.Flow
	for {
		err := r.ReadFlow(&f)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
		case *notation == flowlist.Unknown:
			*notation = r.Notation()
			err = add(&f)
		case *notation != r.Notation():
			err = fmt.Errorf("addresses as %v, but before as %v", r.Notation(), *notation)
		default:
			err = add(&f)
		}
		if err != nil {
			return err
		}
	}
}

// readCaptures adds the IP packets of captures; bytes are those of the IP datagrams.
func readCaptures(names []string, _ io.Reader, stderr io.Writer, add func(*flowlist.Flow) error) (flowlist.Notation, error) {
	r, err := pcapio.Open(names...)
	if err != nil {
		return flowlist.IP, err
	}
	defer r.Close()
	other := 0
	for p, err := range pcapio.All(pcapio.NewDecoder(r, pcapio.DecodeConfig{})) {
		if err != nil {
			return flowlist.IP, err
		}
		if !p.IsIP() {
			other++
			continue
		}
		f := flowlist.Flow{Src: pairhash.AddrFrom16(p.Src), Dst: pairhash.AddrFrom16(p.Dst), Packets: 1, Bytes: uint64(max(p.IPLen, 0))}
		if err := add(&f); err != nil {
			return flowlist.IP, err
		}
	}
	if other > 0 {
		fmt.Fprintf(stderr, "pairs: %d packets were not IP\n", other)
	}
	return flowlist.IP, nil
}
