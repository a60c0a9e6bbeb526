package filter

// An expression is parsed into a tree of these nodes, which knows nothing of link types.
type (
	node interface{}

	andNode struct{ left, right node }
	orNode  struct{ left, right node }
	notNode struct{ of node }

	// valueNode is an address, number or name with the qualifiers that apply to it: "src net 10/8",
	// "port http".
	valueNode struct {
		q       qualifiers
		value   token
		mask    token // dotted mask, if kind is not tokEnd
		bits    uint32
		hasBits bool // value/bits
	}

	// protoNode is a protocol name alone: "tcp".
	protoNode struct {
		proto proto
		pos   int
	}

	// relationNode compares two numbers: "ip[8] < 64".
	relationNode struct {
		op          string // "=", ">" or ">="
		not         bool   // the result is negated: "!=", "<=" and "<"
		left, right arith
		pos         int
	}

	// keywordNode is a primitive that begins with its own word: "vlan 10", "less 100", "ether
	// broadcast".
	keywordNode struct {
		word   string
		proto  proto // in front of broadcast and multicast
		n      uint32
		hasN   bool
		offset uint32 // of "byte": its first number
		op     string // of "byte"
		pos    int
	}

	// frameNode is an 802.11 frame control test: "type mgt subtype beacon", "dir tods".
	frameNode struct {
		offset, value, mask uint32
	}

	// llcNode is "llc", perhaps with a frame type: "llc ui".
	llcNode struct{ value, mask uint32 }
)

// An arithmetic expression is a tree of these.
type (
	arith interface{}

	numArith    struct{ n uint32 }
	lenArith    struct{}
	negArith    struct{ of arith }
	binaryArith struct {
		op          string
		left, right arith
		pos         int // of the operator
	}
	// loadArith is proto[index:size].
	loadArith struct {
		proto proto
		index arith
		size  uint32
		pos   int
	}
)

// qualifiers say what kind of thing a value is.
type qualifiers struct {
	set   bool // false where there is nothing to inherit from: then a value is an error
	proto proto
	dir   direction
	kind  kind
}

type direction uint8

const (
	dirNone direction = iota
	dirSrc
	dirDst
	dirSrcOrDst
	dirSrcAndDst
	dirAddr1
	dirAddr2
	dirAddr3
	dirAddr4
	dirRA
	dirTA
)

type kind uint8

const (
	kindNone kind = iota
	kindHost
	kindNet
	kindPort
	kindPortRange
	kindProto
	kindProtoChain
	kindGateway
)

var kindWords = map[string]kind{
	"host": kindHost, "net": kindNet, "port": kindPort, "portrange": kindPortRange,
	"proto": kindProto, "protochain": kindProtoChain, "gateway": kindGateway,
}

var dirWords = map[string]direction{
	"src": dirSrc, "dst": dirDst, "addr1": dirAddr1, "addr2": dirAddr2, "addr3": dirAddr3, "addr4": dirAddr4, "ra": dirRA, "ta": dirTA,
}
