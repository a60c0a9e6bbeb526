package tcptrace

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"
)

// WriteBrief writes a line per connection that sel takes, as "tcptrace -n" does.
func WriteBrief(w io.Writer, a *Analyzer, sel Selection) error {
	b := bufio.NewWriterSize(w, 1<<16)
	writeHead(b, a, "", true)
	width := 0
	for c := range a.Conns() {
		if sel.Has(c.Number) {
			width = max(width, len(briefName(c)))
		}
	}
	for c := range a.Conns() {
		if !sel.Has(c.Number) {
			continue
		}
		fmt.Fprintf(b, "%3d: %-*s %4d> %4d<", c.Number, width, briefName(c), c.A2B.Packets, c.B2A.Packets)
		if c.Complete() {
			b.WriteString("  (complete)")
		}
		if c.Reset() {
			b.WriteString("  (reset)")
		}
		if c.A2B.Packets == 0 || c.B2A.Packets == 0 {
			b.WriteString("  (unidirectional)")
		}
		b.WriteByte('\n')
		la, lb := c.Letters()
		for i, n := range []uint64{c.A2B.HardwareDups, c.B2A.HardwareDups} {
			if n > 0 {
				name := la + "2" + lb
				if i == 1 {
					name = lb + "2" + la
				}
				fmt.Fprintf(b, "    ** Warning, %s: detected %d hardware duplicate(s) (same seq # and IP ID)\n", name, n)
			}
		}
	}
	return b.Flush()
}

func briefName(c *Conn) string {
	a, b := c.Letters()
	name := hostPort(c.A()) + " - " + hostPort(c.B()) + " (" + a + "2" + b + ")"
	return name[:min(len(name), 99)] // tcptrace's buffer
}

// WriteLong writes a block per connection that sel takes, as "tcptrace -n -l" does; files name the
// captures that were read. Times of day are UTC.
func WriteLong(w io.Writer, a *Analyzer, cols Columns, sel Selection, files string) error {
	b := bufio.NewWriterSize(w, 1<<16)
	writeHead(b, a, "", false)
	first := true
	for c := range a.Conns() {
		if !sel.Has(c.Number) {
			continue
		}
		if !first || c.Number > 1 {
			b.WriteString(strings.Repeat("=", 32) + "\n")
		}
		first = false
		writeLongConn(b, c, cols, files)
	}
	return b.Flush()
}

func writeLongConn(b *bufio.Writer, c *Conn, cols Columns, files string) {
	la, lb := c.Letters()
	fmt.Fprintf(b, "TCP connection %d:\n\thost %-4s      %s\n\thost %-4s      %s\n", c.Number, la+":", hostPort(c.A()), lb+":", hostPort(c.B()))
	state := "no"
	if c.Reset() {
		state = "RESET"
	} else if c.Complete() {
		state = "yes"
	}
	b.WriteString("\tcomplete conn: " + state)
	if !c.Complete() {
		fmt.Fprintf(b, "\t(SYNs: %d)  (FINs: %d)", c.sides(true), c.sides(false))
	}
	stamp := func(us int64) string { return time.UnixMicro(us).UTC().Format("Mon Jan _2 15:04:05.000000 2006") }
	fmt.Fprintf(b, "\n\tfirst packet:  %s\n\tlast packet:   %s\n\telapsed time:  %s\n\ttotal packets: %d\n\tfilename:      %s\n",
		stamp(c.First), stamp(c.Last), duration(elapsed(c.First, c.Last)), c.Packets, files)
	fmt.Fprintf(b, "   %s->%s:\t\t\t      %s->%s:\n", la, lb, lb, la)
	for _, rows := range cols.rows() {
		for i := range rows {
			writeLongRow(b, c, &rows[i])
		}
	}
}

func writeLongRow(b *bufio.Writer, c *Conn, r *row) {
	switch r.column { // blank lines and remarks between the rows
	case "RTT_samples", "RTT_from_3WHS", "RTT_full_sz_smpls", "post-loss_acks":
		b.WriteByte('\n')
	case "ambiguous_acks":
		if r.shown(c) {
			b.WriteString("\t  For the following 5 RTT statistics, only ACKs for\n\t  multiply-transmitted segments (ambiguous ACKs) were\n" +
				"\t  considered.  Times are taken from the last instance\n\t  of a segment.\n")
		}
	}
	if r.shown != nil && !r.shown(c) {
		return
	}
	for _, h := range []*Half{&c.A2B, &c.B2A} {
		v, ok := r.value(nil, c, h)
		unit := r.unit
		if !ok {
			unit = ""
		}
		fmt.Fprintf(b, "     %-18s %9s %-5s", r.label+":", v, unit)
	}
	b.WriteByte('\n')
	if r.column == "hardware_dups" {
		b.WriteString("       ** WARNING: presence of hardware duplicates makes these figures suspect!\n")
	}
}
