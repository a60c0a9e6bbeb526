package echo

import (
	"io"
	"strconv"
)

// column is a field of [CSV] and [JSONL]. append adds its value to b, or nothing where there is
// none.
type column struct {
	name   string
	text   bool // not a number nor true or false
	append func(b []byte, e *Exchange) []byte
}

var columns = [...]column{
	{"kind", true, func(b []byte, e *Exchange) []byte { return append(b, e.Kind.String()...) }},
	{"src", true, func(b []byte, e *Exchange) []byte { return e.SrcAddr().AppendTo(b) }},
	{"dst", true, func(b []byte, e *Exchange) []byte { return e.DstAddr().AppendTo(b) }},
	{"id", false, func(b []byte, e *Exchange) []byte { return strconv.AppendUint(b, uint64(e.ID), 10) }},
	{"seq", false, func(b []byte, e *Exchange) []byte { return strconv.AppendUint(b, uint64(e.Seq), 10) }},
	{"request_ns", false, func(b []byte, e *Exchange) []byte { return strconv.AppendInt(b, e.Request, 10) }},
	{"requests", false, func(b []byte, e *Exchange) []byte { return strconv.AppendUint(b, uint64(e.Requests), 10) }},
	{"replies", false, func(b []byte, e *Exchange) []byte { return strconv.AppendUint(b, uint64(e.Replies), 10) }},
	{"result", true, func(b []byte, e *Exchange) []byte { return append(b, e.result()...) }},
	{"rtt_ns", false, ifAnswered(func(e *Exchange) int64 { return int64(e.RTT()) })},
	{"first_rtt_ns", false, ifAnswered(func(e *Exchange) int64 { return int64(e.FirstRTT()) })},
	{"last_rtt_ns", false, ifAnswered(func(e *Exchange) int64 { return e.LastReply - e.LastRequest })},
	{"request_bytes", false, func(b []byte, e *Exchange) []byte { return strconv.AppendInt(b, int64(e.RequestLen), 10) }},
	{"reply_bytes", false, ifAnswered(func(e *Exchange) int64 { return int64(e.ReplyLen) })},
	{"request_ttl", false, func(b []byte, e *Exchange) []byte { return strconv.AppendUint(b, uint64(e.RequestTTL), 10) }},
	{"reply_ttl", false, ifAnswered(func(e *Exchange) int64 { return int64(e.ReplyTTL) })},
	{"payload_changed", false, func(b []byte, e *Exchange) []byte { return strconv.AppendBool(b, e.PayloadChanged) }},
	{"reordered", false, func(b []byte, e *Exchange) []byte { return strconv.AppendBool(b, e.Reordered) }},
	{"answers", false, func(b []byte, e *Exchange) []byte { return strconv.AppendInt(b, int64(e.Answers()), 10) }},
	{"answer", false, ifAnswered(func(e *Exchange) int64 { return int64(e.nth + 1) })},
	{"responder", true, func(b []byte, e *Exchange) []byte {
		if !e.Answered() {
			return b
		}
		return e.ResponderAddr().AppendTo(b)
	}},
	{"end_reason", true, func(b []byte, e *Exchange) []byte { return append(b, e.Reason.String()...) }},
}

func ifAnswered(value func(e *Exchange) int64) func([]byte, *Exchange) []byte {
	return func(b []byte, e *Exchange) []byte {
		if !e.Answered() {
			return b
		}
		return strconv.AppendInt(b, value(e), 10)
	}
}

func (e *Exchange) result() string {
	if e.Answered() {
		return "answered"
	}
	return "lost"
}

// CSV writes exchanges as comma-separated values, one line each, under a line of column names. A
// multicast or broadcast request that several hosts answered has a line for each of them, in order;
// those with an answer above 1 repeat a request that was counted.
//
//   - kind: echo, timestamp or echo6; src, dst: who asked and who was asked; id, seq
//   - request_ns: time of the first copy of the request, nanoseconds since 1970; requests: copies
//   - replies: 0, 1, or more with duplicates; result: answered or lost
//   - rtt_ns: first reply after the last copy of the request; first_rtt_ns: first reply after the
//     first copy; last_rtt_ns: last reply after the last copy
//   - request_bytes, reply_bytes: lengths of the ICMP messages; request_ttl, reply_ttl
//   - payload_changed, reordered: true or false
//   - answers: how many hosts answered; answer: which of them this line is about, from 1;
//     responder: its address
//   - end_reason: idle timeout, end of flow (answered, then asked again), forced end (of the
//     capture) or lack of resources
//
// Columns of the reply are empty without one; all are about the replies of the responder.
type CSV struct {
	w   io.Writer
	buf []byte
}

// NewCSV returns a writer of CSV to w, which should be buffered, and writes the line of column
// names.
func NewCSV(w io.Writer) (*CSV, error) {
	c := &CSV{w: w}
	for i := range columns {
		c.buf = append(append(c.buf, columns[i].name...), ',')
	}
	c.buf[len(c.buf)-1] = '\n'
	_, err := w.Write(c.buf)
	return c, err
}

// WriteExchange writes one line, or one for each host that answered.
func (c *CSV) WriteExchange(e *Exchange) error {
	c.buf = c.buf[:0]
	for e := range e.answers() {
		for i := range columns {
			c.buf = append(columns[i].append(c.buf, e), ',')
		}
		c.buf[len(c.buf)-1] = '\n'
	}
	_, err := c.w.Write(c.buf)
	return err
}

// JSONL writes exchanges as JSON, one object on each line, and lines as those of [CSV]. The names
// are those of [CSV]; what would be empty is left out.
type JSONL struct {
	w   io.Writer
	buf []byte
}

// NewJSONL returns a writer of JSON lines to w, which should be buffered.
func NewJSONL(w io.Writer) *JSONL { return &JSONL{w: w} }

// WriteExchange writes one line, or one for each host that answered.
func (j *JSONL) WriteExchange(e *Exchange) error {
	j.buf = j.buf[:0]
	for e := range e.answers() {
		j.buf = appendJSON(j.buf, e)
	}
	_, err := j.w.Write(j.buf)
	return err
}

func appendJSON(b []byte, e *Exchange) []byte {
	b = append(b, '{')
	for i := range columns {
		c := &columns[i]
		start := len(b)
		b = append(append(append(b, '"'), c.name...), '"', ':')
		if c.text {
			b = append(b, '"')
		}
		value := len(b)
		if b = c.append(b, e); len(b) == value {
			b = b[:start]
			continue
		}
		if c.text {
			b = append(b, '"')
		}
		b = append(b, ',')
	}
	b[len(b)-1] = '}'
	return append(b, '\n')
}
