package main

import (
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/flow/echo"
	"github.com/reeftools/reef/pcapio"
)

// modern matches by addresses, identifier and sequence number, and writes the exchanges in the
// format.
func modern(p *cli.Program, format string, cfg echo.Config) error {
	dec, err := p.OpenDecoder()
	if err != nil {
		return err
	}
	sum, err := echo.NewSummary(echo.SummaryConfig{MaxBuckets: cli.Fit(echo.DefaultMaxBuckets)})
	if err != nil {
		return err
	}
	matcher, err := echo.New(cfg, output(p.Stdout, format, sum))
	if err != nil {
		return err
	}
	p.AtEnd(func() {
		s := matcher.Stats()
		p.Skipped(s.Packets-s.NotICMP, dec.Stats().Packets, "ICMP")
		if s.Packets > s.NotICMP && s.Other == s.Packets-s.NotICMP {
			p.Note(s.Other, "none of %d ICMP messages is an echo or timestamp message", s.Other)
		}
		p.Bound(s.Evicted, "%d exchanges ended early: at most %d are kept at once", s.Evicted, cfg.MaxPending)
		p.Bound(s.Overflow, "%d answers of further hosts were left out: at most %d are kept at once", s.Overflow, cfg.MaxAnswers)
		p.Bound(sum.Rest(), "%d exchanges are in the total only: there are more than %d pairs of hosts", sum.Rest(), echo.DefaultMaxDestinations)
		p.Bound(uint64(sum.Coarse()), "median, p95 and p99 of %d pairs of hosts are less exact than 0.1 %%: too many different response times", sum.Coarse())
	})
	_, err = pcapio.Copy(matcher, dec)
	err = cli.Finish(err, matcher.Flush)
	if format == "summary" {
		err = errors.Join(err, printSummary(p.Stdout, sum, matcher.Stats()))
	}
	return err
}

// output returns what takes the exchanges: a writer of lines, or sum, to be printed after the last.
func output(w io.Writer, format string, sum *echo.Summary) echo.ExchangeWriter {
	switch format {
	case "csv":
		return echo.NewCSV(w)
	case "json":
		return echo.NewJSONL(w)
	}
	return sum
}

// printSummary prints a line for each pair of hosts and the total. Sent counts exchanges; see the
// package echo for the others.
func printSummary(w io.Writer, sum *echo.Summary, stats echo.Stats) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "kind\tsrc\tdst\tsent\tanswered\tlost\t%lost\tanswers\tundecided\trepeats\tdup\treord\tchanged\tttl\truns\tlongest\tmin\tmean\tmedian\tp95\tp99\tmax\tsdev")
	row := func(kind, src, dst string, d *echo.Destination) {
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%d\t%d\t%.1f\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d", kind, src, dst, d.Exchanges, d.Answered, d.Lost,
			100*d.LossRatio(), d.Answers, d.Undecided, d.Repeats, d.Duplicates, d.Reordered, d.PayloadChanged, d.TTLChanges, d.LossPeriods, d.LongestLoss)
		r := &d.RTT
		for _, v := range []time.Duration{r.Min, r.Mean(), r.Quantile(0.5), r.Quantile(0.95), r.Quantile(0.99), r.Max, r.StdDev()} {
			if r.Count == 0 {
				fmt.Fprint(t, "\t-")
				continue
			}
			fmt.Fprintf(t, "\t%.3f", float64(v)/1e6)
		}
		fmt.Fprintln(t)
	}
	for _, d := range sum.Destinations() {
		row(d.Kind.String(), d.Src.String(), d.Dst.String(), d)
	}
	total := sum.Total()
	row("total", "", "", &total)
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "unmatched replies: %d\n", stats.Unmatched)
	return err
}
