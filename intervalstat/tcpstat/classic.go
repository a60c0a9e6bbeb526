package tcpstat

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/reeftools/reef/internal/cascade"
	"github.com/reeftools/reef/internal/iana"
	"github.com/reeftools/reef/intervalstat"
	"github.com/reeftools/reef/pcapio"
)

// Defaults of [ClassicConfig].
const (
	DefaultWidth    = 5       // seconds of an interval, unless told otherwise
	DefaultMaxEmpty = 1 << 20 // empty intervals that a jump in time gives
)

// ClassicConfig says how a [Classic] counts. The zero value is tcpstat without options.
type ClassicConfig struct {
	// Width is the length of an interval in seconds; 0 means DefaultWidth. Whole takes everything
	// as one interval (-1).
	Width float64
	Whole bool
	// Seconds ends the count that long after the first packet, and pads with empty intervals up to
	// that time (-s); 0 does neither. Less than Width means Whole too. With Whole, each padding
	// interval is as wide as the captured time; if that is 0, tcpstat pads without end and Classic
	// not at all.
	Seconds float64
	// LinkHeader adds the link-layer header to the size (-l).
	LinkHeader bool
	// MaxEmpty bounds the empty intervals that one jump in time gives; 0 means DefaultMaxEmpty.
	// tcpstat has no bound.
	MaxEmpty int
}

// Validate reports contradictions; the error is an [ErrConfig].
func (c *ClassicConfig) Validate() error {
	switch {
	case !(c.Width >= 0) || math.IsInf(c.Width, 0):
		return fmt.Errorf("%w: Width %v is no length of time", ErrConfig, c.Width)
	case !(c.Seconds >= 0) || math.IsInf(c.Seconds, 0):
		return fmt.Errorf("%w: Seconds %v is no length of time", ErrConfig, c.Seconds)
	case c.MaxEmpty < 0:
		return fmt.Errorf("%w: MaxEmpty %d is negative", ErrConfig, c.MaxEmpty)
	}
	return nil
}

// Interval is one interval as tcpstat counts it: in floating-point numbers, and with sizes in 32
// bits that wrap.
type Interval struct {
	// start of the interval, and time of the first packet, in seconds since 1970
	Start, First float64
	Width        float64 // in seconds
	Packets      int64
	Bytes        float64 // sum of the sizes
	squares      float64
	Min, Max     int32
	Load         float64 // bit rate, smoothed over a minute
	Peak         float64 // highest bit rate of an interval so far
	Padding      bool    // behind the last packet, for Seconds
	// with ClassicConfig.Whole: as padding it has no length, so that its rates are not a number
	whole bool

	ARP, IPv4, IPv6, TCP, UDP, ICMP int64 // ICMP is both versions
}

// Middle returns the time that stands for the interval.
func (v *Interval) Middle() float64 {
	if v.whole && v.Padding {
		return v.Start
	}
	return v.Start + v.Width/2
}

// BitRate returns the bits per second over the whole interval.
func (v *Interval) BitRate() float64 { return v.rate(v.Bytes * 8) }

// rate is x per second; an empty interval of no length has 0, another one infinity.
func (v *Interval) rate(x float64) float64 {
	switch {
	case v.whole && v.Padding:
		return math.NaN()
	case v.Packets == 0:
		return 0
	}
	return x / v.Width
}

// Mean returns the mean size.
func (v *Interval) Mean() float64 {
	if v.Packets == 0 {
		return 0
	}
	return v.Bytes / float64(v.Packets)
}

// StdDev returns the square root of E[x²] - E[x]², with the cancellation that this has.
func (v *Interval) StdDev() float64 {
	if v.Packets == 0 {
		return 0
	}
	mean := v.Mean()
	// the conversion forbids fusing, so that all processors agree
	return math.Sqrt(v.squares/float64(v.Packets) - float64(mean*mean))
}

// IntervalWriter takes intervals as they end. WriteInterval must neither keep nor change v.
type IntervalWriter interface {
	WriteInterval(v *Interval) error
}

// IntervalWriterFunc makes an [IntervalWriter] of a function.
type IntervalWriterFunc func(v *Interval) error

