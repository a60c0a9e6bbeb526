package tstat

import (
	"bufio"
	"io"
	"net/netip"
	"strconv"
)

// LogWriter takes connections and flows, as [Logs] and [LogDir] do.
type LogWriter interface {
	ConnWriter
	FlowWriter
	Flush() error
}

// Logs prints connections and flows as Tstat's logs. It is a [ConnWriter] and a [FlowWriter]. Call
// Flush at the end.
//
// Columns are separated by a space; times are in ms, of UDP durations in s; first and last are
// since 1970, the other times since the first packet. log_tcp_complete has the sets core,
// end-to-end, P2P, options and layer 7; log_tcp_nocomplete has core only.
type Logs struct {
	complete, nocomplete, udp *bufio.Writer // nil: not wanted
	begun                     bool
	line                      []byte
}

// NewLogs returns Logs that write to three files, each of which may be nil.
func NewLogs(complete, nocomplete, udp io.Writer) *Logs {
	buffered := func(w io.Writer) *bufio.Writer {
		if w == nil {
			return nil
		}
		return bufio.NewWriterSize(w, 1<<16)
	}
	return &Logs{complete: buffered(complete), nocomplete: buffered(nocomplete), udp: buffered(udp)}
}

// WriteConn writes a line to log_tcp_complete or log_tcp_nocomplete.
func (l *Logs) WriteConn(c *Conn) error {
	l.begin()
	w := l.nocomplete
	if c.Complete {
		w = l.complete
	}
	if w == nil {
		return nil
	}
	b := appendCore(l.line[:0], c)
	if c.Complete {
		for _, h := range [2]*Half{&c.Client, &c.Server} {
			b = appendEndToEnd(b, h, c.classic)
		}
		b = append(b, " 0 0 0 0 0 0"...) // P2P
		for _, h := range [2]*Half{&c.Client, &c.Server} {
			b = appendOptions(b, h, c.classic)
		}
		b = appendLayer7(b, c)
	}
	l.line = append(b, '\n')
	_, err := w.Write(l.line)
	return err
}

// WriteFlow writes a line to log_udp_complete.
func (l *Logs) WriteFlow(f *Flow) error {
	l.begin()
	if l.udp == nil {
		return nil
	}
	b := appendFlowSide(l.line[:0], &f.Client, f.ClientEndpoint(), f.ClientInternal, f.classic)
	b = append(b, ' ')
	b = appendFlowSide(b, &f.Server, f.ServerEndpoint(), f.ServerInternal, f.classic)
	l.line = append(b, " - - - 0 0\n"...) // FQDN, QUIC
	_, err := l.udp.Write(l.line)
	return err
}

