package tcpanalysis

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// The model is a slow and obvious observer of TCP. It keeps every packet of a connection for ever
// and answers each question by looking through all of them; nothing is bounded, and nothing is
// remembered that can be computed again. It was written from the package comment and the RFCs named
// there, not from the Tracker, so that where the two disagree, one of them or the comment is wrong.
//
// The files: model_conn_test.go (which connection, how it ends), model_sequence_test.go (positions,
// gaps), model_class_test.go, model_rtt_test.go, and model_fuzz_test.go. The rules of a side stand
// as methods of modelSide.

// modelConn is a connection. Side 0 sent its first packet.
type modelConn struct {
	number      int
	sides       [2]*modelSide
	all         []*modelPacket
	first, last int64 // earliest and latest time
	touched     int64 // by the packet clock
	reason      EndReason
	reset       *modelPacket // the RST that ended it, if it was not revoked
	samples     []Sample     // without Seq and Partial
}

// modelSide is all that one endpoint sent.
type modelSide struct {
	conn *modelConn
	peer *modelSide
	all  []*modelPacket

	known bool // next is set
	next  int64
	low   int64 // where it began
	acked bool  // una is set
	una   int64
	shown []modelStep // how next went up
	marks []modelStep // the empty segments among them
	acks  []modelStep // how una went up
	moved int64       // when una last moved

	runs         []int64 // times of the duplicate ACKs in a row
	sacked       []modelRange
	recover      int64 // RFC 6582; 0 outside of recovery
	lateFIN      bool  // a FIN is behind the last fragment
	twoSYNs      bool  // a SYN, and then a SYN+ACK with its number
	srtt, rttvar int64
	samples      []modelSample
	result       modelResult
}

// modelStep says that at a time a position went up to a value.
type modelStep struct {
	time int64
	to   int64
}

// modelPacket is a packet on its connection.
type modelPacket struct {
	*pcapio.Packet
	side     *modelSide
	now      int64  // packet clock
	lo, hi   int64  // sequence numbers that it takes up, SYN and FIN included
	class    Class  // NumClasses for an ordinary one
	window   uint64 // advertised, in bytes
	resent   bool   // a retransmission
	needless bool   // and a spurious one
	// of a RST: its number is one of its sender's, which it is not in answer to a SYN
	sequenced  bool
	challenged bool // its receiver may challenge it (RFC 5961, 3.2)
	void       bool // it acknowledges something of an earlier connection
	fin        bool // a later fragment, the last of a segment with FIN
	below      bool // and some of it was acknowledged before
}

// modelResult is what is compared with a Half.
type modelResult struct {
	Packets, Bytes, DataPackets, DataBytes, UniqueBytes, RetransBytes  uint64
	Classes                                                            [NumClasses]uint64
	RetransUnseen, RetransSpurious, OutOfOrder, DupACKs, TripleDupACKs uint64
	AckedUnseen, BadACKs                                               uint64
	SYNs, FINs, RSTs                                                   uint32
	Samples                                                            uint64
	RTTMin, RTTMax, RTTSum, Handshake                                  int64
	Ambiguous, PostLoss, Unseen                                        uint64
}

// modelSample is what is compared with a Sample.
type modelSample struct {
	Time, RTT int64
	Method    Method
}

// modelRange is the sequence numbers from lo up to, not including, hi.
type modelRange struct{ lo, hi int64 }

func (r modelRange) len() int64 { return max(r.hi-r.lo, 0) }

func (r modelRange) cut(o modelRange) modelRange { return modelRange{max(r.lo, o.lo), min(r.hi, o.hi)} }

// without returns what is left of r when all of those are taken away.
func (r modelRange) without(those []modelRange) []modelRange {
	left := []modelRange{r}
	for _, o := range those {
		var now []modelRange
		for _, l := range left {
			for _, part := range []modelRange{{l.lo, min(l.hi, o.lo)}, {max(l.lo, o.hi), l.hi}} {
				if o.len() == 0 {
					part = l
				}
				if part.len() > 0 && !slices.Contains(now, part) {
					now = append(now, part)
				}
			}
		}
		left = now
	}
	return left
}

func total(rs []modelRange) (n int64) {
	for _, r := range rs {
		n += r.len()
	}
	return n
}

// takes tells how many sequence numbers a packet takes up.
func takes(p *pcapio.Packet) int64 {
	n := int64(p.PayloadLen)
	if p.TCP.Flags&syn != 0 {
		n++
	}
	if p.TCP.Flags&fin != 0 && p.IPFlags&pcapio.MoreFragments == 0 { // else it is behind the last one
		n++
	}
	if p.TCP.Flags&rst != 0 {
		return 0
	}
	return n
}

// empty tells whether p has no payload, SYN, FIN or RST.
func empty(p *pcapio.Packet) bool { return p.PayloadLen == 0 && p.TCP.Flags&(syn|fin|rst) == 0 }

