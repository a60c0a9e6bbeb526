package tcptrace

// GraphKind is one of tcptrace's graphs.
type GraphKind uint8

// The graphs. All but TimeLine are of what one side sends.
const (
	TimeSequence GraphKind = iota // sequence numbers, ACKs and window against time
	Throughput                    // bytes per second
	RoundTrip                     // round-trip times in milliseconds
	Outstanding                   // sent and not acknowledged, in bytes
	SegmentSize                   // payload of each segment
	// packets of both sides as arrows; time runs downwards, Y is a place from 0 to 100
	TimeLine
	numGraphs
)

var graphNames = [numGraphs]string{"tsg", "tput", "rtt", "owin", "ssize", "tline"}
var graphTitles = [numGraphs]string{"time sequence graph", "throughput", "rtt samples", "outstanding data", "segment size graph", "time line graph"}
var graphLabels = [numGraphs]string{"sequence number", "thruput (bytes/sec)", "rtt (ms)", "Outstanding Data (bytes)", "segment size (bytes)", "relative time"}

// Graph names a graph.
type Graph struct {
	Conn  *Conn
	Kind  GraphKind
	FromA bool // of what A sends; true for TimeLine
}

// Name returns the name that tcptrace gives the graph's file, without its suffix: a2b_tsg,
// a_b_tline.
func (g Graph) Name() string {
	a, b := g.Conn.Letters()
	switch {
	case g.Kind == TimeLine:
		return a + "_" + b + "_" + graphNames[g.Kind]
	case g.FromA:
		return a + "2" + b + "_" + graphNames[g.Kind]
	}
	return b + "2" + a + "_" + graphNames[g.Kind]
}

// Title returns tcptrace's title.
func (g Graph) Title() string {
	from, to := hostPort(g.Conn.A()), hostPort(g.Conn.B())
	if !g.FromA {
		from, to = to, from
	}
	return from + "_==>_" + to + " (" + graphTitles[g.Kind] + ")"
}

// XLabel returns the name of the horizontal axis.
func (g Graph) XLabel() string {
	if g.Kind == TimeLine {
		return "segments"
	}
	return "time"
}

// YLabel returns the name of the vertical axis.
func (g Graph) YLabel() string { return graphLabels[g.Kind] }

// Shape is what an [Element] looks like; its text is xplot's command.
type Shape string

// Shapes.
const (
	Line       Shape = "line"
	Dot        Shape = "dot"
	Diamond    Shape = "diamond"
	Box        Shape = "box"
	UpArrow    Shape = "uarrow"
	DownArrow  Shape = "darrow"
	LeftArrow  Shape = "larrow"
	RightArrow Shape = "rarrow"
	UpTick     Shape = "utick"
	DownTick   Shape = "dtick"
	HorizTick  Shape = "htick"
	Invisible  Shape = "invisible"
	TextAbove  Shape = "atext"
	TextBelow  Shape = "btext"
	TextLeft   Shape = "ltext"
	TextRight  Shape = "rtext"
)

// Element is a mark at a time and height; a line goes on to a second point.
type Element struct {
	Shape  Shape
	Color  string // xplot's names: white, green, red, blue, yellow, purple, orange, magenta, pink
	Series string // name of the curve that a dot or line belongs to, such as "rtt"; empty for marks
	Text   string // of the text shapes
	T, Y   int64  // µs since 1970, and the value
	T2, Y2 int64  // of a line
}

// ElementWriter takes the elements of graphs, those of a graph in order. WriteElement must not keep
// e. If it has a Flush, that is called at the end.
type ElementWriter interface {
	WriteElement(g Graph, e *Element) error
}

// ElementWriterFunc makes an [ElementWriter] of a function.
type ElementWriterFunc func(g Graph, e *Element) error

// WriteElement calls f.
func (f ElementWriterFunc) WriteElement(g Graph, e *Element) error { return f(g, e) }
