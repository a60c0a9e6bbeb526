package pcapio

import "errors"

// Looking for the next record after damage. One header alone proves little: payloads are full of
// bytes that look like one, and some are capture files themselves. So the reader looks for a chain
// of records, each beginning where the one before ends. A chain that is longer than a packet can
// be, or that ends just where the input ends, is believed. Among shorter ones the one that reaches
// farthest is, since a chain inside a payload ends with the packet that it is in.
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
	len       int   // of the record with its header; 0: there can be no record
	time      int64 // of the record
	timed     bool  // it has a time
	empty     bool  // it has no data
	plausible bool  // all fields are as in most files
}

// prober looks for a record at the given offset from the current position.
type prober func(r *Reader, at int) probe

// chain is a run of plausible records in the window. Offsets count from the current position.
type chain struct {
	start, end int
	records    int
	sure       bool // long enough, or just up to the end of the input
	near       bool // its first time is near that of the last good record
}

// findChain looks for the best chain that begins at or after start. It keeps what it scans in
// memory, up to the first candidate; the bound on that is maxScan.
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

// scan is how far the file was searched for a chain, and what was found, so that no byte is
// searched twice however often a record is odd.
type scan struct {
	found bool
	best  chain
	from  int64 // what best's offsets count from, in the file
	upTo  int64 // no other chain begins before this place in the file
}

// nextChain is findChain that remembers. A chain that was passed over, or that was not near the
// last good record, is not found later either.
func (r *Reader) nextChain(p prober, start int) (chain, bool) {
	at, s := r.offset(), &r.scan
	if !s.found || s.from+int64(s.best.start) < at+int64(start) {
		s.best, s.found = r.findChain(p, max(start, int(max(0, min(s.upTo-at, maxScan)))))
		s.from = at
		upTo := maxScan
		switch {
		case s.found && s.best.sure:
			upTo = s.best.start + 1
		case s.found:
			upTo = s.best.end
		}
		s.upTo = max(s.upTo, at+int64(upTo))
	}
	c := s.best
	c.start += int(s.from - at)
	c.end += int(s.from - at)
	return c, s.found
}

// insideChain tells whether a chain that was believed goes on at an offset at which a record of it
// begins.
func (r *Reader) insideChain(p prober, at int) bool {
	s, o := &r.scan, r.offset()+int64(at)
	return s.found && s.from+int64(s.best.start) < o && o < s.from+int64(s.best.end) && p(r, at).plausible
}

// maxScan bounds the bytes without a record that Resync passes over, and so its memory.
const maxScan = 16 << 20

// chainAt follows the records from offset o.
func (r *Reader) chainAt(p prober, o int) chain {
	c := chain{start: o, end: o, near: !r.timed}
	last := int64(0)
	for c.records < chainMin || c.records < chainRecords && c.end-o < chainSpan {
		if r.need(c.end+1) != nil {
			c.sure = c.records > 0
			return c
		}
		v := p(r, c.end)
		if !v.plausible || v.empty { // zero bytes would make a long chain of empty records
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

// check is for formats without a mark at the begin of a record. It makes sure that a believable
// record is at the current position, and skips what is damaged. If nothing better follows it
// changes nothing, and the record is read as without Resync: a file with odd records stays as it
// is, and a record that is cut by the end of the file is reported as that.
func (r *Reader) check(p prober) {
	v := p(r, 0)
	good := v.plausible && (!r.timed || isNear(v.time, r.last))
	whole := v.len > 0 && r.need(v.len) == nil
	if whole {
		if next := p(r, v.len); good && next.plausible && isNear(next.time, v.time) {
			return // the usual case
		}
		if believable := !v.empty || good; believable && r.leadsOn(p, v.len) {
			return
		}
		if c := r.chainAt(p, 0); !good && c.records >= chainMin {
			return // time jumped
		}
	}
	c, ok := r.nextChain(p, 1)
	switch {
	case !ok, good && whole && c.start >= v.len: // if anything is damaged it is what follows
		return
	case v.len > 0 && !whole && !c.sure: // cut; what looks like records is its payload
		return
	}
	r.pos += c.start
	r.stats.Gaps++
	r.stats.SkippedBytes += int64(c.start)
}

// leadsOn tells whether, perhaps after some odd records, a chain begins at an offset, or the input
// ends there. Several odd records in a row are believed too: one random length in four
// billion/MaxRecordLen is in bounds, and each must lead to the next.
func (r *Reader) leadsOn(p prober, at int) bool {
	for range chainMin {
		if r.need(at+1) != nil {
			return r.end-r.pos == at
		}
		if c := r.chainAt(p, at); c.sure || c.records >= chainMin {
			return true
		}
		v := p(r, at)
		if v.len == 0 || v.empty {
			return false
		}
		at += v.len
	}
	return true
}

func probePcap(r *Reader, at int) probe {
	f := &r.pcap
	b := r.ahead(at, f.headerLen)
	if b == nil {
		return probe{}
	}
	h := f.header(b)
	if h.capLen > r.maxLen || f.isFileHeader(h) {
		return probe{}
	}
	p := probe{len: f.headerLen + int(h.capLen), time: f.time(h), timed: true, empty: h.capLen == 0}
	p.plausible = h.capLen <= h.wireLen && h.wireLen < maxPlausibleWire && h.frac < f.perSecond
	return p
}

// resyncPcapng goes on after the block at the current position, whose cause of damage is given, or
// returns the error to report.
func (r *Reader) resyncPcapng(cause error) error {
	err := r.damaged(cause)
	if !r.cfg.Resync || errors.Is(cause, ErrLibpcap) {
		return err
	}
	// If only the content of the block is bad, its length still tells where the next one is.
	start := 1
	if c := r.chainAt(probeBlock, 0); c.records >= 2 || c.sure {
		start = probeBlock(r, 0).len
		if c.sure && c.records == 1 {
			return err // it is the last block
		}
	}
	if !r.insideChain(probeBlock, start) {
		c, ok := r.nextChain(probeBlock, start)
		if !ok {
			return err
		}
		start = c.start
	}
	r.pos += start
	r.stats.Gaps++
	r.stats.SkippedBytes += int64(start)
	return nil
}

// probeBlock judges a pcapng block by its two lengths. Blocks of another byte order are believed
// only in a new section.
func probeBlock(r *Reader, at int) probe {
	b := r.ahead(at, blockOverhead)
	if b == nil {
		return probe{}
	}
	order := r.ng.order
	kind := order.Uint32(b)
	if kind == blockSection {
		var ok bool
		if order, ok = sectionOrder(b); !ok {
			return probe{}
		}
		kind = order.Uint32(b)
	}
	// the last: custom
	registered := kind >= 1 && kind <= 12 || kind == blockSection || kind&0x7fffffff == 0xbad
	total := order.Uint32(b[4:])
	if !registered || total < blockOverhead || total > r.maxLen+maxPlausibleSlack {
		return probe{}
	}
	n, err := r.unpadded(order, at, total)
	if err != nil {
		return probe{}
	}
	return probe{len: n, plausible: true}
}
