package tcpanalysis

import (
	"math/rand/v2"
	"slices"

	"github.com/reeftools/reef/pcapio"
)

// traffic simulates two TCP ends, a path between them and a monitor on it, so that the truth is
// known of every packet that the monitor sees: who sent it for which reason, and whose arrival set
// an ACK off. What it generates depends on the seed only.
//
//	A --- distance[0] --- monitor --- distance[1] --- B
type traffic struct {
	setup
	rng   *rand.Rand
	now   int64
	order int
	queue []event
	ends  [2]*simEnd
	id    int // of the latest transmission
	ipid  [2]uint16
	// by side: latest arrival at the monitor and at the other end, for paths that keep order
	last   [2][2]int64
	passed []seen
}

// setup is what a traffic is made from. Shares are in per cent of the packets.
type setup struct {
	seed         uint64
	distance     [2]int64    // ns from A and B to the monitor
	lossBefore   int         // lost between sender and monitor: never seen
	lossBehind   int         // lost between monitor and receiver
	lossCapture  int         // arrives, but was not captured
	reorder      int         // held back before the monitor, or behind it, so that others overtake
	copyNet      int         // doubled by the network before the monitor
	copyCapture  int         // captured twice
	spoof        int         // followed by an RST of a third party which the receiver must ignore
	writes       [2]int      // how often each program writes
	chunk        int         // most bytes of one write
	pause        int64       // longest time between two writes
	mss          [2]int      // of each side
	iss          [2]uint32   // initial sequence numbers
	buffer       [2]int64    // receive buffers
	scale        [2]uint8    // window scale, if wscale
	wscale       bool        // both offer window scaling
	timestamps   bool        // both offer timestamps
	sack         bool        // both offer SACK
	stall        int         // chance of a reader to stop for a while after it got data
	keepAlive    int64       // idle time before a keep-alive, 0 for none
	probeByte    bool        // keep-alives and window probes carry a byte
	simultaneous bool        // both ends connect
	finish       [2]finishes // how each side ends
	constantID   bool        // all packets have the same IP identification
}

type finishes int

const (
	finishFIN   finishes = iota // FIN after the last write
	finishRST                   // RST at the next sequence number
	finishNever                 // silence
)

// wire is one transmission of an end.
type wire struct {
	pkt
	id   int
	side int
	ipid uint16
	mss  uint16
	// offset of the first byte in the sender's stream: 0 is the SYN, 1 the first byte of data
	start int64
	why   reason // why it was sent
	sent  int64  // when it left the sender
	// Of an ACK: which segment that had arrived raised its number to what it is, and which came
	// last.
	raised, latest passage
}

// passage is when a segment passed the monitor, 0 if there was none, and whether it is in the
// capture.
type passage struct {
	at       int64
	captured bool
}

type reason int

const (
	whyNew reason = iota // carries what was never sent before, or is an ACK
	whyRetrans
	whyKeepAlive
	whyProbe
	whySpoof
)

// seen is a transmission that passes the monitor.
type seen struct {
	wire
	time     int64
	copyOf   int  // 0 for the first, else a copy made by the network (1) or the capture (2)
	captured bool // it is in the capture
}

type event struct {
	at    int64
	order int
	do    func()
}

func (t *traffic) after(d int64, do func()) {
	t.order++
	t.queue = append(t.queue, event{t.now + max(d, 0), t.order, do})
}

func (t *traffic) chance(percent int) bool { return t.rng.IntN(100) < percent }

// run lets the ends talk until nothing is to be done, or a minute is over, and returns what the
// monitor saw, in order.
func (s setup) run() []seen {
	t := &traffic{setup: s, rng: rand.New(rand.NewPCG(s.seed, 1)), now: 1e18}
	begin := t.now
	for side := range t.ends {
		t.ends[side] = newSimEnd(t, side)
	}
	t.ends[0].connect()
	if s.simultaneous {
		t.ends[1].connect()
	}
	for n := 0; len(t.queue) > 0 && n < 5000; n++ {
		i := 0
		for j, e := range t.queue {
			if e.at < t.queue[i].at || e.at == t.queue[i].at && e.order < t.queue[i].order {
				i = j
			}
		}
		e := t.queue[i]
		t.queue = slices.Delete(t.queue, i, i+1)
		if e.at > begin+60e9 {
			break
		}
		t.now = e.at
		e.do()
	}
	// No two packets pass at the same nanosecond, so that a time names a packet.
	slices.SortStableFunc(t.passed, func(a, b seen) int { return int(min(max(a.time-b.time, -1), 1)) })
	return t.passed
}

