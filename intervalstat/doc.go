// Package intervalstat measures traffic over time: packets, bytes, rates and
// protocols in each interval.
//
// A [Series] takes decoded packets and gives out a [Bucket] as soon as its
// interval has ended:
//
//	series, err := intervalstat.NewSeries(intervalstat.Config{Width: time.Minute, Align: true},
//		intervalstat.BucketWriterFunc(func(b *intervalstat.Bucket) error {
//			_, err := fmt.Println(time.Unix(0, b.Start).UTC(), b.Packets, b.BitRate())
//			return err
//		}))
//	...
//	_, err = pcapio.Run(decoder, series)
//
// Where nothing else wants decoded packets, pcapio.CopyRecords(series, reader)
// does the same in a part of the time.
//
// # Intervals
//
// The grid lies on integer nanoseconds and does not drift. By default it begins
// at the first packet, and an interval is (a,b]: a packet on the border belongs
// to the earlier one, as with the program tcpstat. With Config.Align it lies on
// the clock, and an interval is [a,b). Only aligned intervals of different
// captures can be compared or merged ([Bucket.Merge]).
//
// The first and the last interval are seldom covered whole by the capture.
// Bucket.From and To say what is, [Bucket.Partial] whether that is less than
// the interval, and rates are over this time.
//
// Packets out of time order do not reopen an interval. Config.Lateness keeps
// intervals open longer, Config.Late says what becomes of packets that are
// later still, and [Stats] counts them: each packet given is in exactly one of
// its counters.
//
// # Sizes
//
// What the bytes of a packet are is a choice: see [SizePolicy]. Mean, variance
// and quantiles are of these sizes. Sums are integers, the sum of squares has
// 128 bits, and the variance is computed from them as a fraction, so that
// nothing cancels and order does not matter.
//
// # Groups
//
// A [Groups] is a Series for each group of packets: by protocol, VLAN, network
// or any function of a packet.
//
// # Flows
//
// When only flow records are left, a [Volume] spreads the volume of each flow
// over its time.
//
// The sub-package tcpstat has tcpstat's formats and its numbers, ifcounter the
// interface counters of the system.
package intervalstat
