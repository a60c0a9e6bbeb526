package pcapio

// Looking for the next record after damage. One header alone proves little: payloads are full of bytes that look like one, and
// some are capture files themselves. So the reader looks for a chain of records, each beginning where the one before ends.
// A chain that is longer than a packet can be, or that ends just where the input ends, is believed. Among shorter ones
// the one that reaches farthest is, since a chain inside a payload ends with the packet that it is in.
const (
	chainSpan        = 64<<10 + 512 // bytes; more than any IP packet in its frame
	chainRecords     = 256          // records that make a chain as good as one of chainSpan
	chainMin         = 3            // records of the shortest chain
	maxPlausibleWire = 1 << 20
	plausibleGap     = 24 * 3600 * 1e9 // between one record and the next, ns

	maxPlausibleSlack = 64 << 10 // of a pcapng block over its packet
)

// probe is what a record looks like at some place.
type probe struct {
	len   int   // of the record with its header
	time  int64 // of the record
	timed bool  // it has a time
}

// prober judges whether a plausible record begins at the given offset from the current position.
type prober func(r *Reader, at int) (probe, bool)

// chain is a run of plausible records in the window. Offsets count from the current position.
type chain struct {
	start, end int
	records    int
	sure       bool // long enough, or just up to the end of the input
	near       bool // its first time is near that of the last good record
}

// resync moves to the next believable record after the current position, which is damaged. If there is none it returns false
// and stays.
func (r *Reader) resync(p prober) bool {
	at := r.offset()
	c, ok := r.findChain(p, 1)
	if !ok {
		return false
	}
	r.pos += c.start
	r.stats.Gaps++
	r.stats.SkippedBytes += r.offset() - at
	return true
}

// findChain looks for the best chain that begins at or after start. It keeps what it scans in memory, up to the first
// candidate; the bound on that is maxScan.
func (r *Reader) findChain(p prober, start int) (best chain, ok bool) {
	for o := start; o < maxScan; o++ {
		if best.records > 0 && o >= best.end {
			break // whatever begins here does not contradict best
		}
		if r.need(o+1) != nil {
			break
		}
		c := r.chainAt(p, o)
		if c.sure && (c.near || c.records >= chainMin) {
			return c, true
		}
		if c.near && c.records >= chainMin && c.end > best.end {
			best = c
		}
	}
	return best, best.records > 0
}

// maxScan bounds the bytes without a record that Resync passes over, and so its memory.
const maxScan = 16 << 20

// chainAt follows the records from offset o.
func (r *Reader) chainAt(p prober, o int) chain {
	c := chain{start: o, end: o, near: !r.timed}
	last := int64(0)
	for c.records < chainRecords && c.end-o < chainSpan {
		if r.need(c.end+1) != nil {
			c.sure = c.records > 0
			return c
		}
		v, ok := p(r, c.end)
		if !ok {
			return c
		}
		if r.need(c.end+v.len) != nil {
			return c // cut by the end of the input
		}
		switch {
		case !v.timed:
			c.near = true
		case c.records == 0:
			c.near = !r.timed || isNear(v.time, r.last)
		case !isNear(v.time, last):
			return c
		}
		last = v.time
		c.end += v.len
		c.records++
	}
	c.sure = true
	return c
}

func isNear(a, b int64) bool {
	d := a - b // times of files that have a chance to be plausible are far from overflow
	return -plausibleGap <= d && d <= plausibleGap
}

// ahead returns n bytes at an offset from the current position, or nil if the input ends before.
func (r *Reader) ahead(at, n int) []byte {
	if r.need(at+n) != nil {
		return nil
	}
	return r.buf[r.pos+at : r.pos+at+n]
}

