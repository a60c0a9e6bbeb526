package tcptrace

import (
	"bufio"
	"io"
	"net/netip"
	"strconv"
	"strings"
)

// Columns chooses the optional columns of [WriteCSV] and rows of [WriteLong].
type Columns struct {
	RTT  bool // tcptrace's -r: 50 more columns
	Owin bool // tcptrace's -W: 8 more
}

func (c Columns) rows() [][]row {
	r := [][]row{firstRows}
	if c.Owin {
		r = append(r, owinRows)
	}
	r = append(r, lastRows)
	if c.RTT {
		r = append(r, rttRows)
	}
	return r
}

// WriteCSV writes the table of "tcptrace -n -l --csv": comment lines, the header, an empty line and
// a row per connection that sel takes. Two comments of tcptrace are left out since they name the
// machine and its clock.
//
// The form is tcptrace's, with its traps: times print as seconds and microseconds without leading
// zeros (1.000023 as 1.23).
func WriteCSV(w io.Writer, a *Analyzer, cols Columns, sel Selection) error {
	b := bufio.NewWriterSize(w, 1<<16)
	writeHead(b, a, "#", false)
	if a.count == 0 {
		return b.Flush()
	}
	groups := cols.rows()
	writeHeader(b, groups)
	var line, cell []byte
	for c := range a.Conns() {
		if !sel.Has(c.Number) {
			continue
		}
		line = strconv.AppendInt(line[:0], int64(c.Number), 10)
		line = appendHost(append(line, ','), c.A().Addr())
		line = appendHost(append(line, ','), c.B().Addr())
		line = strconv.AppendUint(append(line, ','), uint64(c.APort), 10)
		line = strconv.AppendUint(append(line, ','), uint64(c.BPort), 10)
		line = appendTime(append(line, ','), c.First)
		line = append(appendTime(append(line, " , "...), c.Last), " ,"...)
		for _, rows := range groups {
			for i := range rows {
				for _, h := range []*Half{&c.A2B, &c.B2A} {
					cell, _ = rows[i].value(cell[:0], c, h)
					for n := len(cell); n < 15; n++ {
						line = append(line, ' ')
					}
					line = append(append(line, cell...), ',')
				}
			}
		}
		if _, err := b.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	return b.Flush()
}

func writeHeader(b *bufio.Writer, groups [][]row) {
	b.WriteString("conn_#,host_a,host_b,port_a,port_b,first_packet,last_packet,")
	for _, rows := range groups {
		for i := range rows {
			for _, dir := range []string{"_a2b", "_b2a"} {
				name := rows[i].column + dir
				if name == "RTT_full_sz_stdev_a2b" {
					name = "RTT full_sz_stdev_a2b" // tcptrace's spelling
				}
				b.WriteString(name)
				b.WriteByte(',')
			}
		}
	}
	b.WriteString("\n\n")
}

// appendTime writes seconds and microseconds, the latter without leading zeros.
func appendTime(b []byte, us int64) []byte {
	sec, frac := us/1e6, us%1e6
	if frac < 0 {
		sec, frac = sec-1, frac+1e6
	}
	b = append(strconv.AppendInt(b, sec, 10), '.')
	return strconv.AppendInt(b, frac, 10)
}

// appendHost writes an address: IPv6 with all four digits of each group, of which the first run of
// zero groups is left out. The colon that marks it is the only one there, unless groups precede it
// (":0001" is ::1), and the last group is always written when the run reaches it ("5678::0000").
func appendHost(b []byte, a netip.Addr) []byte {
	if a.Is4() {
		return a.AppendTo(b)
	}
	const hex = "0123456789abcdef"
	raw := a.As16()
	begun, ended := false, false // the run
	for i := 0; i < 16; i += 2 {
		if raw[i] == 0 && raw[i+1] == 0 && !ended && (!begun || i < 14) {
			begun = true
			continue
		}
		if begun && !ended {
			ended = true
			b = append(b, ':')
		}
		b = append(b, hex[raw[i]>>4], hex[raw[i]&15], hex[raw[i+1]>>4], hex[raw[i+1]&15], ':')
	}
	return b[:len(b)-1]
}

func hostPort(ap netip.AddrPort) string {
	b := append(appendHost(nil, ap.Addr()), ':')
	return string(strconv.AppendUint(b, uint64(ap.Port()), 10))
}

// writeHead writes the counts that come before the connections, each line after prefix.
func writeHead(b *bufio.Writer, a *Analyzer, prefix string, brief bool) {
	s := &a.stats
	line := func(parts ...string) { b.WriteString(prefix + strings.Join(parts, "") + "\n") }
	line(strconv.FormatUint(s.Seen, 10), " packets seen, ", strconv.FormatUint(s.Traced, 10), " TCP packets traced")
	line("trace file elapsed time: ", duration(elapsed(s.First, s.LastSeen)))
	if s.Traced == 0 {
		line("no traced TCP packets")
		return
	}
	line("TCP connection info:")
	if !brief {
		plural := "s"
		if a.count == 1 {
			plural = ""
		}
		line(strconv.Itoa(a.count), " TCP connection", plural, " traced:")
	}
	if short := s.Short + s.CutOptions; short > 0 {
		line("*** ", strconv.FormatUint(short, 10), " packets were too short to process at some point")
	}
}

// duration writes microseconds as h:mm:ss.uuuuuu, with tcptrace's rounding.
func duration(us float64) string {
	sec := uint64(us / 1e6)
	frac := uint64(1e6 * (us/1e6 - float64(sec)))
	two := func(v uint64) string { return string([]byte{byte('0' + v/10), byte('0' + v%10)}) }
	f := strconv.FormatUint(1e6+frac, 10)[1:]
	return strconv.FormatUint(sec/3600, 10) + ":" + two(sec%3600/60) + ":" + two(sec%60) + "." + f
}
