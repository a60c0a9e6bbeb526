package tracegen

import (
	"io"
	"math"
	"math/rand/v2"

	"github.com/reeftools/reef/internal/sat"
	"github.com/reeftools/reef/pcapio"
)

const (
	clients = 1 << 16
	servers = 1 << 12
	micro   = int64(1_000)
	milli   = int64(1_000_000)
	second  = int64(1_000_000_000)
)

// Generator makes a trace. It is a [pcapio.RecordReader].
type Generator struct {
	cfg   Config
	err   error // sticky
	rng   rng
	wheel *wheel
	now   int64 // ns since the start of the trace
	flows []flow
	free  []uint32 // unused elements of flows
	// ports handed out, by client: no flow key comes twice before a client's ports are used up
	ports [clients]uint16
	stats Stats

	gap     uint64 // mean time between two flows, ns
	perFlow int64  // packets per flow aimed at, in units of 2^-16
	planned int64  // packets that the flows started so far should have, in units of 2^-16
	// packets that they have: counted for those that are over, estimated for the others
	committed int64
	started   uint64

	frame [maxFrame]byte // the current frame; zero beyond dirty
	dirty int
	ipID  uint16
}

// New returns a generator of the trace that cfg describes. If cfg is not valid, the first
// ReadRecord says so.
func New(cfg Config) *Generator {
	g := &Generator{err: cfg.Validate()}
	if g.err != nil {
		return g
	}
	var packets uint64
	g.cfg, packets = cfg.withDefaults()
	g.rng.pcg = *rand.NewPCG(g.cfg.Seed, 0x7265_6566)
	g.wheel = newWheel(g.cfg.Rate)
	// below 2^30 packets per flow
	g.perFlow = int64(min(sat.MulDiv(packets, 1<<16, g.cfg.Flows), 1<<46))
	g.gap = sat.MulDiv(uint64(g.perFlow), uint64(second), g.cfg.Rate<<16)
	g.gap = min(max(g.gap, 1), math.MaxInt64/256)
	g.stats.FileBytes = 24
	g.wheel.push(&event{kind: evStart})
	return g
}

// Stats returns what was done so far.
func (g *Generator) Stats() Stats { return g.stats }

// ReadRecord makes the next record. r.Data is valid until the next call.
func (g *Generator) ReadRecord(r *pcapio.Record) error {
	if g.err != nil {
		return g.err
	}
	if g.stats.Packets == g.cfg.Packets {
		g.err = io.EOF
		return g.err
	}
	var e event
	for g.wheel.pop(&e) {
		g.now = e.at
		if e.kind == evStart {
			g.start()
			continue
		}
		f := &g.flows[e.flow]
		f.events--
		switch e.kind {
		case evPass:
			if g.err = g.deliver(f, &e, r); g.err != nil {
				return g.err
			}
			g.pass(f, &e)
			g.recycle(e.flow, f)
			return nil
		case evArrive:
			if f.protocol == pcapio.ProtoTCP {
				g.tcpArrive(e.flow, f, 1-e.dir, &e.segment)
			} else {
				g.datagramArrive(e.flow, f, 1-e.dir, &e.segment)
			}
		case evApp:
			if f.protocol == pcapio.ProtoTCP {
				g.tcpApp(e.flow, f, e.dir)
			} else {
				g.datagramApp(e.flow, f, e.dir)
			}
		case evClose:
			g.tcpClose(e.flow, f, e.dir)
		case evAck:
			g.tcpAckTimer(e.flow, f, e.dir)
		case evRTO:
			g.tcpTimeout(e.flow, f, e.dir)
		}
		g.recycle(e.flow, f)
	}
	g.err = io.EOF
	return g.err
}

// deliver fills r with the packet that passes the monitor and counts it, or says io.EOF if the file
// would grow too large.
func (g *Generator) deliver(f *flow, e *event, r *pcapio.Record) error {
	wire, ip := g.encode(f, e.dir, &e.segment)
	captured := min(wire, g.cfg.SnapLen)
	if g.stats.FileBytes+uint64(16+captured) > g.cfg.Bytes {
		return io.EOF
	}
	at := g.cfg.Start + g.now
	if g.cfg.Micro {
		at -= at % micro
	}
	*r = pcapio.Record{Time: at, OrigLen: wire, LinkType: pcapio.LinkEthernet, Data: g.frame[:captured]}
	g.stats.Packets++
	g.stats.FileBytes += uint64(16 + captured)
	g.stats.WireBytes += uint64(wire)
	g.stats.IPBytes += uint64(ip)
	g.countFlow(f, e)
	return nil
}

// recycle frees flow i when nothing can happen to it any more.
func (g *Generator) recycle(i uint32, f *flow) {
	if f.events == 0 {
		g.committed += int64(f.packets) - f.estimate
		g.free = append(g.free, i)
	}
}
