package tcptrace

import (
	"strconv"

	"github.com/reeftools/reef/pcapio"
)

// drawSegment draws what was sent into the time-sequence graph of its sender.
func (p *plotter) drawSegment(e *event) {
	flags := e.p.TCP.Flags
	start, end := int64(e.start), int64(e.end)
	color := ""
	mark := func(shape Shape, y int64, text string) {
		p.put(e, TimeSequence, true, Element{Shape: shape, Color: color, T: e.now, Y: y, Text: text})
	}
	stroke := func(from, to int64) {
		p.put(e, TimeSequence, true, Element{Shape: Line, Color: color, T: e.now, Y: from, T2: e.now, Y2: to})
	}
	again := e.again > 0
	// choose returns what fits a capture duplicate, a retransmission, or neither.
	choose := func(dup, repeat, plain string) string {
		switch {
		case e.hwDup:
			return dup
		case again:
			return repeat
		}
		return plain
	}
	if e.outOfOrder {
		color = "pink"
		mark(TextAbove, end, "O")
	}
	if again && flags&(pcapio.SYN|pcapio.FIN) == 0 {
		color = "red"
		mark(TextAbove, end, choose("HD", "R", ""))
	}
	if e.probe {
		color = "orange"
		mark(TextBelow, end, "P")
	}
	color = "white"
	switch {
	case flags&pcapio.SYN != 0:
		if flags&pcapio.ACK != 0 { // so that the graphs of both sides begin at the same time
			p.put(e, TimeSequence, true, Element{Shape: Dot, Color: "green", T: e.c.First, Y: start})
		}
		color = choose("blue", "red", "orange")
		mark(Diamond, start, "")
		mark(TextAbove, start+1, choose("HD SYN", "R SYN", "SYN"))
		mark(UpArrow, start+1, "")
		stroke(start, start+1)
	case flags&pcapio.FIN != 0:
		if e.dataLen > 0 {
			mark(DownArrow, start, "")
			stroke(start, end)
			color = choose("blue", "red", "orange")
		} else {
			color = choose("blue", "red", "orange")
			mark(DownArrow, end, "")
		}
		stroke(end, end+1)
		mark(Box, end+1, "")
		mark(TextAbove, end+1, choose("HD FIN", "R FIN", "FIN"))
	case e.dataLen > 0:
		color = choose("blue", "red", "white")
		mark(DownArrow, start, "")
		if flags&pcapio.PSH != 0 {
			bar := color
			color = "white"
			mark(Diamond, end, "")
			mark(Dot, end, "")
			color = bar
		} else {
			mark(UpArrow, end, "")
		}
		stroke(start, end)
	default:
		mark(DownArrow, start, "")
		mark(UpArrow, start, "")
	}
	p.drawECN(e, start)
	if e.dataLen > 0 && flags&pcapio.URG != 0 {
		color = "red"
		mark(TextAbove, end, "U")
	}
}

func (p *plotter) drawECN(e *event, start int64) {
	cwr := e.p.TCP.Flags&pcapio.CWR != 0
	ce := e.p.IPVersion == 4 && e.p.TOS&3 == 3
	text := "CE"
	switch {
	case cwr && ce:
		text = "CWR CE"
	case cwr:
		text = "CWR"
	case !ce:
		return
	}
	p.put(e, TimeSequence, true, Element{Shape: Diamond, Color: "yellow", T: e.now, Y: start})
	p.put(e, TimeSequence, true, Element{Shape: TextAbove, Color: "yellow", T: e.now, Y: start, Text: text})
}

// drawAnswer draws acknowledgment, window, SACK blocks and RST into the graph of the side that they
// answer.
func (p *plotter) drawAnswer(e *event) {
	t, flags := &e.p.TCP, e.p.TCP.Flags
	ack, winEnd := int64(t.Ack), int64(t.Ack)+int64(e.window)
	mark := func(shape Shape, color string, y int64, text string) {
		p.put(e, TimeSequence, false, Element{Shape: shape, Color: color, T: e.now, Y: y, Text: text})
	}
	if flags&pcapio.RST != 0 {
		at := int64(e.oldAck)
		if flags&pcapio.ACK != 0 {
			at = ack
		}
		mark(TextAbove, "magenta", at, "RST_IN")
		p.put(e, TimeSequence, true, Element{Shape: TextAbove, Color: "magenta", T: e.now, Y: int64(e.start), Text: "RST_OUT"})
		return
	}
	if flags&pcapio.ACK == 0 {
		return
	}
	if e.window == 0 {
		mark(TextAbove, "magenta", winEnd, "Z")
	}
	if e.oldAckTime != -1 {
		if p.stairs(e, "green", int64(e.oldAck), ack) {
			mark(DownTick, "green", ack, "")
			if e.ack == ackTriple {
				mark(TextAbove, "green", ack, "3")
			}
		}
		if flags&(pcapio.ECE|pcapio.SYN) == pcapio.ECE {
			mark(Diamond, "yellow", ack, "")
		}
		if p.stairs(e, "yellow", int64(e.oldWinEnd), winEnd) {
			mark(UpTick, "yellow", winEnd, "")
		}
	}
	p.drawSACK(e, mark)
}

