package pcapio

// Reason counts the packets or records that a stage did not use for one reason. The Account method
// of a stage's Stats returns them. The input is the sum of what was used and all reasons.
type Reason struct {
	Name    string // in words, such as "fragments without the first one"
	Packets uint64
}

// Reasons returns the packets by status, without the statuses that have none.
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
