// Package echo matches ICMP and ICMPv6 echo and timestamp requests with their replies: response time, loss, duplicates.
//
//	summary := echo.NewSummary(echo.SummaryConfig{})
//	matcher, err := echo.New(echo.Config{}, summary.Add)
//	...
//	_, err = pcapio.Copy(matcher, decoder)
//	err = errors.Join(err, matcher.Flush())
//	for _, d := range summary.Destinations() { ... }
//
// # What belongs together
//
// A reply answers a request of the same kind with the same two addresses the other way round, the same identifier and the same
// sequence number (RFC 792; RFC 4443, 4.1 and 4.2). VLANs and checksums do not matter: a reply whose payload was changed is a reply.
// A request and all that belongs to it are one [Exchange]:
//
//   - Repeats: a request that comes again unanswered, within Config.Timeout of its first copy, belongs to the same exchange. One
//     reply answers all copies; the response time is known from the last copy before the reply and from the first.
//   - Wraps: a request that comes again after it was answered, after Timeout, or after more than 32,768 others of the same addresses
//     and identifier (half of the sequence numbers, as in RFC 1982), begins a new exchange. Later replies are the new one's. So the 16
//     bits of the sequence number may wrap as often as they like.
//   - Duplicates: further replies to an answered request are counted on its exchange, and the last one's time is kept.
//   - Timeouts: a reply more than Timeout after the last copy of its request is late: it answers nothing.
//   - Loss: an exchange without reply is lost. A request that was repeated and then answered is not. When the capture ended sooner
//     than Timeout after the request, a lost exchange is also undecided, since the reply may have come later.
//   - Requests to multicast or broadcast addresses have answers from other addresses, which count as unmatched.
//
// Of a fragmented message the first fragment, which has the header, stands for the whole.
//
// # tshark
//
// [Classic] follows tshark's rule instead, checksum and all, and writes the fields that tshark -T fields prints.
package echo