// stairs continues a staircase from one level to another. It tells whether both are the same.
func (p *plotter) stairs(e *event, color string, from, to int64) bool {
	p.put(e, TimeSequence, false, Element{Shape: Line, Color: color, T: e.oldAckTime, Y: from, T2: e.now, Y2: from})
	if from == to {
		return true
	}
	p.put(e, TimeSequence, false, Element{Shape: Line, Color: color, T: e.now, Y: from, T2: e.now, Y2: to})
	return false
}

func (p *plotter) drawSACK(e *event, mark func(Shape, string, int64, string)) {
	t := &e.p.TCP
	blocks := t.SACK[:min(int(t.SACKCount), len(t.SACK))]
	if len(blocks) == 0 {
		return
	}
	top := blocks[0].Right
	for i, b := range blocks {
		left, right := int64(b.Left), int64(b.Right)
		p.put(e, TimeSequence, false, Element{Shape: Line, Color: "purple", T: e.now, Y: left, T2: e.now, Y2: right})
		mark(HorizTick, "purple", left, "")
		mark(HorizTick, "purple", right, "")
		if len(blocks) > 1 {
			mark(TextRight, "purple", right, strconv.Itoa(i+1))
		}
		if int32(b.Right-top) > 0 {
			top = b.Right
		}
	}
	mark(TextAbove, "purple", int64(top), "S")
}

// drawTimeLine draws a packet as an arrow between two time lines. The far end is guessed: a third
// of the round-trip time away. Unlike tcptrace's, sequence numbers are counted from the first of
// each side of each connection.
func (p *plotter) drawTimeLine(s, other *plotState, e *event) {
	const left, right = 40, 60
	put := func(shape Shape, color string, t, y, t2, y2 int64, text string) {
		p.put(e, TimeLine, true, Element{Shape: shape, Color: color, T: t, Y: y, T2: t2, Y2: y2, Text: text})
	}
	if e.c.Packets == 1 {
		put(Invisible, "white", e.now, 0, 0, 0, "")
		put(Invisible, "white", e.now, 100, 0, 0, "")
	}
	fromA := e.h == &e.c.A2B
	color := "yellow"
	if fromA {
		color = "green"
	}
	if e.p.TCP.Flags&(pcapio.SYN|pcapio.FIN|pcapio.RST) != 0 {
		color = "orange"
	}
	third := int64(e.h.state.rttLast) / 3
	far := e.now + third
	if !fromA {
		far = max(e.now-third, e.c.First)
	}
	put(Line, "white", e.c.First, left, far, left, "")
	put(Line, "white", e.c.First, right, far, right, "")
	text := timeLineText(s, other, e)
	if fromA {
		put(Line, color, e.now, left, far, right, "")
		put(RightArrow, color, far, right, 0, 0, "")
		put(TextLeft, "white", e.now, left, 0, 0, text)
		return
	}
	put(Line, color, far, right, e.now, left, "")
	put(LeftArrow, color, e.now, left, 0, 0, "")
	put(TextRight, "white", far, right, 0, 0, text)
}

func timeLineText(s, other *plotState, e *event) string {
	text := ""
	for _, f := range []struct {
		bit  pcapio.TCPFlags
		name string
	}{{pcapio.SYN, "SYN "}, {pcapio.FIN, "FIN "}, {pcapio.RST, "RST "}, {pcapio.PSH, "PSH "}, {pcapio.URG, "URG "}} {
		if e.p.TCP.Flags&f.bit != 0 {
			text += f.name
		}
	}
	if !s.started && e.p.TCP.Flags&pcapio.SYN == 0 {
		s.started, s.base = true, uint64(e.h.state.minSeq)
	}
	num := func(v uint64) string { return strconv.FormatInt(int64(v), 10) }
	text += num(e.start-s.base) + ":" + num(e.end-s.base) + "(" + num(e.end-e.start) + ") "
	if e.p.TCP.Flags&pcapio.ACK != 0 {
		text += "ack " + num(uint64(e.p.TCP.Ack)-other.base) + " "
	}
	text += "win " + num(e.window) + " "
	if e.again > 0 {
		text += "R "
	}
	if e.hwDup {
		text += "HD "
	}
	return text
}
