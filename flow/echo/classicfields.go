package echo

import (
	"net/netip"
	"strconv"

	"github.com/reeftools/reef/internal/decimal"
)

// Message is a packet with an ICMP echo message as [Classic] gives it out. If it has several
// headers of a kind, through tunnels or in a quoted packet, each field is from the first.
type Message struct {
	Time     int64   // ns since 1970
	IPv4     bool    // there is an IPv4 header: Src, Dst, IPLen and HdrLen are its
	Src, Dst [4]byte //
	IPLen    int     // total length in bytes
	HdrLen   int     // header length in bytes
	Type     int     // of the outermost ICMP message
	ID, Seq  int     // -1 if not captured
	Matched  bool    // the packet is the reply to a request
	RespTime int64   // ns between the two, if Matched
}

// MessageWriter takes messages. WriteMessage must neither keep nor change m.
type MessageWriter interface {
	WriteMessage(m *Message) error
}

// MessageWriterFunc makes a [MessageWriter] of a function.
type MessageWriterFunc func(m *Message) error

// WriteMessage calls f.
func (f MessageWriterFunc) WriteMessage(m *Message) error { return f(m) }

// ClassicHeader is the line of names above the lines of [Message.AppendCSV].
const ClassicHeader = "frame.time_epoch,ip.src,ip.dst,icmp.type,icmp.ident,icmp.seq,ip.len,ip.hdr_len,icmp.resptime"

// AppendCSV adds to b, without end of line, what tshark prints for the fields of [ClassicHeader]
// with -T fields -E separator=, -E occurrence=f; icmp.resptime is in milliseconds.
func (m *Message) AppendCSV(b []byte) []byte {
	b = decimal.AppendSeconds(b, m.Time)
	b = append(b, ',')
	if m.IPv4 {
		b = netip.AddrFrom4(m.Src).AppendTo(b)
		b = append(b, ',')
		b = netip.AddrFrom4(m.Dst).AppendTo(b)
	} else {
		b = append(b, ',')
	}
	b = appendKnown(b, m.Type, m.Type >= 0)
	b = appendKnown(b, m.ID, m.ID >= 0)
	b = appendKnown(b, m.Seq, m.Seq >= 0)
	b = appendKnown(b, m.IPLen, m.IPv4)
	b = appendKnown(b, m.HdrLen, m.IPv4)
	b = append(b, ',')
	if m.Matched {
		b = appendMilliseconds(b, m.RespTime)
	}
	return b
}

func appendKnown(b []byte, v int, known bool) []byte {
	b = append(b, ',')
	if known {
		b = strconv.AppendInt(b, int64(v), 10)
	}
	return b
}

// appendMilliseconds writes ns as milliseconds as C's %.15g does, which tshark uses: exact up to 11
// days, as 1e-06 below 0.0001.
func appendMilliseconds(b []byte, ns int64) []byte {
	ms := float64(ns/1e9)*1000 + float64(ns%1e9)/1e6
	return strconv.AppendFloat(b, ms, 'g', 15, 64)
}
