package echo

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// toAll is a request of A to an address of several hosts, and from a reply to it.
func toAll(at int64, dst string) message {
	m := ask(at, 1)
	m.to = dst
	return m
}

func from(at int64, host string) message {
	m := answer(at, 1)
	m.from = host
	return m
}

// answersOf writes who answered, how often and after how many ms.
func answersOf(e *Exchange) string {
	s := fmt.Sprintf("%v %d:", e.DstAddr(), e.Requests)
	for a := range e.answers() {
		if a.Answered() {
			s += fmt.Sprintf(" %v %d %d", a.ResponderAddr(), a.Replies, a.RTT().Milliseconds())
		}
	}
	return s
}

func TestGroups(t *testing.T) {
	six := func(at int64, from, to string, typ uint8) message {
		return message{at: at, from: from, to: to, typ: typ, id: 7, seq: 1, data: "x"}
	}
	other := from(1, hostB)
	other.data = "other data"
	stamp, stamped := toAll(0, "192.0.2.255"), from(1, hostB)
	stamp.typ, stamped.typ = 13, 14
	for _, tt := range []struct {
		name string
		in   []message
		want string
	}{
		{"multicast", []message{toAll(0, "224.0.0.1"), from(1, hostB), from(2, hostC), from(3, hostC), from(9, "198.51.100.1")},
			"224.0.0.1 1: 192.0.2.2 1 1 192.0.2.3 2 2 198.51.100.1 1 9"},
		{"nobody answers", []message{toAll(0, "239.1.2.3")}, "239.1.2.3 1:"},
		{"limited broadcast", []message{toAll(0, "255.255.255.255"), from(1, hostB), from(2, hostC)}, "255.255.255.255 1: 192.0.2.2 1 1 192.0.2.3 1 2"},
		{"ICMPv6", []message{six(0, six1, "ff02::1", 128), six(4, six2, six1, 129), six(5, "2001:db8::3", six1, 129)},
			"ff02::1 1: 2001:db8::2 1 4 2001:db8::3 1 5"},
		{"asked twice", []message{toAll(0, "224.0.0.1"), toAll(5, "224.0.0.1"), from(7, hostB)}, "224.0.0.1 2: 192.0.2.2 1 2"},
		{"asked again later", []message{toAll(0, "224.0.0.1"), from(1, hostB), toAll(2000, "224.0.0.1"), from(2003, hostC)},
			"224.0.0.1 1: 192.0.2.2 1 1; 224.0.0.1 1: 192.0.2.3 1 3"},
		{"a host that was asked itself", []message{toAll(0, "224.0.0.1"), ask(1, 1), from(3, hostB), from(4, hostC)},
			"224.0.0.1 1: 192.0.2.3 1 4; 192.0.2.2 1: 192.0.2.2 1 2"},
		{"too late", []message{toAll(0, "224.0.0.1"), from(61_000, hostB)}, "224.0.0.1 1:"},
		{"another asker", []message{toAll(0, "224.0.0.1"), {at: 1, from: hostB, to: hostC, typ: 0, id: 7, seq: 1}}, "224.0.0.1 1:"},
		{"directed broadcast of /24", []message{toAll(0, "192.0.2.255"), from(1, hostB), from(2, hostC), from(3, hostB)},
			"192.0.2.255 1: 192.0.2.2 2 1 192.0.2.3 1 2"},
		{"of /30", []message{toAll(0, "192.0.2.3"), from(1, hostB)}, "192.0.2.3 1: 192.0.2.2 1 1"},
		{"of another network", []message{toAll(0, "192.0.2.127"), from(1, "192.0.2.129")}, "192.0.2.127 1:"},
		{"no broadcast address", []message{toAll(0, "192.0.2.6"), from(1, hostB)}, "192.0.2.6 1:"},
		{"a host in whose number all bits are ones", []message{toAll(0, "192.0.2.255"), from(1, "192.0.2.255"), from(2, hostB)}, "192.0.2.255 1: 192.0.2.255 1 1"},
		{"other data", []message{toAll(0, "192.0.2.255"), other}, "192.0.2.255 1:"},
		{"timestamps have other data", []message{stamp, stamped}, "192.0.2.255 1:"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, _ := match(t, Config{}, tt.in...)
			var all []string
			for i := range got {
				all = append(all, answersOf(&got[i]))
			}
			if s := strings.Join(all, "; "); s != tt.want {
				t.Errorf("got  %s\nwant %s", s, tt.want)
			}
		})
	}
}

