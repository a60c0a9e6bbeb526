package echo

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/reeftools/reef/flow"
	"github.com/reeftools/reef/pcapio"
)

// brief writes what the tests look at: sequence number, copies, replies, response times in ms, end.
func brief(e *Exchange) string {
	s := fmt.Sprintf("%d: %d>%d", e.Seq, e.Requests, e.Replies)
	if e.Answered() {
		s += fmt.Sprintf(" %d/%d", e.RTT().Milliseconds(), e.FirstRTT().Milliseconds())
	}
	for _, f := range []struct {
		set  bool
		name string
	}{{e.PayloadChanged, "changed"}, {e.Reordered, "reordered"}, {e.Undecided(), "undecided"}} {
		if f.set {
			s += " " + f.name
		}
	}
	return s + ", " + e.Reason.String()
}

func TestPolicies(t *testing.T) {
	stamp := func(at int64, typ uint8, from, to string) message {
		return message{at: at, from: from, to: to, typ: typ, id: 1, seq: 9, data: fmt.Sprintf("%012d", at)}
	}
	six := func(at int64, typ uint8, from, to string) message {
		return message{at: at, from: from, to: to, typ: typ, id: 3, seq: 5, data: "x"}
	}
	changed, longer, other := answer(20, 1), answer(20, 1), answer(20, 1)
	changed.data, longer.data, other.from = "0123456780", "0123456789+", hostC
	for _, tt := range []struct {
		name string
		in   []message
		want string
	}{
		{"answered", []message{ask(0, 1), answer(10, 1)}, "1: 1>1 10/10, forced end"},
		{"lost by time", []message{ask(0, 1), ask(70_000, 2)}, "1: 1>0, idle timeout; 2: 1>0 undecided, forced end"},
		{"repeat answered: not lost", []message{ask(0, 1), ask(1, 1), answer(5, 1)}, "1: 2>1 4/5, forced end"},
		{"duplicate replies", []message{ask(0, 1), answer(5, 1), answer(6, 1), answer(7, 1)}, "1: 1>3 5/5, forced end"},
		{"reply just in time", []message{ask(0, 1), answer(60_000, 1)}, "1: 1>1 60000/60000, forced end"},
		{"reply too late", []message{ask(0, 1), answer(60_001, 1)}, "1: 1>0, idle timeout"},
		{"repeat within 1 s of the last copy", []message{ask(0, 1), ask(900, 1), ask(1900, 1), answer(2000, 1)}, "1: 3>1 100/2000, forced end"},
		{"later repeat is new", []message{ask(0, 1), ask(1001, 1), answer(1010, 1)}, "1: 1>0 undecided, forced end; 1: 1>1 9/9, forced end"},
		{"always the same number", []message{ask(0, 1), answer(5, 1), ask(10_000, 1), ask(20_000, 1), ask(30_000, 1), answer(30_004, 1)},
			"1: 1>1 5/5, end of flow; 1: 1>0 undecided, forced end; 1: 1>0 undecided, forced end; 1: 1>1 4/4, forced end"},
		{"repeat after the timeout is new", []message{ask(0, 1), ask(60_001, 1), answer(60_005, 1)}, "1: 1>0, idle timeout; 1: 1>1 4/4, forced end"},
		{"sequence number wraps", []message{ask(0, 1), answer(5, 1), ask(10, 1), answer(30, 1)}, "1: 1>1 5/5, end of flow; 1: 1>1 20/20, forced end"},
		{"asked again and lost", []message{ask(0, 1), answer(5, 1), ask(10, 1)}, "1: 1>1 5/5, end of flow; 1: 1>0 undecided, forced end"},
		{"reply before request", []message{answer(0, 1), ask(1, 1)}, "1: 1>0 undecided, forced end"},
		{"reply of another host", []message{ask(0, 1), other}, "1: 1>0 undecided, forced end"},
		{"reply in the request's direction", []message{ask(0, 1), {at: 1, from: hostA, to: hostB, typ: 0, id: 7, seq: 1}}, "1: 1>0 undecided, forced end"},
		{"clock set back", []message{ask(10, 1), answer(5, 1)}, "1: 1>1 -5/-5, forced end"},
		{"reordered", []message{ask(0, 1), ask(1, 2), ask(2, 3), answer(10, 2), answer(11, 1), answer(12, 3)},
			"1: 1>1 11/11 reordered, forced end; 2: 1>1 9/9, forced end; 3: 1>1 10/10, forced end"},
		{"payload changed", []message{ask(0, 1), changed}, "1: 1>1 20/20 changed, forced end"},
		{"payload longer", []message{ask(0, 1), longer}, "1: 1>1 20/20 changed, forced end"},
		{"timestamp, with other data by design", []message{stamp(0, 13, hostA, hostB), stamp(3, 14, hostB, hostA)}, "9: 1>1 3/3, forced end"},
		{"timestamp is no answer to echo", []message{ask(0, 9), stamp(3, 14, hostB, hostA)}, "9: 1>0 undecided, forced end"},
		{"ICMPv6", []message{six(0, 128, six1, six2), six(8, 129, six2, six1)}, "5: 1>1 8/8, forced end"},
		{"jump ahead", []message{ask(0, 1), ask(1e9, 2), answer(1e9+1, 2)}, "1: 1>0, idle timeout; 2: 1>1 1/1, forced end"},
		{"after a jump ahead and back", []message{ask(1e9, 1), ask(0, 2), answer(5, 2)}, "1: 1>0 undecided, forced end; 2: 1>1 5/5, idle timeout"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, _ := match(t, Config{}, tt.in...)
			var all []string
			for i := range got {
				all = append(all, brief(&got[i]))
			}
			if s := strings.Join(all, "; "); s != tt.want {
				t.Errorf("got  %s\nwant %s", s, tt.want)
			}
		})
	}
}

