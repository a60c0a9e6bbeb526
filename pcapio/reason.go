package pcapio

// Reason is a share of the packets or records that a stage did not use, by why. The Account method
// of the stages' Stats gives them; what came in is what was used and the sum of them.
type Reason struct {
	Name    string // in words, such as "fragments without the first one"
	Packets uint64
}

// Reasons returns the packets by status, without those of which there are none.
func (c *StatusCounts) Reasons() []Reason {
	var all []Reason
	for s, n := range c {
		if n > 0 {
			all = append(all, Reason{Name: Status(s).String(), Packets: n})
		}
	}
	return all
}

// Merge adds the counts of o.
func (c *StatusCounts) Merge(o *StatusCounts) {
	for s, n := range o {
		c[s] += n
	}
}
