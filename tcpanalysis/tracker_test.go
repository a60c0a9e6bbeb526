package tcpanalysis

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/tcpanalysis/internal/conntab"
)

func TestLifecycle(t *testing.T) {
	closing := []pkt{{At: 20 * ms, Flags: ack | fin, Seq: 1, Ack: 1}, {At: 30 * ms, B: true, Flags: ack | fin, Seq: 1, Ack: 2}, {At: 31 * ms, Flags: ack, Seq: 2, Ack: 2}}
	opening := []pkt{{Flags: syn}, {At: 10 * ms, B: true, Flags: syn | ack, Ack: 1}, {At: 11 * ms, Flags: ack, Seq: 1, Ack: 1}}
	join := func(ks ...[]pkt) (all []pkt) {
		for _, k := range ks {
			all = append(all, k...)
		}
		return all
	}
	type end struct {
		reason   EndReason
		complete Completeness
		packets  uint64
		method   DirectionMethod
	}
	cases := []struct {
		name    string
		cfg     Config
		packets []pkt
		want    []end
	}{
		{"open at the end", Config{}, opening, []end{{EndOfCapture, Open, 3, SentSYN}}},
		{"closed, late packet within linger", Config{}, join(opening, closing, []pkt{{At: 5000 * ms, B: true, Flags: ack, Seq: 2, Ack: 2}}), []end{{Closed, Complete, 7, SentSYN}}},
		{"closed, packet after linger", Config{}, join(opening, closing, []pkt{{At: 60032 * ms, B: true, Flags: ack, Seq: 2, Ack: 2}}),
			[]end{{Closed, Complete, 6, SentSYN}, {EndOfCapture, Unidirectional, 1, FirstPacket}}},
		{"no linger", Config{Linger: -1}, join(opening, closing, []pkt{{At: 33 * ms, B: true, Flags: ack, Seq: 2, Ack: 2}}),
			[]end{{Closed, Complete, 6, SentSYN}, {EndOfCapture, Unidirectional, 1, FirstPacket}}},
		{"reset", Config{}, join(opening, []pkt{{At: 20 * ms, B: true, Flags: rst, Seq: 1}}), []end{{WasReset, Reset, 4, SentSYN}}},
		{"refused", Config{}, []pkt{{Flags: syn}, {At: 1 * ms, B: true, Flags: rst | ack, Ack: 1}}, []end{{WasReset, Reset, 2, SentSYN}}},
		{"SYN repeated", Config{}, []pkt{{Flags: syn}, {At: 1000 * ms, Flags: syn}, {At: 3000 * ms, Flags: syn}}, []end{{EndOfCapture, Unanswered, 3, SentSYN}}},
		{"half-open timeout", Config{}, []pkt{{Flags: syn}, {At: 75001 * ms, Flags: syn}}, []end{{HalfOpenTimeout, Unanswered, 1, SentSYN}, {EndOfCapture, Unanswered, 1, SentSYN}}},
		{"idle", Config{Idle: time.Second}, join(opening, []pkt{{At: 1012 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 1}}),
			[]end{{IdleTimeout, Open, 3, SentSYN}, {EndOfCapture, Unidirectional, 1, FirstPacket}}},
		{"never idle", Config{Idle: -1}, join(opening, []pkt{{At: 1e8 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 1}}), []end{{EndOfCapture, Open, 4, SentSYN}}},
		{"ports reused after close", Config{}, join(opening, closing, []pkt{{At: 40 * ms, Flags: syn, Seq: 5000}}),
			[]end{{Reused, Complete, 6, SentSYN}, {EndOfCapture, Unanswered, 1, SentSYN}}},
		{"ports reused without close", Config{}, join(opening, []pkt{{At: 40 * ms, Flags: syn, Seq: 5000}}),
			[]end{{Reused, Open, 3, SentSYN}, {EndOfCapture, Unanswered, 1, SentSYN}}},
		{"SYN+ACK first: its receiver is A", Config{}, opening[1:], []end{{EndOfCapture, MidStream, 2, GotSYNACK}}},
		{"joined mid-stream", Config{}, []pkt{{Flags: ack, Seq: 9, Ack: 7, Len: 5}, {At: 1 * ms, B: true, Flags: ack, Seq: 7, Ack: 14}}, []end{{EndOfCapture, MidStream, 2, FirstPacket}}},
		{"SYN after its data", Config{}, []pkt{{Flags: ack, Seq: 1, Ack: 1, Len: 5}, {At: 1 * ms, Flags: syn, Seq: 0}}, []end{{EndOfCapture, Unidirectional, 2, SentSYN}}},
		{"limit", Config{MaxConns: 1}, []pkt{{Flags: syn}, {At: 1 * ms, Flags: syn, Port: 7}}, []end{{LackOfResources, Unanswered, 1, SentSYN}, {EndOfCapture, Unanswered, 1, SentSYN}}},
	}
	for _, v6 := range []bool{false, true} {
		for _, c := range cases {
			t.Run(fmt.Sprintf("%s IPv6 %v", c.name, v6), func(t *testing.T) {
				s := newSim(t, c.cfg)
				s.V6 = v6
				s.send(c.packets...)
				got := s.done()
				if len(got) != len(c.want) {
					t.Errorf("%s: %d connections, want %d", c.name, len(got), len(c.want))
					return
				}
				for i := range got {
					g := end{got[i].Reason, got[i].Completeness(), got[i].A2B.Packets + got[i].B2A.Packets, got[i].Direction}
					if g != c.want[i] {
						t.Errorf("%s (IPv6 %v): connection %d is %v, want %v", c.name, v6, i, g, c.want[i])
					}
				}
				if c.name == "SYN+ACK first: its receiver is A" && (got[0].APort != 1000 || got[0].A2B.SYNs != 0 || got[0].B2A.SYNs != 1) {
					t.Errorf("%s: A is %v", c.name, got[0].A())
				}
			})
		}
	}
}

