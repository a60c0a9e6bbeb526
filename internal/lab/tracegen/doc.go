// Package tracegen makes synthetic packet traces for tests and benchmarks: any
// size, the same bytes for the same [Config] on every machine, in memory that
// grows with concurrent flows only.
//
// A [Generator] is a small discrete-event simulation. Two ends talk over a
// path, and a monitor sits somewhere on it:
//
//	client --- near --- monitor --- far --- server
//
// A sent segment becomes an event "passes the monitor" (where it turns into a
// record) and then an event "arrives". Ends react as real ones do: TCP with
// handshake, options, delayed ACKs (RFC 1122), slow start and congestion
// avoidance (RFC 5681), fast retransmit and NewReno recovery (RFC 6582), SACK
// blocks (RFC 2018), timestamps (RFC 7323) and retransmission timeouts; DNS,
// UDP exchanges and streams, ICMP echo. A segment is lost before the monitor
// (never seen, so that its retransmission fills a gap) or behind it (seen
// twice). Losses, retransmissions and ends of connections are counted in
// [Stats]: the ground truth to test an analysis against.
//
// Randomness is math/rand/v2's PCG; all arithmetic is on integers, since math's
// functions may differ between processors.
//
// The files: config.go, generator.go (the loop), flow.go (how flows begin),
// wheel.go (the queue of events), path.go (delay, loss, reordering), tcp.go,
// tcpsend.go and tcprecv.go, datagram.go (UDP and ICMP), frame.go and
// tcpframe.go (bytes and checksums), rng.go, stats.go.
package tracegen
