package pcapio

// Reason is a share of the packets or records that a stage did not use, by why. The Account method
// of the stages' Stats gives them; what came in is what was used and the sum of them.
type Reason struct {
	Name    string // in words, such as "fragments without the first one"
	Packets uint64
}