// TestLongStream sends 10 GB, so that sequence numbers wrap twice, with the SYN just below the
// wrap.
func TestLongStream(t *testing.T) {
	s := newSim(t, Config{})
	isn := uint32(0xffffffff)
	s.send(pkt{Flags: syn, Seq: isn}, pkt{At: 1 * ms, B: true, Flags: syn | ack, Ack: isn + 1}, pkt{At: 2 * ms, Flags: ack, Seq: isn + 1, Ack: 1})
	const n, size = int64(160000), int64(65000)
	seq, end := isn+1, 10+float64(n)
	// Two packets serve for all, since 10 GB of payload take seconds to make.
	data, answer := s.packet(pkt{At: 10 * ms, Flags: ack, Len: int(size), Ack: 1}), s.packet(pkt{At: 10.5 * ms, B: true, Flags: ack, Seq: 1})
	for range n {
		data.TCP.Seq, seq = seq, seq+uint32(size)
		answer.TCP.Ack = seq
		for _, p := range []*pcapio.Packet{data, answer} {
			if err := s.tr.WritePacket(p); err != nil {
				t.Fatal(err)
			}
			p.Time += ms
			p.IPID = uint32(uint16(p.IPID + 2))
		}
	}
	s.send(pkt{At: int64(end * ms), Flags: ack | fin, Seq: seq, Ack: 1}, pkt{At: int64((end + 1) * ms), B: true, Flags: ack | fin, Seq: 1, Ack: seq + 1}, pkt{At: int64((end + 2) * ms), Flags: ack, Seq: seq + 1, Ack: 2})
	c := s.done()[0]
	h := c.A2B
	length, ok := h.StreamLength()
	missing, _ := h.MissingBytes()
	if h.UniqueBytes != uint64(n*size) || !ok || length != uint64(n*size) || missing != 0 || h.RetransPackets() != 0 || c.Reason != Closed {
		t.Errorf("unique %d, stream %d %v, missing %d, retransmitted %d, %v; want %d", h.UniqueBytes, length, ok, missing, h.RetransPackets(), c.Reason, n*size)
	}
	if h.RTT.Samples != uint64(n+2) || h.RTT.Max != 1*ms || h.RTT.Min != ms/2 {
		t.Errorf("%d samples from %d to %d", h.RTT.Samples, h.RTT.Min, h.RTT.Max)
	}
}

func TestMissing(t *testing.T) {
	s := newSim(t, Config{})
	s.open()
	s.send(pkt{At: 20 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100}, pkt{At: 21 * ms, Flags: ack, Seq: 301, Ack: 1, Len: 100},
		pkt{At: 30 * ms, B: true, Flags: ack, Seq: 1, Ack: 501}, pkt{At: 31 * ms, Flags: ack | fin, Seq: 501, Ack: 1},
		pkt{At: 41 * ms, B: true, Flags: ack, Seq: 1, Ack: 502})
	h := s.done()[0].A2B
	if n, ok := h.StreamLength(); n != 500 || !ok {
		t.Errorf("stream %d %v", n, ok)
	}
	if n, ok := h.MissingBytes(); n != 300 || !ok {
		t.Errorf("missing %d %v", n, ok)
	}
	if h.AckedUnseen != 300 { // 101 to 301, and 401 to 501
		t.Errorf("acknowledged and unseen: %d, want 300", h.AckedUnseen)
	}
}