func TestGroupSummary(t *testing.T) {
	s := summarize(t, SummaryConfig{}, toAll(0, "224.0.0.1"), from(2, hostB), from(4, hostC), from(5, hostC), toAll(3000, "224.0.0.1"))
	d := s.Total()
	if d.Exchanges != 2 || d.Answered != 1 || d.Lost != 1 || d.Answers != 2 || d.Duplicates != 1 || d.TTLChanges != 0 || d.RTT.Count != 2 ||
		d.RTT.Mean() != 3*time.Millisecond {
		t.Errorf("%+v", d)
	}
}

func TestMaxAnswers(t *testing.T) {
	in := []message{toAll(0, "224.0.0.1")}
	for i := range 9 {
		in = append(in, from(int64(i+1), fmt.Sprintf("192.0.2.%d", i+10)))
	}
	got, s := match(t, Config{MaxAnswers: 3}, in...)
	if got[0].Answers() != 4 || s.Replies != 1 || s.Answers != 3 || s.Overflow != 5 {
		t.Errorf("%s, %+v", answersOf(&got[0]), s)
	}
	if _, s = match(t, Config{MaxAnswers: 3}, append(in, toAll(2000, "224.0.0.1"))...); s.Exchanges != 2 {
		t.Errorf("%+v", s)
	}
}

// Many requests and answers, against a search through the list of all messages.
func TestGroupsAgainstModel(t *testing.T) {
	state := uint32(7)
	draw := func(n uint32) uint32 { state = state*1664525 + 1013904223; return state >> 8 % n }
	dsts := []string{"224.0.0.1", "255.255.255.255", hostB, "192.0.2.4"}
	type asked struct {
		dst         string
		first, last int64
		copies      int
		hosts       []string
		replies     []int
		rtts        []int64
	}
	for range 40 {
		var in []message
		at := int64(0)
		for range 60 {
			at += int64(draw(300))
			if draw(3) == 0 {
				in = append(in, toAll(at, dsts[draw(4)]))
			} else {
				in = append(in, from(at, fmt.Sprintf("192.0.2.%d", 2+draw(5))))
			}
		}
		var want []*asked
		newest := func(ok func(*asked) bool) *asked {
			for _, e := range slices.Backward(want) {
				if ok(e) {
					return e
				}
			}
			return nil
		}
		for _, m := range in {
			if m.typ == 8 {
				e := newest(func(e *asked) bool { return e.dst == m.to })
				if e != nil && len(e.hosts) == 0 && m.at-e.last <= 500 && m.at-e.first <= 2000 {
					e.copies++
					e.last = m.at
				} else {
					want = append(want, &asked{dst: m.to, first: m.at, last: m.at, copies: 1})
				}
				continue
			}
			// An exchange is forgotten when its time and that of all before it is over, which the
			// sender of the reply shows only by its being late.
			own := newest(func(e *asked) bool { return e.dst == m.from })
			if own == nil || m.at-own.last > 2000 {
				own = newest(func(e *asked) bool { return e.dst == dsts[0] || e.dst == dsts[1] })
			}
			if own == nil || m.at-own.last > 2000 {
				continue
			}
			i := slices.Index(own.hosts, m.from)
			if i < 0 {
				i = len(own.hosts)
				own.hosts, own.replies, own.rtts = append(own.hosts, m.from), append(own.replies, 0), append(own.rtts, m.at-own.last)
			}
			own.replies[i]++
		}
		got, _ := match(t, Config{Timeout: 2 * time.Second, Repeat: 500 * time.Millisecond}, in...)
		if len(got) != len(want) {
			t.Fatalf("%d exchanges, want %d", len(got), len(want))
		}
		for i, w := range want {
			s := fmt.Sprintf("%s %d:", w.dst, w.copies)
			for j := range w.hosts {
				s += fmt.Sprintf(" %s %d %d", w.hosts[j], w.replies[j], w.rtts[j])
			}
			if has := answersOf(&got[i]); has != s {
				t.Fatalf("exchange %d is %s, want %s", i, has, s)
			}
		}
	}
}
