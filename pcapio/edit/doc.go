// Package edit works on captures as tcpslice, editcap, mergecap and tcpdump -w
// do: it chooses records and changes them, and decodes no more than that takes.
//
// A [Slicer] gives the records of a [Window] of time, which [ParseWindow] makes
// of what people write (see [TimeSpec]); in a large file it finds them without
// reading the rest. A [DedupReader] leaves out what several taps saw. Transforms
// drop and change records one by one: [Truncate], [TruncateAfter], [StripLink],
// [Shift], [Scale], [Every], [SampleFlows], [FixChecksums], and any filter and
// anonymiser; [NewTransform] applies them. A [Rotator] writes one file after the
// other, by size, number of records or time.
//
// All of them read from a [pcapio.RecordReader] or are a [pcapio.RecordWriter],
// so that they go into each other, and [pcapio.CopyRecords] runs them:
//
//	s := edit.NewSlicer(r)
//	s.SetWindow(edit.Window{Start: from, End: to, HalfOpen: true})
//	n, err := pcapio.CopyRecords(w, edit.NewTransform(s, filter, edit.Truncate(96)))
package edit