func TestWindows(t *testing.T) {
	s := newSim(t, Config{})
	s.send(pkt{Flags: syn, Options: pcapio.OptWScale, WScale: 7, Window: 5000}, pkt{At: 1 * ms, B: true, Flags: syn | ack, Ack: 1, Options: pcapio.OptWScale, WScale: 200, Window: 5000},
		pkt{At: 2 * ms, Flags: ack, Seq: 1, Ack: 1, Window: 10}, pkt{At: 3 * ms, B: true, Flags: ack, Seq: 1, Ack: 1, Window: 2}, pkt{At: 4 * ms, Flags: ack, Seq: 1, Ack: 1, ZeroWindow: true})
	c := s.done()[0]
	if a := c.A2B; a.WindowMax != 1280 || a.WindowMin != 1280 || a.ZeroWindows != 1 || a.WindowSum != 1280 || a.WindowCount != 2 {
		t.Errorf("A: %d to %d, %d zero, %d in %d", a.WindowMin, a.WindowMax, a.ZeroWindows, a.WindowSum, a.WindowCount)
	}
	if b := c.B2A; b.WindowMax != 2<<14 || b.WScale != 14 {
		t.Errorf("B: %d, shift %d", b.WindowMax, b.WScale)
	}
}

// TestFlood opens 300,000 connections that nobody answers: state stays within the limit.
func TestFlood(t *testing.T) {
	s := newSim(t, Config{MaxConns: 1000})
	s.conns = make([]Conn, 0)
	count := 0
	s.tr.dst = ConnWriterFunc(func(c *Conn) error { count++; return nil })
	p := s.packet(pkt{Flags: syn})
	for i := range 300000 {
		p.Src[12], p.Src[13], p.Src[14] = byte(i>>16), byte(i>>8), byte(i)
		p.Time += 1000
		if err := s.tr.WritePacket(p); err != nil {
			t.Fatal(err)
		}
	}
	s.done()
	st := s.tr.Stats()
	if st.MaxLive != 1000 || st.Ended[LackOfResources] != 299000 || count != 300000 {
		t.Errorf("%d live at most, %d ended by limit, %d records", st.MaxLive, st.Ended[LackOfResources], count)
	}
}

// TestBriefBounded gives connections to a BriefWriter in pairs of which the later one ends first,
// and the first of all last.
func TestBriefBounded(t *testing.T) {
	const n = 200001
	var out bytes.Buffer
	w := NewBriefWriter(&out)
	write := func(number uint64) {
		if err := w.WriteConn(&Conn{Number: number, Version: 4}); err != nil {
			t.Fatal(err)
		}
		if len(w.lines) >= briefLines || cap(w.lines) > 2*briefLines {
			t.Fatalf("%d lines wait, room for %d", len(w.lines), cap(w.lines))
		}
	}
	for number := uint64(2); number < n; number += 2 {
		write(number + 1)
		write(number)
	}
	write(1)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	late, last := 0, 0
	for line := range strings.Lines(out.String()) {
		var number int
		if _, err := fmt.Sscanf(line, "%d: 0.0.0.0:0 - 0.0.0.0:0    0>    0<  (unanswered)\n", &number); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		switch {
		case number == 1:
			late++
		case number <= last:
			t.Fatalf("%d comes after %d", number, last)
		default:
			last = number
		}
	}
	if got := strings.Count(out.String(), "\n"); got != n || late != 1 || last != n {
		t.Errorf("%d lines, connection 1 %d times, last %d", got, late, last)
	}
}

// TestRangesBounded sends a stream full of gaps that is never acknowledged.
func TestRangesBounded(t *testing.T) {
	for _, answered := range []bool{false, true} {
		t.Run(fmt.Sprint("answered ", answered), func(t *testing.T) {
			s := newSim(t, Config{MaxRanges: 100})
			if answered {
				s.open()
			}
			for i := range 5000 {
				s.send(pkt{At: int64((20 + float64(i)/100) * ms), Flags: ack, Seq: uint32(1 + 20*i), Ack: 1, Len: 10})
			}
			if n := s.tr.segs.Live(); n > 210 {
				t.Errorf("answered %v: %d ranges kept", answered, n)
			}
			h := s.done()[0].A2B
			if h.UniqueBytes != 50000 || (h.RangesDropped == 0) == answered && answered {
				t.Errorf("answered %v: unique %d, dropped %d", answered, h.UniqueBytes, h.RangesDropped)
			}
		})
	}
}

