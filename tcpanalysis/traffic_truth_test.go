package tcpanalysis

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestTrafficTruth lets simulated ends talk and compares what a Tracker says with what they did.
// Each row has troubles that leave the truth visible at the monitor: each sample is the time from
// the segment that set the ACK off, and no retransmission, keep-alive, window probe or copy is
// counted that was not one.
func TestTrafficTruth(t *testing.T) {
	const many = 150
	rows := []struct {
		name    string
		trouble func(*setup)
		// how often a property may be wrong, since nothing in the capture tells the truth
		hidden int
	}{
		{"none", func(s *setup) {}, 0},
		{"RSTs of others", func(s *setup) { s.spoof = 5 }, 0},
		{"simultaneous open", func(s *setup) { s.simultaneous = true }, 0},
		{"the same IP identification always", func(s *setup) { s.constantID = true }, 0},
		// Of one segment the loss was shown by an ACK sent much later, less than a round trip
		// before it was sent again: it may as well have been overtaken. With constant IDs, what is
		// sent again within 2 ms cannot be told from a copy.
		{"loss before", func(s *setup) { s.lossBefore, s.constantID = 5, false }, 1},
		{"loss behind", func(s *setup) { s.lossBehind, s.constantID = 5, false }, 0},
		{"loss on both sides", func(s *setup) { s.lossBefore, s.lossBehind, s.constantID = 5, 5, false }, 0},
		{"captured twice", func(s *setup) { s.copyCapture, s.constantID = 20, false }, 0},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			// by property: how often, and the seed with the fewest packets
			worst := map[string]*[3]int{}
			for seed := range uint64(many) {
				s := randomSetup(seed).calm()
				row.trouble(&s)
				all := s.run()
				for _, v := range violations(t, all) {
					w := worst[v.what]
					if w == nil {
						w = &[3]int{1: int(seed), 2: len(all)}
						worst[v.what] = w
					}
					if w[0]++; len(all) < w[2] {
						w[1], w[2] = int(seed), len(all)
					}
				}
			}
			for what, w := range worst {
				if w[0] <= row.hidden {
					continue
				}
				s := randomSetup(uint64(w[1])).calm()
				row.trouble(&s)
				all := s.run()
				t.Errorf("%s: %d times; seed %d has the fewest packets\n%v\n%+v\n%s", what, w[0], w[1], violations(t, all), s, listing(all))
			}
		})
	}
}

const tick = 1e6 // ns; of the timestamps clock of the ends

// violation is something that a Tracker said and that is not true.
type violation struct {
	what string
	side int
	at   int64 // of a sample: when it was taken, else 0
	text string
}

func (v violation) String() string {
	at := ""
	if v.at != 0 {
		at = fmt.Sprintf(" at %.6f ms", float64(v.at-1e18)/1e6)
	}
	return fmt.Sprintf("%s of side %d%s: %s", v.what, v.side, at, v.text)
}

// violations runs a Tracker over what was captured of one connection.
func violations(t *testing.T, all []seen) (list []violation) {
	s := newSim(t, Config{})
	for _, p := range packets(all) {
		if err := s.tr.WritePacket(p); err != nil {
			t.Fatal(err)
		}
	}
	say := func(side int, what, format string, args ...any) {
		list = append(list, violation{what: what, side: side, text: fmt.Sprintf(format, args...)})
	}
	conns := s.done()
	if len(conns) != 1 {
		say(0, "connections", "%d", len(conns))
		return
	}
	for _, x := range s.samples {
		i := slices.IndexFunc(all, func(a seen) bool { return a.time == x.Time })
		a := all[i]
		cause := a.raised
		if x.Method == SACK {
			cause = a.latest
		}
		if a.time-a.latest.at == int64(x.RTT) {
			cause = a.latest // an ACK that was sent again, since something came again
		}
		if d := a.time - cause.at - int64(x.RTT); x.Method == Timestamp && d > -tick && d < tick {
			continue // transmissions with the same TSval cannot be told apart
		}
		if want := a.time - cause.at; want != int64(x.RTT) || !cause.captured {
			say(1-a.side, "sample", "%v by %v, the truth is %v; captured %v", int64(x.RTT), x.Method, want, cause.captured)
			list[len(list)-1].at = a.time
		}
	}
	halves := []*Half{&conns[0].A2B, &conns[0].B2A}
	if conns[0].APort != 1000 { // they opened at once
		slices.Reverse(halves)
	}
	for side, h := range halves {
		want := truthOf(all, side)
		for _, c := range []struct {
			what      string
			got, want uint64
		}{
			{"packets", h.Packets, want.packets},
			{"retransmissions", h.RetransPackets(), want.retrans},
			{"keep-alives", h.Classes[KeepAlive], want.keepAlives},
			{"window probes", h.Classes[WindowProbe], want.probes},
			{"reordered", h.Classes[Reordered], 0},
			{"capture duplicates", h.Classes[CaptureDup], want.copies},
			{"unique bytes", h.UniqueBytes, want.unique},
		} {
			if c.got != c.want {
				say(side, c.what, "%d, the truth is %d; classes %v", c.got, c.want, h.Classes)
			}
		}
	}
	return list
}