// payload is where the payload of p lies.
func (p *modelPacket) payload() modelRange {
	lo := p.lo
	if p.TCP.Flags&syn != 0 {
		lo++
	}
	return modelRange{lo, lo + int64(p.PayloadLen)}
}

func (p *modelPacket) space() modelRange { return modelRange{p.lo, p.hi} }

// observe runs the model over packets of any connections, in order.
func observe(ps []*pcapio.Packet, cfg Config) []*modelConn {
	m := &model{cfg: cfg.withDefaults(), live: map[string]*modelConn{}}
	for _, p := range ps {
		m.now = max(m.now, p.Time)
		m.take(p)
	}
	for _, c := range m.live {
		m.end(c, m.atEnd(c))
	}
	return m.conns
}

// disagreement runs both over ps and says where they differ first, or nothing.
func disagreement(t *testing.T, ps []*pcapio.Packet) string {
	t.Helper()
	s := newSim(t, Config{})
	s.tr.unanswered = s.tr.cfg.MaxRanges // the model forgets nothing
	for _, p := range ps {
		if err := s.tr.WritePacket(p); err != nil {
			t.Fatal(err)
		}
	}
	got := s.done()
	slices.SortFunc(got, func(a, b Conn) int { return cmp.Compare(a.Number, b.Number) })
	want := observe(ps, Config{})
	if len(got) != len(want) {
		return fmt.Sprintf("%d connections, the model says %d", len(got), len(want))
	}
	for i := range got {
		g, w := &got[i], want[i]
		a, method := w.sideA()
		if g.Direction != method || g.AAddr != a.source() {
			return fmt.Sprintf("connection %d: direction %v, A %v; the model says %v", i+1, g.Direction, g.A(), method)
		}
		for _, c := range []struct {
			from string
			half *Half
			side *modelSide
		}{{"A", &g.A2B, a}, {"B", &g.B2A, a.peer}} {
			if text := difference(resultOf(c.half), c.side.finish()); text != "" {
				return fmt.Sprintf("connection %d, %s: %s", i+1, c.from, text)
			}
		}
		var samples []Sample
		for _, x := range s.samples {
			if x.Conn == g.Number {
				x.Seq, x.Partial = 0, false
				samples = append(samples, x)
			}
		}
		if !slices.Equal(samples, w.samples) {
			return fmt.Sprintf("connection %d: samples %v, the model says %v", i+1, samples, w.samples)
		}
		if g.Reason != w.reason {
			return fmt.Sprintf("connection %d: ended %v, the model says %v", i+1, g.Reason, w.reason)
		}
	}
	return ""
}

func resultOf(h *Half) modelResult {
	return modelResult{h.Packets, h.Bytes, h.DataPackets, h.DataBytes, h.UniqueBytes, h.RetransBytes, h.Classes,
		h.RetransUnseen, h.RetransSpurious, h.OutOfOrder, h.DupACKs, h.TripleDupACKs, h.AckedUnseen, h.BadACKs, h.SYNs, h.FINs, h.RSTs,
		h.RTT.Samples, int64(h.RTT.Min), int64(h.RTT.Max), int64(h.RTT.Sum), int64(h.RTT.Handshake), h.RTT.Ambiguous, h.RTT.PostLoss, h.RTT.Unseen}
}

// difference names the fields that differ.
func difference(got, want modelResult) string {
	var out []string
	g, w := reflect.ValueOf(got), reflect.ValueOf(want)
	for i := range g.NumField() {
		if !g.Field(i).Equal(w.Field(i)) {
			out = append(out, fmt.Sprintf("%s %v, the model says %v", g.Type().Field(i).Name, g.Field(i), w.Field(i)))
		}
	}
	return strings.Join(out, "; ")
}

// listPackets prints packets for people.
func listPackets(ps []*pcapio.Packet) string {
	var b strings.Builder
	for i, p := range ps {
		fmt.Fprintf(&b, "%3d %14.6f ms %c seq %d ack %d n %d %v win %d id %d", i, float64(p.Time-1e18)/1e6, "><"[min(p.DstPort/1000, 1)],
			p.TCP.Seq, p.TCP.Ack, p.PayloadLen, flagNames(p.TCP.Flags), p.TCP.Window, p.IPID)
		if p.TCP.Options&pcapio.OptTimestamps != 0 {
			fmt.Fprintf(&b, " ts %d %d", p.TCP.TSval, p.TCP.TSecr)
		}
		if p.TCP.SACKCount > 0 {
			fmt.Fprintf(&b, " sack %v", p.TCP.SACK[:p.TCP.SACKCount])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func flagNames(f pcapio.TCPFlags) (s string) {
	for i, c := range "FSRPA" {
		if f>>i&1 != 0 {
			s += string(c)
		}
	}
	return s
}

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 3)) }
