package echo

import (
	"net/netip"
	"slices"

	"github.com/reeftools/reef/internal/columns"
)

// Column is a column of [CSV] and [JSONL]: its name, unit and definition, the kind of its values,
// and the function that reads them of an exchange.
type Column = columns.Column[Exchange]

var exchangeColumns = []Column{
	columns.Word("kind", "echo, timestamp or echo6",
		func(b []byte, e *Exchange) []byte { return append(b, e.Kind.String()...) }),
	columns.Addr("src", "who asked", func(e *Exchange) netip.Addr { return e.SrcAddr() }),
	columns.Addr("dst", "who was asked", func(e *Exchange) netip.Addr { return e.DstAddr() }),
	columns.Uint("id", "", "identifier", func(e *Exchange) (uint64, bool) { return uint64(e.ID), true }),
	columns.Uint("seq", "", "sequence number", func(e *Exchange) (uint64, bool) { return uint64(e.Seq), true }),
	columns.Nanoseconds("request_ns", "time of the first copy of the request, ns since 1970",
		func(e *Exchange) (int64, bool) { return e.Request, true }),
	columns.Uint("requests", "packets", "copies of the request",
		func(e *Exchange) (uint64, bool) { return uint64(e.Requests), true }),
	columns.Uint("replies", "packets", "0, 1, or more with duplicates",
		func(e *Exchange) (uint64, bool) { return uint64(e.Replies), true }),
	columns.Word("result", "answered or lost", func(b []byte, e *Exchange) []byte { return append(b, e.result()...) }),
	columns.Int("rtt_ns", "ns", "first reply after the last copy of the request",
		func(e *Exchange) (int64, bool) { return int64(e.RTT()), e.Answered() }),
	columns.Int("first_rtt_ns", "ns", "first reply after the first copy",
		func(e *Exchange) (int64, bool) { return int64(e.FirstRTT()), e.Answered() }),
	columns.Int("last_rtt_ns", "ns", "last reply after the last copy",
		func(e *Exchange) (int64, bool) { return e.LastReply - e.LastRequest, e.Answered() }),
	columns.Int("request_bytes", "bytes", "length of the request from the ICMP header on",
		func(e *Exchange) (int64, bool) { return int64(e.RequestLen), true }),
	columns.Int("reply_bytes", "bytes", "length of the first reply from the ICMP header on",
		func(e *Exchange) (int64, bool) { return int64(e.ReplyLen), e.Answered() }),
	columns.Uint("request_ttl", "", "time to live or hop limit of the first request",
		func(e *Exchange) (uint64, bool) { return uint64(e.RequestTTL), true }),
	columns.Uint("reply_ttl", "", "time to live or hop limit of the first reply",
		func(e *Exchange) (uint64, bool) { return uint64(e.ReplyTTL), e.Answered() }),
	columns.Bool("payload_changed", "a reply carried other data than the request",
		func(e *Exchange) (bool, bool) { return e.PayloadChanged, true }),
	columns.Bool("reordered", "the first reply came after one to a later request",
		func(e *Exchange) (bool, bool) { return e.Reordered, true }),
	columns.Uint("answers", "", "how many hosts answered",
		func(e *Exchange) (uint64, bool) { return uint64(e.Answers()), true }),
	columns.Uint("answer", "", "which of them this line is about, from 1",
		func(e *Exchange) (uint64, bool) { return uint64(e.nth + 1), e.Answered() }),
	columns.Addr("responder", "address of who answered", func(e *Exchange) netip.Addr { return e.ResponderAddr() }),
	columns.Word("end_reason", "idle timeout, end of flow (answered, then asked again), forced end (of the capture) or lack of resources",
		func(b []byte, e *Exchange) []byte { return append(b, e.Reason.String()...) }),
}

// Columns returns the columns that [CSV] and [JSONL] write, in their order. The columns of the
// reply have no value if there was none. All of them describe the replies of the responder.
func Columns() []Column { return slices.Clone(exchangeColumns) }

func (e *Exchange) result() string {
	if e.Answered() {
		return "answered"
	}
	return "lost"
}
