package pcapio

import "errors"

// resyncAfter goes on after the block at the current position, whose cause of damage is given, or
// returns the error to report.
func (f *pcapngFile) resyncAfter(cause error) error {
	err := f.damaged(cause)
	if !f.resync || errors.Is(cause, ErrLibpcap) {
		return err
	}
	// If only the content of the block is bad, its length still tells where the next one is.
	start := 1
	if c := f.chainAt(f, 0); c.records >= 2 || c.sure {
		start = f.probe(0).len
		if c.sure && c.records == 1 {
			return err // it is the last block
		}
	}
	if !f.insideChain(f, start) {
		c, ok := f.nextChain(f, start)
		if !ok {
			return err
		}
		start = c.start
	}
	f.pass(start)
	return nil
}

// probe judges a pcapng block by its two lengths. Blocks of another byte order are believed
// only in a new section.
func (f *pcapngFile) probe(at int) probe {
	b := f.ahead(at, blockOverhead)
	if b == nil {
		return probe{}
	}
	order := f.order
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
	if !registered || total < blockOverhead || total > f.maxLen+maxPlausibleSlack {
		return probe{}
	}
	n, err := f.unpadded(order, at, total)
	if err != nil {
		return probe{}
	}
	return probe{len: n, plausible: true}
}
