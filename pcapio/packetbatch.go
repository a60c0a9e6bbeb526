package pcapio

// PacketBatchReader is for packets what [BatchReader] is for records.
//
// ReadPackets fills ps from the front and returns how many: one at least, or an error as of
// [PacketReader]. It never waits for a second one. The Data of all stays valid until the next call.
type PacketBatchReader interface {
	ReadPackets(ps []Packet) (int, error)
}

// packetBatch is how many packets are read together: few enough to stay in the first cache with
// what is done to them.
const packetBatch = 16

// ReadPackets reads a packet, and those behind it that are in memory already, if ps has room for
// them. It is a [PacketBatchReader], and gives what [Decoder.ReadPacket] gives. Of a source that is
// no [BatchReader] it reads one packet at a time.
func (d *Decoder) ReadPackets(ps []Packet) (int, error) {
	if len(ps) == 0 {
		return 0, nil
	}
	src, ok := d.src.(BatchReader)
	if !ok || d.cfgErr != nil {
		if err := d.ReadPacket(&ps[0]); err != nil {
			return 0, err
		}
		return 1, nil
	}
	n, err := src.ReadRecords(d.records[:min(len(ps), len(d.records))])
	for i := range d.records[:n] {
		d.decode(&ps[i], &d.records[i])
	}
	return n, err
}