// WriteInterval calls f.
func (f IntervalWriterFunc) WriteInterval(v *Interval) error { return f(v) }

// Classic counts as tcpstat does. It needs no decoded packets: only their records are looked at. It
// is for one goroutine at a time, and only [NewClassic] makes one that works.
type Classic struct {
	cfg   ClassicConfig
	dst   IntervalWriter
	cur   Interval
	begun bool
	end   float64 // of the interval
	last  float64 // time of the last packet
	ended bool    // by Flush
	err   error   // of dst; sticky
	stats intervalstat.Stats

	headers headers
}

// NewClassic returns a Classic that gives each interval to dst when it has ended. The error is an
// [ErrConfig].
func NewClassic(cfg ClassicConfig, dst IntervalWriter) (*Classic, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if dst == nil {
		return nil, fmt.Errorf("%w: no writer to take the intervals", ErrConfig)
	}
	if cfg.Width == 0 {
		cfg.Width = DefaultWidth
	}
	if cfg.Seconds > 0 && cfg.Seconds < cfg.Width {
		cfg.Whole = true
	}
	if cfg.MaxEmpty == 0 {
		cfg.MaxEmpty = DefaultMaxEmpty
	}
	return &Classic{cfg: cfg, dst: dst}, nil
}

// WritePacket counts p; it is [Classic.WriteRecord] for a packet that was decoded, of which only
// the record matters.
func (c *Classic) WritePacket(p *pcapio.Packet) error { return c.WriteRecord(&p.Record) }

// WriteRecord counts r. Its error is that of the IntervalWriter, then and at all later calls.
func (c *Classic) WriteRecord(r *pcapio.Record) error {
	switch {
	case c.err != nil:
		return c.err
	case c.dst == nil:
		return fmt.Errorf("%w: the zero value takes no packets, use NewClassic", ErrConfig)
	}
	now := seconds(r.Time)
	// tcpstat takes a start of 0 for "no packet yet": an interval that begins at 1970-01-01 forgets
	// what it has counted
	if c.cur.Start == 0 {
		c.stats.Used -= uint64(c.cur.Packets)
		c.stats.Late += uint64(c.cur.Packets)
		c.begun = true
		c.cur = Interval{Start: now, First: now, Width: c.cfg.Width, Load: c.cur.Load, Peak: c.cur.Peak}
		c.end = now + c.cfg.Width
	}
	if c.cfg.Seconds > 0 && now > c.cur.First+c.cfg.Seconds {
		c.stats.Late++
		return nil
	}
	if !c.cfg.Whole && now > c.end {
		if err := c.closeUntil(now); err != nil {
			return err
		}
	}
	c.last = now
	c.stats.Used++
	c.count(r)
	return nil
}

// seconds is a time as tcpstat has it: a floating-point number, in microseconds.
func seconds(ns int64) float64 {
	sec, rest := ns/1e9, ns%1e9
	if rest < 0 {
		sec, rest = sec-1, rest+1e9
	}
	return float64(sec) + float64(float64(rest/1000)/1e6)
}

// closeUntil gives out the intervals that end before now.
func (c *Classic) closeUntil(now float64) error {
	for empty := 0; now > c.end; {
		if c.cur.Packets == 0 {
			// or time is too coarse to count on
			if empty++; empty > c.cfg.MaxEmpty || c.end+c.cfg.Width == c.end {
				left := math.Max(1, math.Ceil((now-c.end)/c.cfg.Width))
				c.stats.Omitted += uint64(math.Min(left, 1<<62))
				c.end = c.end + float64(left*c.cfg.Width)
				c.cur.Start = c.end - c.cfg.Width
				return nil
			}
		}
		if err := c.close(); err != nil {
			return err
		}
	}
	return nil
}

// close gives out the interval and begins the next.
func (c *Classic) close() error {
	v := &c.cur
	bps := 0.0
	if v.Packets > 0 {
		bps = v.BitRate()
	}
	decay := math.Exp(-v.Width / 60)
	if c.stats.Buckets == 0 {
		v.Load = bps
	} else {
		v.Load = float64(v.Load*decay) + float64(bps*(1-decay))
	}
	v.Peak = math.Max(v.Peak, bps)
	c.stats.Buckets++
	c.err = c.dst.WriteInterval(v)
	*v = Interval{Start: c.end, First: v.First, Width: c.cfg.Width, Load: v.Load, Peak: v.Peak, Padding: v.Padding, whole: v.whole}
	c.end += c.cfg.Width
	return c.err
}