// checkPcap is for Resync: it makes sure that a believable record of classic pcap is at the current position, skipping what is
// damaged. A record that is only cut by the end of the file stays.
func (r *Reader) checkPcap(h pcapHeader) (pcapHeader, error) {
	f := &r.pcap
	inBounds := h.capLen <= r.maxLen
	good := f.plausible(h, r.maxLen) && (!r.timed || isNear(f.time(h), r.last))
	n := f.headerLen + int(min(h.capLen, r.maxLen))
	whole := inBounds && r.need(n) == nil
	switch {
	case good && whole:
		// The length may be wrong and still in bounds: look at the next header too.
		next := r.ahead(n, f.headerLen)
		if next == nil {
			return h, nil
		}
		if v := f.header(next); f.plausible(v, r.maxLen) && isNear(f.time(v), f.time(h)) {
			return h, nil
		}
		if c, ok := r.findChain(probePcap, 1); !ok || c.start >= n {
			return h, nil // if anything is damaged it is what follows
		}
	case whole:
		if c := r.chainAt(probePcap, 0); c.sure || c.records >= chainMin {
			return h, nil // time jumped
		}
	}
	c, ok := r.findChain(probePcap, 1)
	switch {
	case ok && (c.sure || !inBounds || whole):
		r.stats.Gaps++
		r.stats.SkippedBytes += int64(c.start)
		r.pos += c.start
		return f.header(r.bytes()), nil
	case inBounds && !whole:
		return h, nil // cut
	case !inBounds:
		return h, r.damaged(r.tooLong(h.capLen))
	}
	return h, r.damaged(errFormat("no plausible record here or after"))
}

// plausible tells whether h looks like the head of a record.
func (f *pcapFile) plausible(h pcapHeader, maxLen uint32) bool {
	return h.capLen <= maxLen && h.capLen <= h.wireLen && h.wireLen < maxPlausibleWire && h.frac < f.perSecond
}

// probePcap is stricter than plausible: zero bytes would make a long chain of empty records.
func probePcap(r *Reader, at int) (probe, bool) {
	b := r.ahead(at, r.pcap.headerLen)
	if b == nil {
		return probe{}, false
	}
	h := r.pcap.header(b)
	if h.capLen == 0 || !r.pcap.plausible(h, r.maxLen) {
		return probe{}, false
	}
	return probe{len: r.pcap.headerLen + int(h.capLen), time: r.pcap.time(h), timed: true}, true
}

// resyncPcapng goes on after the block at the current position, whose cause of damage is given, or returns the error to report.
func (r *Reader) resyncPcapng(cause error) error {
	err := r.damaged(cause)
	if !r.cfg.Resync {
		return err
	}
	// If only the content of the block is bad, its length still tells where the next one is.
	start := 1
	if c := r.chainAt(probeBlock, 0); c.records >= 2 || c.sure {
		v, _ := probeBlock(r, 0)
		start = v.len
		if c.sure && c.records == 1 {
			return err // it is the last block
		}
	}
	at := r.offset()
	c, ok := r.findChain(probeBlock, start)
	if !ok {
		return err
	}
	r.pos += c.start
	r.stats.Gaps++
	r.stats.SkippedBytes += r.offset() - at
	return nil
}

// probeBlock judges a pcapng block by its two lengths. Blocks of another byte order are believed only in a new section.
func probeBlock(r *Reader, at int) (probe, bool) {
	b := r.ahead(at, blockOverhead)
	if b == nil {
		return probe{}, false
	}
	order := r.ng.order
	kind := order.Uint32(b)
	if kind == blockSection {
		var ok bool
		if order, ok = sectionOrder(b); !ok {
			return probe{}, false
		}
		kind = order.Uint32(b)
	}
	registered := kind >= 1 && kind <= 12 || kind == blockSection || kind&0x7fffffff == 0xbad // the last: custom
	total := order.Uint32(b[4:])
	if !registered || total < blockOverhead || total%4 != 0 || total > r.maxLen+maxPlausibleSlack {
		return probe{}, false
	}
	end := r.ahead(at+int(total)-4, 4)
	return probe{len: int(total)}, end != nil && order.Uint32(end) == total
}
