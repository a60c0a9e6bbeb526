package cli

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/reeftools/reef/internal/cascade"
	"github.com/reeftools/reef/pcapio"
)

// CaptureFlags adds the flags that [Program.Open] and [Program.OpenDecoder] obey.
func (p *Program) CaptureFlags() {
	p.filter = p.Flags.String("f", "", "only packets that match a tcpdump `EXPRESSION`")
	p.resync = p.Flags.Bool("resync", false, "go on behind damage in a capture, at the next plausible record, and behind a bad file with the next one")
	p.tunnels = p.Flags.String("tunnels", "", "`kinds` of tunnel to look into: all, or some of "+pcapio.TunnelAll.String())
	p.vxlanPorts = p.Flags.String("vxlan-port", "", "with -tunnels vxlan or all: UDP `ports` of VXLAN besides 4789 and 8472, as in 4788,8473")
	p.tpids = p.Flags.String("tpid", "", "EtherTypes of VLAN tags besides the usual ones, as in 0x9400,0xabcd")
}

// CaptureFlag returns one of the flags of CaptureFlags that was given, "" if none was: for programs
// that also read something else.
func (p *Program) CaptureFlag() (given string) {
	p.Flags.Visit(func(f *flag.Flag) {
		if slices.Contains([]string{"f", "resync", "tunnels", "vxlan-port", "tpid"}, f.Name) {
			given = f.Name
		}
	})
	return given
}

// CaptureConfig is what Libpcap and the flags of CaptureFlags say about reading.
func (p *Program) CaptureConfig() pcapio.ReaderConfig {
	return pcapio.ReaderConfig{Resync: *p.resync, ContinueOnError: *p.resync, Libpcap: p.Libpcap}
}

// captures are those that are open: what moves the bar, what ends when the process is interrupted,
// and what is told at the end.
type captures struct {
	readers []*pcapio.Reader
	decoder *pcapio.Decoder // nil before OpenDecoder
	// a copy of the beginning of the first record, to tell what all are when none is of use
	first *pcapio.Record
	bar   *bar // nil: not shown
	stop  interrupt
}

// Open opens the captures named by the arguments, standard input if there are none.
func (p *Program) Open() (*pcapio.Reader, error) { return p.OpenFiles(p.Flags.Args()...) }

// OpenFiles opens captures by name as one, for programs whose arguments are something else.
func (p *Program) OpenFiles(names ...string) (*pcapio.Reader, error) {
	names, err := orStdin(names)
	if err != nil {
		return nil, err
	}
	readers, err := p.open([][]string{names})
	if err != nil {
		return nil, err
	}
	return readers[0], nil
}

// OpenEach opens each of the named captures by itself, for a program that puts them together in its
// own way. A file that cannot be opened ends the program.
func (p *Program) OpenEach(names []string) ([]*pcapio.Reader, error) {
	names, err := orStdin(names)
	if err != nil {
		return nil, err
	}
	var each [][]string
	for _, name := range names {
		each = append(each, []string{name})
	}
	return p.open(each)
}

// OpenDecoder opens the captures as Open does and decodes them.
func (p *Program) OpenDecoder() (*pcapio.Decoder, error) {
	cfg, err := p.DecodeConfig()
	if err != nil {
		return nil, err
	}
	r, err := p.Open()
	if err != nil {
		return nil, err
	}
	records, err := p.Matching(r)
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return p.NewDecoder(records, cfg), nil
}

// NewDecoder decodes what was opened, and has the counts of it for -usage.
func (p *Program) NewDecoder(r pcapio.RecordReader, cfg pcapio.DecodeConfig) *pcapio.Decoder {
	if in := p.captures; in != nil && r == pcapio.RecordReader(in.readers[0]) {
		r = &firstKeeper{Reader: in.readers[0], first: &in.first}
	}
	dec := pcapio.NewDecoder(r, cfg)
	if p.captures != nil {
		p.captures.decoder = dec
	}
	return dec
}