// Flush gives out the last interval, which is always there, and the padding, and flushes the
// IntervalWriter if that is a [pcapio.Flusher]. Nothing may come after it.
func (c *Classic) Flush() error {
	if c.ended || c.dst == nil {
		return c.err
	}
	c.ended = true
	if c.err == nil {
		c.finish()
	}
	c.err = cascade.Flush(c.err, c.dst)
	return c.err
}

// finish gives out the last interval and the padding, unless that fails.
func (c *Classic) finish() {
	if !c.begun {
		c.cur.Width, c.end = c.cfg.Width, c.cfg.Width
	}
	width := c.cfg.Width
	if c.cfg.Whole {
		width = c.last - c.cur.First
		c.cfg.Width, c.cur.Width, c.end, c.cur.whole = width, width, c.last, true
	}
	if c.close() != nil {
		return
	}
	c.cur.Padding = true
	t, until := c.last+width, c.cur.First+c.cfg.Seconds // padding counts from the last packet
	for n := 0; c.cfg.Seconds > 0 && width > 0 && t < until && n < c.cfg.MaxEmpty; n++ {
		t += width
		if c.close() != nil {
			return
		}
	}
}

// Stats returns what was counted so far; Late are the packets after ClassicConfig.Seconds, and
// those at time 0 that were forgotten.
func (c *Classic) Stats() intervalstat.Stats { return c.stats }

// count adds a packet to the interval. Protocols are seen in plain Ethernet only.
func (c *Classic) count(r *pcapio.Record) {
	v := &c.cur
	size := uint32(r.OrigLen)
	if !c.cfg.LinkHeader {
		switch r.LinkType {
		case pcapio.LinkEthernet:
			size -= 14 // wraps, as it does there
		case pcapio.LinkPPP:
			size -= 4
		}
	}
	v.Bytes += float64(size)
	v.squares += float64(float64(size) * float64(size))
	if v.Min == 0 || int32(size) < v.Min { // tcpstat takes 0 for "not set"
		v.Min = int32(size)
	}
	v.Max = max(v.Max, int32(size))
	v.Packets++
	copy(c.headers[:], r.Data)
	v.countProtocol(r.LinkType, &c.headers)
}

// headers is the beginning of libpcap's buffer. tcpstat ignores how much of a frame was captured:
// beyond that it reads what earlier frames left in the buffer.
type headers [24]byte

// countProtocol looks at plain Ethernet, PPP and the BSD loopback header; it sees nothing else.
func (v *Interval) countProtocol(link pcapio.LinkType, frame *headers) {
	typ, header := 0, 4
	switch link {
	case pcapio.LinkEthernet:
		typ, header = int(binary.BigEndian.Uint16(frame[12:])), 14
	case pcapio.LinkPPP:
		switch binary.BigEndian.Uint16(frame[2:]) {
		case 0x0021:
			typ = iana.EtherTypeIPv4
		case 0x0057:
			typ = iana.EtherTypeIPv6
		}
	case pcapio.LinkNull:
		// as Linux numbers them; tcpstat takes no other byte order than that of a PC
		switch binary.LittleEndian.Uint32(frame[:]) {
		case 2:
			typ = iana.EtherTypeIPv4
		case 10:
			typ = iana.EtherTypeIPv6
		}
	}
	proto := -1
	switch typ {
	case iana.EtherTypeARP:
		v.ARP++
	case iana.EtherTypeIPv4:
		v.IPv4++
		proto = int(frame[header+9])
	case iana.EtherTypeIPv6:
		v.IPv6++
		proto = int(frame[header+6])
	}
	switch proto {
	case pcapio.ProtoTCP:
		v.TCP++
	case pcapio.ProtoUDP:
		v.UDP++
	case pcapio.ProtoICMP, pcapio.ProtoICMPv6:
		v.ICMP++
	}
}