func TestSkipped(t *testing.T) {
	s := newSim(t, Config{})
	for st := pcapio.StatusUndecoded; st <= pcapio.StatusOK; st++ {
		if err := s.tr.WritePacket(&pcapio.Packet{Status: st}); err != nil {
			t.Fatal(err)
		}
	}
	st := s.tr.Stats()
	if st.Used != 0 || st.Skipped.Total() != uint64(pcapio.StatusOK)+1 {
		t.Errorf("%+v", st)
	}
}

func TestErrorsAreSticky(t *testing.T) {
	full := errors.New("disk full")
	tr, err := NewTracker(Config{MaxConns: 1}, ConnWriterFunc(func(*Conn) error { return full }), nil)
	if err != nil {
		t.Fatal(err)
	}
	s := sim{t: t}
	tr.WritePacket(s.packet(pkt{Flags: syn}))
	if err := tr.WritePacket(s.packet(pkt{Flags: syn, Port: 9})); !errors.Is(err, full) {
		t.Errorf("WritePacket: %v", err)
	}
	if err := tr.Flush(); !errors.Is(err, full) {
		t.Errorf("Flush: %v", err)
	}
}

func TestConfig(t *testing.T) {
	for _, c := range []Config{{MaxConns: -1}, {MaxRanges: -1}, {MaxConns: 1 << 30}, {MaxRanges: 1 << 30}} {
		t.Run(fmt.Sprint(c.MaxConns, " ", c.MaxRanges), func(t *testing.T) {
			if _, err := NewTracker(c, nil, nil); !errors.Is(err, ErrConfig) {
				t.Errorf("%+v: %v", c, err)
			}
		})
	}
}

// TestNoAllocations runs connections through a tracker that has seen as many before.
func TestNoAllocations(t *testing.T) {
	s := newSim(t, Config{Percentiles: true, Linger: -1})
	s.tr.dst = NewCSVWriter(discard{}, Columns{RTT: true})
	s.tr.samples = nil
	var all []*pcapio.Packet
	at := int64(0)
	round := func(k pkt) { k.At += at; all = append(all, s.packet(k)) }
	for range 20 { // a connection with 20 samples, a loss and SACK
		round(pkt{Flags: syn})
		round(pkt{At: 1 * ms, B: true, Flags: syn | ack, Ack: 1})
		for i := range uint32(20) {
			round(pkt{At: int64((2 + float64(i)) * ms), Flags: ack, Seq: 1 + 200*i, Ack: 1, Len: 100})
			round(pkt{At: int64((2.2 + float64(i)) * ms), B: true, Flags: ack, Seq: 1, Ack: 1 + 200*i, SACK: []pcapio.SACKBlock{{Left: 1, Right: 101}}})
			round(pkt{At: int64((2.4 + float64(i)) * ms), Flags: ack, Seq: 101 + 200*i, Ack: 1, Len: 100})
			round(pkt{At: int64((2.6 + float64(i)) * ms), B: true, Flags: ack, Seq: 1, Ack: 201 + 200*i})
		}
		round(pkt{At: 30 * ms, Flags: rst, Seq: 4001})
		at += 1000 * ms
	}
	span := at
	run := func() {
		for _, p := range all {
			p.Time += span
			if err := s.tr.WritePacket(p); err != nil {
				t.Fatal(err)
			}
		}
	}
	run()
	if n := testing.AllocsPerRun(10, run); n != 0 {
		t.Errorf("%v allocations in %d packets", n, len(all))
	}
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

// What a Tracker keeps for each connection holds no pointers: the garbage collector would follow
// them, through all of it, again and again.
func TestNoPointers(t *testing.T) {
	for _, kept := range []any{conntab.Entry[live]{}, segment{}, rare{}, fullHist{}} {
		if at := pointerIn(reflect.TypeOf(kept)); at != "" {
			t.Errorf("%T: %s", kept, at)
		}
	}
}

// pointerIn returns where in a type there is a pointer, or nothing.
func pointerIn(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Array:
		return pointerIn(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if at := pointerIn(t.Field(i).Type); at != "" {
				return t.Field(i).Name + "." + at
			}
		}
		return ""
	case reflect.Bool, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Int,
		reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uint:
		return ""
	}
	return t.String()
}