// Flush writes what is buffered, the headers at least.
func (l *Logs) Flush() error {
	l.begin()
	for _, w := range []*bufio.Writer{l.complete, l.nocomplete, l.udp} {
		if w != nil {
			if err := w.Flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// begin writes the headers. A bufio.Writer keeps its error for Flush.
func (l *Logs) begin() {
	if l.begun {
		return
	}
	l.begun = true
	if l.complete != nil {
		l.complete.WriteString(header("#31#", coreColumns, endToEndColumns, p2pColumns, optionColumns, layer7Columns))
	}
	if l.nocomplete != nil {
		l.nocomplete.WriteString(header("#31#", coreColumns))
	}
	if l.udp != nil {
		l.udp.WriteString(header("#", udpColumns))
	}
}

func appendCore(b []byte, c *Conn) []byte {
	b = c.ClientEndpoint().Addr().AppendTo(b)
	b = appendUint(b, uint64(c.ClientPort))
	b = appendCounts(b, &c.Client)
	b = append(b, ' ')
	b = c.ServerEndpoint().Addr().AppendTo(b)
	b = appendUint(b, uint64(c.ServerPort))
	b = appendCounts(b, &c.Server)
	b = appendMillis(append(b, ' '), c.First, c.classic)
	b = appendMillis(append(b, ' '), c.Last, c.classic)
	x, y := &c.Client, &c.Server
	for _, t := range [7]int64{c.Last, x.FirstData, y.FirstData, x.LastData, y.LastData, x.FirstACK, y.FirstACK} {
		after := int64(0)
		// Tstat takes what never was for 1970, which is later than times beyond 2038 as it reads
		// them
		if t != 0 || c.classic {
			after = since(c.First, t)
		}
		b = appendMillis(append(b, ' '), after, c.classic)
	}
	b = appendBool(b, c.ClientInternal)
	b = appendBool(b, c.ServerInternal)
	b = append(b, " 0 0"...) // anonymised
	kind := " 0 0 0"
	switch {
	case c.HTTPHost != nil:
		kind = " 1 0 0"
	case c.TLSServerName != nil:
		kind = " 8192 0 0"
	}
	return append(b, kind...)
}

func appendCounts(b []byte, h *Half) []byte {
	for _, v := range [12]uint64{h.Packets, uint64(h.Resets), h.ACKPackets, h.PureACKs, h.UniqueBytes, h.DataPackets, h.DataBytes,
		h.RetransPackets, h.RetransBytes, h.OutOfOrder, uint64(h.SYNs), uint64(h.FINs)} {
		b = appendUint(b, v)
	}
	return b
}

func appendEndToEnd(b []byte, h *Half, classic bool) []byte {
	r := &h.RTT
	if classic {
		b = strconv.AppendFloat(append(b, ' '), r.meanMicros(true)/1000, 'f', 6, 64)
	} else {
		b = appendMillis(append(b, ' '), r.Mean(), false)
	}
	b = appendMillis(append(b, ' '), r.Min, classic)
	b = appendMillis(append(b, ' '), r.Max, classic)
	b = strconv.AppendFloat(append(b, ' '), r.stdevMicros(classic)/1000, 'f', 6, 64)
	b = appendUint(b, r.N)
	b = appendUint(b, uint64(h.TTLMin))
	return appendUint(b, uint64(h.TTLMax))
}

func appendOptions(b []byte, h *Half, classic bool) []byte {
	b = appendBool(b, h.WindowScaling)
	b = appendBool(b, h.Timestamps)
	b = appendUint(b, uint64(h.WindowScale))
	b = appendBool(b, h.SACKPermitted)
	b = appendUint(b, uint64(h.SACKs))
	if classic {
		// 16 bits with a sign, in Tstat
		b = strconv.AppendInt(append(b, ' '), int64(int16(h.MSS)), 10)
	} else {
		b = appendUint(b, uint64(h.MSS))
	}
	for _, v := range [8]uint64{uint64(h.SegmentMax), uint64(h.SegmentMin), h.WindowMax, h.WindowMin,
		uint64(h.ZeroWindows), uint64(h.InFlightMax), uint64(h.InFlightMin), h.InitialBytes} {
		b = appendUint(b, v)
	}
	for _, v := range h.Anomalies {
		b = appendUint(b, uint64(v))
	}
	return appendBool(b, h.SYNChanged)
}

func appendLayer7(b []byte, c *Conn) []byte {
	b = append(b, " 0 0 ---"...) // HTTP requests, responses, response code
	b = appendUint(b, uint64(c.Client.Messages))
	b = appendUint(b, uint64(c.Server.Messages))
	b = appendText(b, c.TLSServerName)
	// certificate, ALPN, handshake; DNS
	b = append(b, " - 0 0 0 0.000000 0.000000 0.000000 0.000000 0 0 - - 0.0 0.0"...)
	b = appendText(b, c.HTTPHost)
	return append(b, " - - 0"...) // TLS versions, DNS
}

func appendFlowSide(b []byte, h *FlowHalf, endpoint netip.AddrPort, internal, classic bool) []byte {
	b = appendUint(endpoint.Addr().AppendTo(b), uint64(endpoint.Port()))
	b = appendMillis(append(b, ' '), h.First, classic)
	b = appendSeconds(append(b, ' '), since(h.First, h.Last), classic)
	b = appendUint(b, h.Bytes)
	b = appendUint(b, h.Packets)
	b = appendBool(b, internal)
	return append(b, " 0 0"...) // anonymised, type
}

func appendUint(b []byte, v uint64) []byte { return strconv.AppendUint(append(b, ' '), v, 10) }

func appendBool(b []byte, v bool) []byte { return append(b, ' ', '0'+byte(bit(v))) }

func appendText(b, text []byte) []byte {
	if text == nil {
		return append(b, " -"...)
	}
	return append(append(b, ' '), text...)
}

// appendMillis writes ns as milliseconds with 6 decimals, in classic semantics with the noise of
// Tstat's floating point.
func appendMillis(b []byte, ns int64, classic bool) []byte {
	if classic {
		return strconv.AppendFloat(b, float64(ns/1000)/1000, 'f', 6, 64)
	}
	return appendDecimal(b, ns)
}

// appendSeconds writes ns as seconds with 6 decimals, rounded down by default.
func appendSeconds(b []byte, ns int64, classic bool) []byte {
	if classic {
		return strconv.AppendFloat(b, float64(ns/1000)/1e6, 'f', 6, 64)
	}
	return appendDecimal(b, ns/1000)
}

// appendDecimal writes v/1e6 with 6 decimals.
func appendDecimal(b []byte, v int64) []byte {
	u := uint64(v)
	if v < 0 {
		b = append(b, '-')
		u = -u
	}
	b = append(strconv.AppendUint(b, u/1e6, 10), '.')
	n := len(b)
	b = append(b, "000000"...)
	for i, frac := n+5, u%1e6; frac > 0; i-- {
		b[i] = byte('0' + frac%10)
		frac /= 10
	}
	return b
}