// sideTruth is what a monitor can know of what a side sent.
type sideTruth struct {
	packets, retrans, keepAlives, probes, copies, unique uint64
}

func truthOf(all []seen, side int) (w sideTruth) {
	bytes := map[int64]bool{} // of the stream, captured
	var plainSYN, answered bool
	high := int64(-1) // the highest sequence number that a captured packet tells of
	for _, s := range all {
		if s.side != side || !s.captured {
			continue
		}
		w.packets++
		if s.copyOf == 2 {
			w.copies++
			continue
		}
		end := s.start + int64(s.Len)
		if s.Flags&(syn|fin) != 0 {
			end++
		}
		switch s.why {
		case whyKeepAlive:
			w.keepAlives++
			continue
		case whyProbe:
			w.probes++
		case whySpoof:
			continue
		case whyRetrans:
			// One whose first transmission was lost before the monitor, with nothing behind it,
			// looks like a first one. The ACK of a simultaneous open comes with the SYN again, and
			// is none (RFC 9293, 3.5).
			opens := s.Flags == syn|ack && plainSYN && !answered
			if s.start < high && !opens {
				w.retrans++
			}
		}
		plainSYN = plainSYN || s.Flags == syn
		answered = answered || s.Flags&ack != 0
		high = max(high, end)
		for i := range int64(s.Len) {
			if s.why != whyProbe || acknowledged(all, side, s.start+i) {
				bytes[s.start+i] = true
			}
		}
	}
	w.unique = uint64(len(bytes))
	return w
}

// acknowledged tells whether the capture shows that a byte arrived.
func acknowledged(all []seen, side int, byteAt int64) bool {
	return slices.ContainsFunc(all, func(s seen) bool {
		return s.side != side && s.captured && s.Flags&ack != 0 && int32(s.Ack-uint32(byteAt)-base(all, side)) > 0
	})
}

// base returns the initial sequence number of a side.
func base(all []seen, side int) uint32 {
	for _, s := range all {
		if s.side == side && s.start >= 0 {
			return s.Seq - uint32(s.start)
		}
	}
	return 0
}

// listing prints a traffic for people.
func listing(all []seen) string {
	var b strings.Builder
	for _, s := range all {
		fmt.Fprintf(&b, "%12.6f %c %d+%d %v", float64(s.time-1e18)/1e6, "><"[s.side], s.start, s.Len, s.Flags)
		if s.Flags&ack != 0 {
			fmt.Fprintf(&b, " ack %d raised by %.6f", int32(s.Ack-base(all, 1-s.side)), float64(s.raised.at-1e18)/1e6)
		}
		fmt.Fprintf(&b, " win %d sack %v ts %v", s.Window, s.SACK, s.Timestamps)
		fmt.Fprintf(&b, " %s", [...]string{"", "RETRANS", "KEEPALIVE", "PROBE", "SPOOF"}[s.why])
		if s.copyOf > 0 {
			fmt.Fprintf(&b, " copy %d", s.copyOf)
		}
		if !s.captured {
			b.WriteString(" NOT CAPTURED")
		}
		b.WriteByte('\n')
	}
	return b.String()
}