func TestCounts(t *testing.T) {
	cut := ask(5, 4)
	cut.snap = 24
	quench := ask(6, 5)
	quench.typ = 4
	_, s := match(t, Config{}, ask(0, 1), ask(1, 1), answer(2, 1), answer(3, 1), answer(4, 9), cut, quench)
	want := Stats{Packets: 7, Requests: 1, Repeats: 1, Replies: 1, Duplicates: 1, Unmatched: 1, Other: 1, Cut: 1, Exchanges: 1}
	if s != want {
		t.Errorf("%+v, want %+v", s, want)
	}
}

// A fast ping gets through all sequence numbers within Timeout: a lost request is not a copy of the
// one 65,536 later.
func TestWrapWithinTimeout(t *testing.T) {
	sum, err := NewSummary(SummaryConfig{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := New(Config{}, sum)
	if err != nil {
		t.Fatal(err)
	}
	a, b := ask(0, 0).packet(t), answer(0, 0).packet(t)
	for n := range int64(70_000) {
		a.ICMP.Seq, b.ICMP.Seq = uint16(n), uint16(n)
		a.Time, b.Time = base+n*ms/10, base+n*ms/10+1000
		if err := m.WritePacket(a); err != nil {
			t.Fatal(err)
		}
		if n == 7 || n == 8 {
			continue // lost
		}
		if err := m.WritePacket(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Flush(); err != nil {
		t.Fatal(err)
	}
	if total := sum.Total(); total.Exchanges != 70_000 || total.Lost != 2 || total.Repeats != 0 || total.LongestLoss != 2 {
		t.Errorf("%d exchanges, %d lost, %d repeats, %d in a row", total.Exchanges, total.Lost, total.Repeats, total.LongestLoss)
	}
}

// Packets that are not ICMP tell the time too: a request that had its time is lost for good.
func TestOtherPacketsTellTime(t *testing.T) {
	var got []string
	m, err := New(Config{}, ExchangeWriterFunc(func(e *Exchange) error { got = append(got, brief(e)); return nil }))
	if err != nil {
		t.Fatal(err)
	}
	other := pcapio.Packet{Record: pcapio.Record{Time: base + 61_000*ms}, Status: pcapio.StatusOK, Proto: 17, IPVersion: 4}
	for _, p := range []*pcapio.Packet{ask(0, 1).packet(t), ask(2_000, 2).packet(t), &other} {
		if err := m.WritePacket(p); err != nil {
			t.Fatal(err)
		}
	}
	if s := strings.Join(got, "; "); s != "1: 1>0, idle timeout" {
		t.Errorf("before the end: %s", s)
	}
	if err := m.Flush(); err != nil {
		t.Fatal(err)
	}
	if s := strings.Join(got, "; "); s != "1: 1>0, idle timeout; 2: 1>0 undecided, forced end" {
		t.Errorf("at the end: %s", s)
	}
	if s := m.Stats(); s.NotICMP != 1 || s.Packets != 3 {
		t.Errorf("%+v", s)
	}
}

func TestExchangeFields(t *testing.T) {
	a, b := ask(0, 1), answer(10, 1)
	b.ttl = 57
	got, _ := match(t, Config{}, a, b)
	e := got[0]
	if e.SrcAddr().String() != hostA || e.DstAddr().String() != hostB || e.Kind != Echo || e.ID != 7 || e.Request != base || e.Reply != base+10*ms ||
		e.RequestTTL != 64 || e.ReplyTTL != 57 || e.RequestLen != 18 || e.ReplyLen != 18 || e.Reason != flow.ForcedEnd {
		t.Errorf("%+v", e)
	}
	got, _ = match(t, Config{}, message{from: six1, to: six2, typ: 128})
	if e := got[0]; e.Kind != EchoV6 || e.SrcAddr().String() != six1 || e.RTT() != 0 || e.FirstRTT() != 0 {
		t.Errorf("%+v", e)
	}
}

// Snapped at different lengths, payloads are compared by checksum.
func TestPayloadOfDifferentSnapLengths(t *testing.T) {
	for _, from := range []string{hostA, six1} {
		t.Run(from, func(t *testing.T) {
			to, typ, header := hostB, uint8(8), 28
			if from == six1 {
				to, typ, header = six2, 128, 48
			}
			for _, tt := range []struct {
				data string
				want bool
			}{{"0123456789", false}, {"0123456788", true}} {
				t.Run(tt.data, func(t *testing.T) {
					req := message{at: 0, from: from, to: to, typ: typ, data: "0123456789", snap: header + 4}
					rep := message{at: 1, from: to, to: from, typ: 0, data: tt.data, snap: header + 8}
					if typ == 128 {
						rep.typ = 129
					}
					if got, _ := match(t, Config{}, req, rep); got[0].PayloadChanged != tt.want {
						t.Errorf("%s %s: changed is %v", from, tt.data, got[0].PayloadChanged)
					}
				})
			}
		})
	}
}

func TestMaxPending(t *testing.T) {
	var in []message
	for seq := range uint16(100) {
		in = append(in, ask(int64(seq), seq))
	}
	got, stats := match(t, Config{MaxPending: 40}, append(in, answer(200, 59), answer(201, 60))...)
	if stats.Evicted != 60 {
		t.Errorf("%d evicted", stats.Evicted)
	}
	for i, e := range got {
		want := flow.LackOfResources
		if i >= 60 {
			want = flow.ForcedEnd
		}
		if int(e.Seq) != i || e.Reason != want || e.Answered() != (i == 60) {
			t.Errorf("%d: %s", i, brief(&e))
		}
	}
}

func TestEndErrorIsSticky(t *testing.T) {
	full := errors.New("disk full")
	m, err := New(Config{Timeout: time.Second}, ExchangeWriterFunc(func(*Exchange) error { return full }))
	if err != nil {
		t.Fatal(err)
	}
	if err := m.WritePacket(ask(0, 1).packet(t)); err != nil {
		t.Fatal(err)
	}
	if err := m.WritePacket(ask(2000, 2).packet(t)); err != full {
		t.Error(err)
	}
	if err := m.WritePacket(ask(2001, 3).packet(t)); err != full {
		t.Error(err)
	}
	if err := m.Flush(); err != full {
		t.Error(err)
	}
}

func TestValidate(t *testing.T) {
	for _, err := range []error{
		errOf(New(Config{Timeout: -1}, nil)), errOf(New(Config{Repeat: -1}, nil)), errOf(New(Config{MaxAnswers: -1}, nil)), errOf(New(Config{MaxPending: -1}, nil)), errOf(New(Config{MaxPending: 1 << 29}, nil)),
		errOf(NewSummary(SummaryConfig{MaxDestinations: -1})), errOf(NewClassic(ClassicConfig{MaxPending: -1}, nil)),
		errOf(NewSummary(SummaryConfig{MaxBuckets: -1})), errOf(New(Config{}, nil)), errOf(NewClassic(ClassicConfig{}, nil)),
		new(Matcher).WritePacket(&pcapio.Packet{}), new(Matcher).Flush(), new(Classic).WritePacket(&pcapio.Packet{}), new(Classic).Flush(),
		new(Summary).WriteExchange(&Exchange{}),
	} {
		if !errors.Is(err, ErrConfig) {
			t.Error(err)
		}
	}
}

func errOf[T any](_ T, err error) error { return err }

// Many streams, losses, repeats and duplicates, against a plain search through the list of all
// messages.
func TestAgainstModel(t *testing.T) {
	var in []message
	state := uint32(1)
	draw := func(n uint32) uint32 { state = state*1664525 + 1013904223; return state >> 8 % n }
	at := int64(0)
	for range 3000 {
		at += int64(draw(40))
		m := ask(at, uint16(draw(30)))
		if draw(2) == 0 {
			m = answer(at, uint16(draw(30)))
		}
		in = append(in, m)
	}
	got, _ := match(t, Config{Timeout: time.Second, Repeat: 300 * time.Millisecond}, in...)
	type asked struct{ first, last, copies, replies, reply int64 }
	var want []asked
	open := map[uint16]int{}
	for _, m := range in {
		i, known := open[m.seq]
		switch {
		case m.typ == 8 && known && want[i].replies == 0 && m.at-want[i].first <= 1000 && m.at-want[i].last <= 300:
			want[i].last = m.at
			want[i].copies++
		case m.typ == 8:
			open[m.seq] = len(want)
			want = append(want, asked{first: m.at, last: m.at, copies: 1})
		case known && m.at-want[i].last <= 1000:
			if want[i].replies++; want[i].replies == 1 {
				want[i].reply = m.at
			}
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%d exchanges, want %d", len(got), len(want))
	}
	for i, w := range want {
		e := &got[i]
		has := asked{(e.Request - base) / ms, (e.LastRequest - base) / ms, int64(e.Requests), int64(e.Replies), 0}
		if e.Answered() {
			has.reply = (e.Reply - base) / ms
		}
		if has != w {
			t.Fatalf("exchange %d is %+v, want %+v", i, has, w)
		}
	}
	if !slices.IsSortedFunc(got, func(a, b Exchange) int { return cmp.Compare(a.Request, b.Request) }) {
		t.Error("out of order")
	}
}

// Requests that are never answered, answered by others, or far apart in time: what is copied when
// the ring grows, and what is held, grows with the packets.
func TestMatcherIsLinear(t *testing.T) {
	for name, next := range map[string]func(i int) message{
		"unanswered":    func(i int) message { return ask(int64(i), uint16(i)) },
		"one again":     func(i int) message { return ask(int64(2000*i), 1) },
		"answered late": func(i int) message { return answer(int64(i), uint16(i)) },
		"backwards":     func(i int) message { return ask(-int64(i), uint16(i)) },
		"to all": func(i int) message {
			if i%2 == 0 {
				return toAll(int64(i), "224.0.0.1")
			}
			return from(int64(i), hostB)
		},
	} {
		t.Run(name, func(t *testing.T) {
			work := func(n int) (copied int) {
				m, err := New(Config{MaxPending: 1 << 16}, ExchangeWriterFunc(func(*Exchange) error { return nil }))
				if err != nil {
					t.Fatal(err)
				}
				for i := range n {
					before := len(m.ring)
					if err := m.WritePacket(next(i).packet(t)); err != nil {
						t.Fatal(err)
					}
					if len(m.ring) > before {
						copied += before
					}
				}
				if s := m.Stats(); s.Packets != uint64(n) || len(m.byKey) > n || len(m.more) > n {
					t.Errorf("%d packets, %d keys, %d answers", s.Packets, len(m.byKey), len(m.more))
				}
				return copied
			}
			if few, many := work(5000), work(20000); few > 2*5000 || many > 2*20000 {
				t.Errorf("%d and %d exchanges were copied", few, many)
			}
		})
	}
}
