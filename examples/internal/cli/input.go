package cli

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/reeftools/reef/internal/cascade"
	"github.com/reeftools/reef/pcapio"
)

// CaptureFlags adds the flags that [Program.Open] and [Program.OpenDecoder] obey.
func (p *Program) CaptureFlags() {
	p.resync = p.Flags.Bool("resync", false, "go on behind damage in a capture, at the next plausible record, and behind a bad file with the next one")
	p.tunnels = p.Flags.String("tunnels", "", "`kinds` of tunnel to look into: all, or some of "+pcapio.TunnelAll.String())
	p.vxlanPorts = p.Flags.String("vxlan-port", "", "with -tunnels vxlan or all: UDP `ports` of VXLAN besides 4789 and 8472, as in 4788,8473")
	p.tpids = p.Flags.String("tpid", "", "EtherTypes of VLAN tags besides the usual ones, as in 0x9400,0xabcd")
}

// Input is an opened capture that shows its progress.
type Input struct {
	*pcapio.Reader
	Decoder *pcapio.Decoder // nil before OpenDecoder
	packets int64
	// a copy of the beginning of the first, to tell what all are when none is of use
	first *pcapio.Record
	bar   *bar // nil: not shown
	stop  interrupt
}

// Open opens the captures named by the arguments, standard input if there are none.
func (p *Program) Open() (*Input, error) {
	names := p.Flags.Args()
	if len(names) == 0 {
		if IsTerminal(os.Stdin) {
			return nil, Usagef("no FILE given, and standard input is a terminal")
		}
		names = []string{"-"}
	}
	return p.OpenFiles(names...)
}

// OpenFiles opens captures by name, for programs whose arguments are something else. Reading ends
// with an error when the process is interrupted.
func (p *Program) OpenFiles(names ...string) (*Input, error) {
	r, err := p.CaptureConfig().Open(names...)
	if err != nil {
		return nil, err
	}
	p.input, p.readers = &Input{Reader: r}, []*pcapio.Reader{r}
	p.input.stop.listen()
	if *p.progress && r.Size() > 0 && IsTerminal(os.Stderr) {
		p.input.bar = newBar(p.Stderr, r.Size())
	}
	return p.input, nil
}

// OpenDecoder opens the captures as Open does and decodes them.
func (p *Program) OpenDecoder() (*pcapio.Decoder, error) {
	cfg, err := p.DecodeConfig()
	if err != nil {
		return nil, err
	}
	in, err := p.Open()
	if err != nil {
		return nil, err
	}
	in.Decoder = pcapio.NewDecoder(in, cfg)
	return in.Decoder, nil
}

// ReadRecord reads the next record and moves the progress bar.
func (in *Input) ReadRecord(r *pcapio.Record) error {
	if in.stop.came.Load() {
		return errInterrupted
	}
	if in.packets++; in.packets&(1<<14-1) == 0 && in.bar != nil {
		in.bar.show(in.InputOffset())
	}
	err := in.Reader.ReadRecord(r)
	if err != nil {
		in.packets--
	} else if in.first == nil {
		in.keepFirst(r)
	}
	return err
}

// ReadRecords is ReadRecord for many at once; see [pcapio.Reader.ReadRecords].
func (in *Input) ReadRecords(recs []pcapio.Record) (int, error) {
	if in.stop.came.Load() {
		return 0, errInterrupted
	}
	n, err := in.Reader.ReadRecords(recs)
	if in.bar != nil && (in.packets+int64(n))>>14 != in.packets>>14 {
		in.bar.show(in.InputOffset())
	}
	in.packets += int64(n)
	if n > 0 && in.first == nil {
		in.keepFirst(&recs[0])
	}
	return n, err
}

// keepFirst copies the first record, without most of its payload.
func (in *Input) keepFirst(r *pcapio.Record) {
	first := *r
	first.Data = slices.Clone(r.Data[:min(len(r.Data), 1<<10)])
	in.first = &first
}

// firstPacket returns the first packet decoded, nil if there was none.
func (in *Input) firstPacket() *pcapio.Packet {
	if in == nil || in.first == nil {
		return nil
	}
	p := &pcapio.Packet{Record: *in.first}
	pcapio.NewDecoder(nil, pcapio.DecodeConfig{}).Decode(p)
	return p
}

func (in *Input) finish() {
	if in == nil {
		return
	}
	in.stop.ignore()
	if in.bar != nil {
		in.bar.clear()
	}
}

// summary says how many packets there were, and what they were if they were decoded.
func (in *Input) summary(packets int64) string {
	if in.Decoder == nil {
		return fmt.Sprintf("%d packets", packets)
	}
	var parts []string
	counts := in.Decoder.Stats().Packets
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
