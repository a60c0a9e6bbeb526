package main

import (
	"errors"
	"strconv"
	"strings"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/pcapio/anon"
	"github.com/reeftools/reef/pcapio/edit"
)

// transform puts what the flags ask for behind the input.
func (o *options) transform(p *cli.Program, in *inputs) (pcapio.RecordReader, error) {
	cfg, err := p.DecodeConfig()
	if err != nil {
		return nil, err
	}
	var list []edit.Transform
	add := func(t edit.Transform, failed error) {
		list = append(list, t)
		err = errors.Join(err, failed)
	}
	in.unfit = map[int]string{}
	mayDrop := func(flag string) { in.unfit[len(list)] = flag }
	switch match, err := p.Filter(in.readers...); {
	case err != nil:
		return nil, err
	case match != nil:
		add(match, nil)
		in.filtered = true
	}
	if o.sample > 0 {
		add(edit.SampleFlows(o.sample, o.sampleKey, cfg))
	}
	if o.every > 0 {
		add(edit.Every(o.every), nil)
	}
	if o.cut != "" {
		mayDrop("-cut")
		layer := map[string]edit.CutLayer{"link": edit.CutLink, "network": edit.CutNetwork, "transport": edit.CutTransport}[o.cut]
		add(edit.TruncateAfter(layer, cfg, false))
	}
	if o.keyFile != "" {
		add(o.anonymise(in, cfg))
	}
	if o.strip {
		mayDrop("-strip-link")
		add(edit.StripLink(), nil)
	}
	if o.fixSums {
		add(edit.FixChecksums(), nil)
	}
	if o.scale != "" {
		mayDrop("-scale")
		add(o.scaled())
	}
	if o.shift != 0 {
		mayDrop("-shift")
		add(edit.Shift(o.shift), nil)
	}
	if err != nil || len(list) == 0 {
		return in.source, err
	}
	in.transforms = edit.NewTransform(in.source, list...)
	return in.transforms, nil
}

// scaled is what -scale asks for.
func (o *options) scaled() (edit.Transform, error) {
	n, d, ok := parseRatio(o.scale)
	if !ok {
		return nil, cli.Usagef("-scale %s: want a ratio such as 10 or 1/2", o.scale)
	}
	t, err := edit.Scale(n, d)
	if err != nil {
		return nil, cli.Usagef("-scale: %v", err)
	}
	return t, nil
}

// parseRatio reads numbers above 0 such as 10 or 1/2.
func parseRatio(text string) (num, den int64, ok bool) {
	above, below, isRatio := strings.Cut(text, "/")
	if !isRatio {
		below = "1"
	}
	num, err := strconv.ParseInt(above, 10, 64)
	den, denErr := strconv.ParseInt(below, 10, 64)
	return num, den, err == nil && denErr == nil && num > 0 && den > 0
}

func (o *options) anonymise(in *inputs, decode pcapio.DecodeConfig) (edit.Transform, error) {
	key, err := anon.ReadKey(o.keyFile)
	if err != nil {
		return nil, err
	}
	a, err := anon.Config{VXLANPorts: decode.VXLANPorts, TPIDs: decode.TPIDs}.New(key)
	if err != nil {
		return nil, err
	}
	in.described, in.anonymiser = a.Interfaces(in.described), a
	return edit.TransformFunc(func(r *pcapio.Record) bool {
		a.Record(r)
		return true
	}), nil
}

func (o *options) makeKey(p *cli.Program) error {
	_, err := anon.CreateKey(o.newKey)
	return err
}