// orStdin returns the names, or standard input if there are none and it is no terminal.
func orStdin(names []string) ([]string, error) {
	if len(names) > 0 {
		return names, nil
	}
	if IsTerminal(os.Stdin) {
		return nil, Usagef("no FILE given, and standard input is a terminal")
	}
	return []string{"-"}, nil
}

// open opens a reader for each list of names. One bar shows the progress of all; reading ends with
// an error when the process is interrupted.
func (p *Program) open(lists [][]string) ([]*pcapio.Reader, error) {
	in := &captures{}
	cfg := p.CaptureConfig()
	cfg.Progress = in.progress
	total := int64(0)
	for _, names := range lists {
		r, err := cfg.Open(names...)
		if err != nil {
			for _, r := range in.readers {
				err = errors.Join(err, r.Close())
			}
			return nil, err
		}
		in.readers = append(in.readers, r)
		if total >= 0 && r.Size() >= 0 {
			total += r.Size()
		} else {
			total = -1
		}
	}
	if *p.progress && total > 0 && IsTerminal(os.Stderr) {
		in.bar = newBar(p.Stderr, total)
	}
	in.stop.listen()
	p.captures = in
	return in.readers, nil
}

func (in *captures) all() []*pcapio.Reader {
	if in == nil {
		return nil
	}
	return in.readers
}

// stats is the sum of what all readers counted.
func (in *captures) stats() (sum pcapio.ReaderStats) {
	for _, r := range in.all() {
		s := r.Stats()
		sum.Merge(&s)
	}
	return sum
}

// progress moves the bar, and ends the input when the process is interrupted.
func (in *captures) progress(int64, int64) error {
	if in.bar != nil {
		done := int64(0)
		for _, r := range in.readers {
			done += r.InputOffset()
		}
		in.bar.show(done)
	}
	if in.stop.came.Load() {
		return errInterrupted
	}
	return nil
}

// firstKeeper copies the first record that is read through it, without most of its payload.
type firstKeeper struct {
	*pcapio.Reader
	first **pcapio.Record
}

func (k *firstKeeper) ReadRecord(r *pcapio.Record) error {
	err := k.Reader.ReadRecord(r)
	if err == nil && *k.first == nil {
		k.keep(r)
	}
	return err
}

func (k *firstKeeper) ReadRecords(recs []pcapio.Record) (int, error) {
	n, err := k.Reader.ReadRecords(recs)
	if n > 0 && *k.first == nil {
		k.keep(&recs[0])
	}
	return n, err
}

func (k *firstKeeper) keep(r *pcapio.Record) {
	first := *r
	first.Data = slices.Clone(r.Data[:min(len(r.Data), 1<<10)])
	*k.first = &first
}

// firstPacket returns the first packet decoded, nil if there was none.
func (in *captures) firstPacket() *pcapio.Packet {
	if in == nil || in.first == nil {
		return nil
	}
	p := &pcapio.Packet{Record: *in.first}
	pcapio.NewDecoder(nil, pcapio.DecodeConfig{}).Decode(p)
	return p
}

func (in *captures) finish() {
	if in == nil {
		return
	}
	in.stop.ignore()
	if in.bar != nil {
		in.bar.clear()
	}
}

// summary says how many packets there were, and what they were if they were decoded.
func (in *captures) summary(packets uint64) string {
	if in.decoder == nil {
		return fmt.Sprintf("%d packets", packets)
	}
	var parts []string
	counts := in.decoder.Stats().Packets
	for s, n := range counts {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", pcapio.Status(s), n))
		}
	}
	if len(parts) == 0 {
		return fmt.Sprintf("%d packets", packets)
	}
	return fmt.Sprintf("%d packets: %s", packets, strings.Join(parts, ", "))
}

// Finish is the end of every analysis: it calls flush whatever err, the reader's, was, so that a
// damaged capture still gives the results of its good prefix, and returns both errors; once if
// they are the same, as an analysis that failed says so again.
func Finish(err error, flush func() error) error {
	return cascade.Join(err, flush())
}
