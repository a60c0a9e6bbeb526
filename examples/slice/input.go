package main

import (
	"errors"
	"slices"
	"time"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/pcapio/anon"
	"github.com/reeftools/reef/pcapio/edit"
)

// inputs is the captures, cut by time and merged.
type inputs struct {
	readers []*pcapio.Reader
	slicers []*edit.Slicer
	source  interface {
		pcapio.RecordReader
		pcapio.InterfaceSource
	}
	described  pcapio.InterfaceSource // source, or what -anon leaves of its descriptions
	dedup      *edit.DedupReader      // nil: not asked for
	transforms *edit.TransformReader  // nil: none asked for
	filtered   bool                   // the first of them is -f
	// which of them drop packets that they cannot change, and their flags
	unfit      map[int]string
	anonymiser *anon.Anonymizer // nil: not asked for
}

func (o *options) open(p *cli.Program, start, end string, names []string) (*inputs, error) {
	in := &inputs{}
	var err error
	if in.readers, err = p.OpenEach(names); err != nil {
		return nil, err
	}
	var sources []pcapio.RecordReader
	for _, r := range in.readers {
		s := edit.NewSlicer(r)
		if o.scan {
			s.Slack = -1
		}
		in.slicers = append(in.slicers, s)
		sources = append(sources, s)
	}
	w, err := in.window(start, end)
	if err != nil {
		return nil, errors.Join(windowError(start, end, err), in.close())
	}
	w.HalfOpen = o.halfOpen
	for _, s := range in.slicers {
		s.SetWindow(w)
	}
	in.source = in.slicers[0]
	if o.dedup || o.dedupWindow > 0 {
		if o.dedupRecords == 0 {
			o.dedupRecords = cli.Fit(edit.DefaultDedupRecords)
		}
		cfg := edit.DedupConfig{Layer: dedupLayers[o.dedupLayer], Window: o.dedupWindow, Within: o.dedupWindow > 0, Records: o.dedupRecords}
		if cfg.Decode, err = p.DecodeConfig(); err != nil {
			return nil, errors.Join(err, in.close())
		}
		if in.dedup, err = edit.NewDedup(pcapio.NewMerge(sources...), cfg); err != nil {
			return nil, err
		}
		in.source = in.dedup
	} else if len(sources) > 1 {
		in.source = pcapio.NewMerge(sources...)
	}
	in.described = in.source
	if len(in.readers) > 1 {
		in.described = oneSnapLen{in.source, in.snapLen()}
	}
	return in, nil
}

// snapLen is the largest snap length of the inputs, as far as they have described their interfaces;
// 0 is none.
func (in *inputs) snapLen() uint32 {
	largest := uint32(1)
	for _, r := range in.readers {
		for _, i := range r.Interfaces() {
			largest = max(largest, i.SnapLen)
			if i.SnapLen == 0 {
				return 0
			}
		}
	}
	return largest
}

// oneSnapLen gives the interfaces of merged inputs one snap length: libpcap refuses a pcapng file
// in which they differ.
type oneSnapLen struct {
	pcapio.InterfaceSource
	largest uint32 // 0: none
}

func (s oneSnapLen) Interfaces() []pcapio.Interface {
	list := slices.Clone(s.InterfaceSource.Interfaces())
	for i := range list {
		if s.largest == 0 || list[i].SnapLen < s.largest {
			list[i].SnapLen = s.largest
		}
	}
	return list
}

var dedupLayers = map[string]edit.DedupLayer{"frame": edit.DedupFrame, "network": edit.DedupNetwork, "ip": edit.DedupIP}

// window is what the arguments mean for captures that begin with these packets.
func (in *inputs) window(start, end string) (edit.Window, error) {
	var first int64
	found := false
	for _, s := range in.slicers {
		if t, ok := s.First(); ok && (!found || t < first) {
			first, found = t, true
		}
	}
	return edit.ParseWindow(start, end, first, time.Local)
}

// again tells whether all of the input can be read another time.
func (in *inputs) again() bool {
	return !slices.ContainsFunc(in.readers, func(r *pcapio.Reader) bool { return r.Size() < 0 })
}

// windowError returns err as a mistake in the command line, unless START and END mean something for
// another capture.
func windowError(start, end string, err error) error {
	if _, usage := edit.ParseWindow(start, end, 0, time.Local); usage != nil {
		return cli.Usagef("%v", err)
	}
	return err
}

func (in *inputs) close() error {
	var err error
	for _, r := range in.readers {
		err = errors.Join(err, r.Close())
	}
	return err
}

// notes says on standard error what was odd.
func (in *inputs) notes(p *cli.Program, out *output) {
	var disorder, read, kept uint64
	for _, slicer := range in.slicers {
		s := slicer.Stats()
		disorder, read, kept = disorder+s.OutOfOrder, read+s.Read, kept+s.Kept
	}
	var changed edit.TransformStats
	if in.transforms != nil {
		changed = in.transforms.Stats()
	}
	p.Note(disorder, "%s after later ones", cli.Count(disorder, "packet comes", "packets come"))
	if kept == 0 {
		p.Note(read, "none of %s read is from START to END", cli.Count(read, "packet", "packets"))
	} else if in.filtered && changed.Dropped[0] == changed.Read {
		p.Note(changed.Read, "none of %s matches -f", cli.Count(changed.Read, "packet", "packets"))
	}
	if in.dedup != nil {
		p.Say("%s dropped", cli.Count(in.dedup.Stats().Copies, "copy", "copies"))
		n := in.dedup.Stats().Forgotten
		p.Bound(n, "%s forgotten early (-dedup-records): later copies were kept", cli.Count(n, "packet", "packets"))
	}
	for i, n := range changed.Dropped {
		if flag := in.unfit[i]; flag != "" && n > 0 {
			p.Say("%s dropped that %s is not for", cli.Count(n, "packet", "packets"), flag)
		}
	}
	if in.anonymiser != nil {
		if s := in.anonymiser.Stats(); s.UnknownCut > 0 {
			p.Say("%d of %s cut where -anon does not understand them: %v", s.UnknownCut, cli.Count(s.Records, "packet", "packets"), s.Unknown)
		}
	}
	out.notes(p)
}