// send puts w on the path.
func (t *traffic) send(w wire) {
	t.id++
	w.id, w.sent = t.id, t.now
	w.B = w.side == 1
	if !t.constantID {
		t.ipid[w.side]++
	}
	w.ipid = 1000 + uint16(w.side)*30000 + t.ipid[w.side]
	copies := 1
	if t.chance(t.copyNet) {
		copies = 2
	}
	for i := range copies {
		if t.chance(t.lossBefore) {
			continue
		}
		t.pass(w, i)
	}
	if t.chance(t.spoof) && w.why != whySpoof && w.Flags&syn == 0 {
		r := wire{side: w.side, why: whySpoof, start: -1}
		// far below the window: RFC 9293, 3.10.7.4
		r.pkt = pkt{Flags: rst, Seq: w.Seq - 1000 - uint32(t.rng.IntN(1<<30))}
		t.send(r)
	}
}

// pass carries a copy of w to the monitor and beyond.
func (t *traffic) pass(w wire, number int) {
	at := t.travel(w.side, 0, t.now+t.distance[w.side]+int64(number)*t.rng.Int64N(3e6))
	s := seen{wire: w, time: at, captured: !t.chance(t.lossCapture), copyOf: min(number, 1)}
	t.passed = append(t.passed, s)
	if t.chance(t.copyCapture) {
		s.time, s.captured, s.copyOf = t.unique(at+1+t.rng.Int64N(20_000)), true, 2
		t.passed = append(t.passed, s)
	}
	if t.chance(t.lossBehind) {
		return
	}
	arrival := t.travel(w.side, 1, at+t.distance[1-w.side])
	via := passage{at, s.captured}
	t.after(arrival-t.now, func() { t.ends[1-w.side].arrive(w, via) })
}

// travel returns when a packet that would be at a place at the time at is there: in order, unless
// it is held back.
func (t *traffic) travel(side, place int, at int64) int64 {
	if t.chance(t.reorder) {
		return t.unique(at + 10_000 + t.rng.Int64N(1_500_000))
	}
	at = max(at, t.last[side][place]+1+t.rng.Int64N(10_000))
	if place == 0 {
		at = t.unique(at)
	}
	t.last[side][place] = at
	return at
}

// unique returns at, or the next time at which nothing passes the monitor.
func (t *traffic) unique(at int64) int64 {
	for slices.ContainsFunc(t.passed, func(s seen) bool { return s.time == at }) {
		at++
	}
	return at
}

// randomSetup draws a small connection: most have one or two troubles, some all.
func randomSetup(seed uint64) setup {
	r := rand.New(rand.NewPCG(seed, 2))
	some := func(percent int, value int) int {
		if r.IntN(100) < percent {
			return 1 + r.IntN(value)
		}
		return 0
	}
	s := setup{
		seed:       seed,
		distance:   [2]int64{r.Int64N(20e6), r.Int64N(40e6)},
		lossBefore: some(30, 10), lossBehind: some(30, 10), lossCapture: some(15, 10), reorder: some(20, 10),
		copyNet: some(10, 5), copyCapture: some(10, 20), spoof: some(5, 5),
		writes: [2]int{r.IntN(6), r.IntN(6)}, chunk: 1 + r.IntN(8000), pause: 1 + r.Int64N(300e6),
		mss:    [2]int{100 + r.IntN(1400), 100 + r.IntN(1400)},
		iss:    [2]uint32{r.Uint32(), r.Uint32()},
		buffer: [2]int64{2000 + r.Int64N(30000), 2000 + r.Int64N(30000)},
		scale:  [2]uint8{uint8(r.IntN(5)), uint8(r.IntN(5))},
		wscale: r.IntN(2) == 0, timestamps: r.IntN(2) == 0, sack: r.IntN(3) > 0,
		stall: some(15, 60), probeByte: r.IntN(2) == 0, simultaneous: r.IntN(20) == 0, constantID: r.IntN(10) == 0,
	}
	if r.IntN(4) == 0 { // the data crosses the wrap
		s.iss[r.IntN(2)] = -uint32(r.IntN(3000))
	}
	if r.IntN(5) == 0 {
		s.keepAlive = 2e9
	}
	for i := range s.finish {
		s.finish[i] = [...]finishes{finishFIN, finishFIN, finishFIN, finishFIN, finishRST, finishNever}[r.IntN(6)]
	}
	return s
}

// calm returns s without any trouble on the path.
func (s setup) calm() setup {
	s.lossBefore, s.lossBehind, s.lossCapture, s.reorder, s.copyNet, s.copyCapture, s.spoof = 0, 0, 0, 0, 0, 0, 0
	return s
}

// packets turns what was captured into what a Tracker takes.
func packets(all []seen) []*pcapio.Packet {
	var ps []*pcapio.Packet
	var s sim
	for i := range all {
		if all[i].captured {
			p := s.packet(all[i].pkt)
			p.Time, p.IPID, p.TCP.MSS = all[i].time, uint32(all[i].ipid), all[i].mss
			ps = append(ps, p)
		}
	}
	return ps
}
