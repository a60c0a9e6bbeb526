// Package pcapio reads packet captures and decodes packets. Every reef program
// begins with it.
//
// # Reading
//
// [Open] opens capture files, named pipes or standard input, of any format in
// use: classic pcap with microseconds or nanoseconds in either byte order, its
// old and patched variants, pcapng, and snoop; plain or compressed by gzip,
// bzip2, zstd, xz or lz4. The content tells the format, never the name. Several
// files are read as one capture:
//
//	r, err := pcapio.Open("mon.pcap.gz", "tue.pcapng")
//	if err != nil {
//		return err
//	}
//	defer r.Close()
//	var rec pcapio.Record
//	for {
//		err := r.ReadRecord(&rec)
//		if err == io.EOF {
//			break
//		}
//		if err != nil {
//			return err // after the good records: a *FileError with file, offset and record number
//		}
//		fmt.Println(rec.Timestamp(), len(rec.Data), rec.OrigLen)
//	}
//
// A [Reader] reads from front to end, unless it is told to seek, and never waits
// for more than the next record, so it works on pipes and on files that still
// grow. Record.Data is a slice of its buffer and valid until the next call:
// Clone a record to keep it.
//
// # Damage
//
// A cut or damaged file gives its good records first, then a [*FileError] at
// each further call. With ReaderConfig.Resync a Reader looks for the next
// record instead, and counts what it skipped in [ReaderStats]. Lengths in files
// are checked before any memory is asked for. Odd but harmless records (longer
// than the snap length, longer than on the wire, a million microseconds) are
// delivered and counted.
//
// # Packets
//
// A [Decoder] makes packets of records, and analyses take packets. [Run] feeds
// any number of analyses in one pass and ends them; [Copy] and [MultiWriter]
// are its parts, and [All] is for loops. [NewMerge] interleaves captures of
// parallel taps by time.
//
// # Times
//
// All times are nanoseconds since 1970 in an int64, which reaches from 1677 to
// 2262. They are computed from the file in exact integer arithmetic, rounding
// down; pcapng times beyond that range become its nearest end and are counted.
//
// # Sub-packages
//
// Package edit slices, merges, changes and rotates captures, filter has
// tcpdump's expressions, anon anonymises addresses, live captures from an
// interface, and gopacketio goes both ways between reef and gopacket.
package pcapio
