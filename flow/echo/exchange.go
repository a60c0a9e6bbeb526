package echo

import (
	"iter"
	"net/netip"
	"time"

	"github.com/reeftools/reef/flow"
)

// Exchange is a request and what belongs to it.
type Exchange struct {
	Kind    Kind
	Src     [16]byte // who asked; IPv4 as ::ffff:a.b.c.d
	Dst     [16]byte // who was asked
	ID, Seq uint16

	Request     int64  // time of the first copy of the request, ns since 1970
	LastRequest int64  // time of the last copy
	Requests    uint32 // copies of the request

	// length of the first request from the ICMP header on, in bytes, by the IP header
	RequestLen int32
	RequestTTL uint8 // time to live or hop limit of the first request
	// Group says that a multicast or broadcast address was asked. A directed broadcast is
	// recognised when another host has answered.
	Group bool

	// Answer is the answer of the first host that answered. Its Replies is 0 if none did.
	Answer
	// More holds the answers of the other hosts that a Group request reached, in order of their
	// first replies. Valid only during WriteExchange.
	More []Answer

	// Reason is why the exchange ended: flow.IdleTimeout after Config.Timeout, flow.ForcedEnd by
	// Flush, flow.LackOfResources when Config.MaxPending was reached, flow.EndOfFlow when an
	// answered request came again.
	Reason flow.EndReason

	nth     int     // which of the answers Answer is; see answers
	payload payload // of the last copy of the request
	ordinal uint64  // counts the exchanges of its stream
	gone    bool    // a newer exchange has its key
}

// Answer is what one host replied to a request.
type Answer struct {
	Responder [16]byte // who replied; IPv4 as ::ffff:a.b.c.d
	Replies   uint32   // 0 if there was no reply; more than 1 are duplicates
	ReplyLen  int32    // length of the first reply, as RequestLen
	Reply     int64    // time of the first reply, if Replies > 0
	LastReply int64    // time of the last reply
	ReplyTTL  uint8    // of the first reply

	// PayloadChanged says that a reply to an echo request carried other data than the request.
	PayloadChanged bool
	// Reordered says that the first reply came after one to a later request of the same addresses,
	// kind and identifier.
	Reordered bool
}

// Answers returns how many hosts answered: at most 1, except with Group.
func (e *Exchange) Answers() int {
	if e.Replies == 0 {
		return 0
	}
	return 1 + len(e.More)
}

// answers returns an iterator that gives e once for each of its answers, with that answer as
// Answer. It gives e itself if it has none or one.
func (e *Exchange) answers() iter.Seq[*Exchange] {
	return func(yield func(*Exchange) bool) {
		if !yield(e) {
			return
		}
		one := *e
		for i := range e.More {
			one.Answer, one.nth = e.More[i], i+1
			if !yield(&one) {
				return
			}
		}
	}
}

// ResponderAddr returns the address of the host that answered first; it is not valid if none did.
func (e Exchange) ResponderAddr() netip.Addr {
	if e.Replies == 0 {
		return netip.Addr{}
	}
	return addrOf(e.Kind, e.Responder)
}

// SrcAddr returns the address of the requester.
func (e Exchange) SrcAddr() netip.Addr { return addrOf(e.Kind, e.Src) }

// DstAddr returns the address that was asked.
func (e Exchange) DstAddr() netip.Addr { return addrOf(e.Kind, e.Dst) }

func addrOf(k Kind, a [16]byte) netip.Addr {
	if k == EchoV6 {
		return netip.AddrFrom16(a)
	}
	return netip.AddrFrom16(a).Unmap()
}

// Answered tells whether there was a reply.
func (e *Exchange) Answered() bool { return e.Replies > 0 }

// Lost tells whether there was no reply.
func (e *Exchange) Lost() bool { return e.Replies == 0 }

// Undecided tells whether a lost exchange ended before Config.Timeout had passed, so that a reply
// may still have come.
func (e *Exchange) Undecided() bool { return e.Replies == 0 && e.Reason != flow.IdleTimeout }

// RTT returns the response time: from the last copy of the request to the first reply. It is
// negative when the capture's clock was set back in between, and 0 without a reply.
func (e *Exchange) RTT() time.Duration {
	if e.Replies == 0 {
		return 0
	}
	return time.Duration(e.Reply - e.LastRequest)
}

// FirstRTT returns the response time counted from the first copy of the request.
func (e *Exchange) FirstRTT() time.Duration {
	if e.Replies == 0 {
		return 0
	}
	return time.Duration(e.Reply - e.Request)
}
