package pcapio

// Looking for the next record after damage. One header alone proves little: payloads are full of
// bytes that look like one, and some are capture files themselves. So the reader looks for a chain
// of records, each beginning where the one before ends. A chain that is longer than a packet can
// be, or that ends just where the input ends, is believed. Among shorter ones the one that reaches
// farthest is believed, since a chain inside a payload ends with its packet.
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
type prober interface{ probe(at int) probe }

// chain is a run of plausible records in memory. Offsets count from the current position.
type chain struct {
	start, end int
	records    int
	sure       bool // long enough, or just up to the end of the input
	near       bool // its first time is near that of the last good record
}

// findChain looks for the best chain that begins at or after start. It keeps what it scans in
// memory, up to the first candidate; the bound on that is maxScan.
func (s *source) findChain(p prober, start int) (best chain, ok bool) {
	for o := start; o < maxScan; o++ {
		if best.records > 0 && o >= best.end {
			break // whatever begins here does not contradict best
		}
		if s.need(o+1) != nil {
			break
		}
		c := s.chainAt(p, o)
		if c.sure && (c.near || c.records >= chainMin) {
			return c, true
		}
		if c.near && c.records >= chainMin && c.end > best.end {
			best = c
		}
	}
	return best, best.records > 0
}

// scan remembers how far the file was searched for a chain, and the result. So no byte is searched
// twice, however many records are odd.
type scan struct {
	found bool
	best  chain
	from  int64 // what best's offsets count from, in the file
	upTo  int64 // no other chain begins before this place in the file
}

// nextChain is findChain with memory: it does not search the same bytes again. A chain that was
// passed over, or that was not near the last good record, is not found later either.
func (s *source) nextChain(p prober, start int) (chain, bool) {
	at, seen := s.offset(), &s.scan
	if !seen.found || seen.from+int64(seen.best.start) < at+int64(start) {
		seen.best, seen.found = s.findChain(p, max(start, int(max(0, min(seen.upTo-at, maxScan)))))
		seen.from = at
		upTo := maxScan
		switch {
		case seen.found && seen.best.sure:
			upTo = seen.best.start + 1
		case seen.found:
			upTo = seen.best.end
		}
		seen.upTo = max(seen.upTo, at+int64(upTo))
	}
	c := seen.best
	c.start += int(seen.from - at)
	c.end += int(seen.from - at)
	return c, seen.found
}

// insideChain tells whether the believed chain has a record that begins at the given offset.
func (s *source) insideChain(p prober, at int) bool {
	seen, o := &s.scan, s.offset()+int64(at)
	return seen.found && seen.from+int64(seen.best.start) < o && o < seen.from+int64(seen.best.end) && p.probe(at).plausible
}

// maxScan bounds the bytes without a record that Resync passes over, and so its memory.
const maxScan = 16 << 20

// chainAt follows the records from offset o.
func (s *source) chainAt(p prober, o int) chain {
	c := chain{start: o, end: o, near: !s.timed}
	last := int64(0)
	for c.records < chainMin || c.records < chainRecords && c.end-o < chainSpan {
		if s.need(c.end+1) != nil {
			c.sure = c.records > 0
			return c
		}
		v := p.probe(c.end)
		if !v.plausible || v.empty { // zero bytes would make a long chain of empty records
			return c
		}
		if s.need(c.end+v.len) != nil {
			return c // cut by the end of the input
		}
		switch {
		case !v.timed:
			c.near = true
		case c.records == 0:
			c.near = !s.timed || isNear(v.time, s.last)
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

// check is for formats whose records begin without a magic number. It makes sure that a plausible
// record is at the current position, and skips damaged bytes. If nothing better follows it changes
// nothing, and the record is read as without Resync. So odd records are kept, and a record that the
// end of the file cuts is reported as cut.
func (s *source) check(p prober) {
	v := p.probe(0)
	good := v.plausible && (!s.timed || isNear(v.time, s.last))
	whole := v.len > 0 && s.need(v.len) == nil
	if whole {
		if next := p.probe(v.len); good && next.plausible && isNear(next.time, v.time) {
			return // the usual case
		}
		if believable := !v.empty || good; believable && s.leadsOn(p, v.len) {
			return
		}
		if c := s.chainAt(p, 0); !good && c.records >= chainMin {
			return // time jumped
		}
	}
	c, ok := s.nextChain(p, 1)
	switch {
	case !ok, good && whole && c.start >= v.len: // if anything is damaged it is what follows
		return
	case v.len > 0 && !whole && !c.sure: // cut; what looks like records is its payload
		return
	}
	s.pass(c.start)
}

// pass goes on behind damage of n bytes.
func (s *source) pass(n int) {
	s.pos += n
	s.stats.Gaps++
	s.stats.SkippedBytes += uint64(n)
}

// leadsOn tells whether a chain begins at an offset, perhaps after some odd records, or the input
// ends there. Several odd records in a row are believed too: a random length is in bounds only once
// in four billion/MaxRecordLen, and each must lead to the next.
func (s *source) leadsOn(p prober, at int) bool {
	for range chainMin {
		if s.need(at+1) != nil {
			return s.end-s.pos == at
		}
		if c := s.chainAt(p, at); c.sure || c.records >= chainMin {
			return true
		}
		v := p.probe(at)
		if v.len == 0 || v.empty {
			return false
		}
		at += v.len
	}
	return true
}
