package edit

import (
	"fmt"
	"hash/maphash"
	"time"

	"github.com/reeftools/reef/pcapio"
)

// DefaultDedupRecords is the default of [DedupConfig].Records. They fit into 1 GiB: one takes 400
// to 500 bytes.
const DefaultDedupRecords = 1_500_000

// DedupConfig says which records of a merged capture are copies of each other. With the zero value
// copies have the same link type, length on the wire, captured bytes and time.
type DedupConfig struct {
	// Layer is what of a packet is compared: by default the whole frame.
	Layer DedupLayer
	// Decode is how packets are decoded for a Layer other than DedupFrame. With tunnels the
	// innermost IP packet is compared.
	Decode pcapio.DecodeConfig
	// Window is how far apart in time copies may be, counted from the first of them: 0 for taps
	// that share a clock.
	Window time.Duration
	// Within also drops copies that come from the same input. Otherwise the same bytes twice in one
	// input are two packets, and as many are kept as the input with the most of them has.
	Within bool
	// Records is how many records of a Window are remembered; 0 for 1,500,000, which take less than
	// 1 GiB. If there are more, the oldest are forgotten, and their copies kept. Without Within, a
	// content counts once for each input that has it.
	Records int
}

// Validate says what is wrong with c, if anything; the error is an [ErrConfig], or that of Decode.
func (c *DedupConfig) Validate() error {
	if c.Window < 0 {
		return fmt.Errorf("%w: DedupConfig.Window %v is negative", ErrConfig, c.Window)
	}
	if c.Records < 0 {
		return fmt.Errorf("%w: DedupConfig.Records %d is negative", ErrConfig, c.Records)
	}
	if c.Layer > DedupIP {
		return fmt.Errorf("%w: DedupConfig.Layer %d is not known", ErrConfig, c.Layer)
	}
	return c.Decode.Validate()
}

// DedupStats counts what a [DedupReader] did. Read = Kept + Copies.
type DedupStats struct {
	Read, Kept, Copies uint64
	// contents forgotten for the bound on Records, within the Window: their later copies are among
	// Kept
	Forgotten uint64
}

// Account returns how many records were read, how many of them were kept, and why the others were
// not.
func (s *DedupStats) Account() (in, used uint64, left []pcapio.Reason) {
	return s.Read, s.Kept, []pcapio.Reason{{Name: "copies", Packets: s.Copies}}
}

// Merge adds the counts of o.
func (s *DedupStats) Merge(o *DedupStats) {
	s.Read += o.Read
	s.Kept += o.Kept
	s.Copies += o.Copies
	s.Forgotten += o.Forgotten
}

// DedupReader leaves out copies of packets that several inputs saw. Which contents are kept, how
// often and with which times does not depend on the order of the inputs. Make it with [NewDedup].
//
// It remembers 128 bits of hash of the records of one Window, and takes records of the same hash
// for copies. The hash has a secret key of its own in each DedupReader, so that nobody can make
// packets that look like copies of others.
type DedupReader struct {
	src   *pcapio.MergeReader
	cfg   DedupConfig
	ip    *ipContents // nil: frames are compared
	keys  [2]maphash.Seed
	kept  map[content]group
	seen  map[inputContent]sightings // by each input
	queue []queued                   // groups by age, from head on
	head  int
	last  uint64 // number of the newest group
	work  int    // steps over the queue; a test counts them
	stats DedupStats
}

// content stands for the bytes of a record.
type content struct {
	hash1, hash2 uint64
	wire         int
	link         pcapio.LinkType // LinkRaw for all IP packets that are compared without their link layer
}

type inputContent struct {
	content
	input int
}

// group is the copies of one packet that began at a time.
type group struct {
	number uint64 // from 1, in order of the first copies read
	start  int64
	kept   int64
}

// sightings is how often an input had a content in a group. Those of another group count for
// nothing.
type sightings struct {
	group uint64
	n     int64
}

// queued is something to forget once its group is over.
type queued struct {
	what  inputContent
	group uint64
	start int64 // of the group
}

// NewDedup returns a DedupReader of src, whose inputs should be in order of time.
func NewDedup(src *pcapio.MergeReader, cfg DedupConfig) (*DedupReader, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Records == 0 {
		cfg.Records = DefaultDedupRecords
	}
	d := &DedupReader{src: src, cfg: cfg, keys: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, kept: map[content]group{}, seen: map[inputContent]sightings{}}
	if cfg.Layer != DedupFrame {
		d.ip = newIPContents(cfg)
	}
	return d, nil
}

// ReadRecord reads the next record that is not a copy.
func (d *DedupReader) ReadRecord(r *pcapio.Record) error {
	for {
		if err := d.src.ReadRecord(r); err != nil {
			return err
		}
		d.stats.Read++
		if d.isCopy(r) {
			d.stats.Copies++
			continue
		}
		d.stats.Kept++
		return nil
	}
}

func (d *DedupReader) isCopy(r *pcapio.Record) bool {
	d.forget(r.Time)
	var what inputContent
	what.content = d.contentOf(r)
	if !d.cfg.Within {
		what.input = d.src.Input()
	}
	g, ok := d.kept[what.content]
	begins := !ok || r.Time < g.start || r.Time-g.start > int64(d.cfg.Window)
	seen := d.seen[what]
	first := begins || seen.group != g.number
	if first && len(d.queue)-d.head >= d.cfg.Records {
		// perhaps its own group, that another input began
		begins = d.forgetOldest() == what.content || begins
	}
	if begins { // also where records are out of order, and there is a group at another time
		d.last++
		g = group{number: d.last, start: r.Time}
	}
	if first {
		seen = sightings{group: g.number}
		d.queue = append(d.queue, queued{what, g.number, g.start})
	}
	seen.n++
	d.seen[what] = seen
	isCopy := g.kept > 0 && (d.cfg.Within || seen.n <= g.kept)
	if !isCopy {
		g.kept++
	}
	d.kept[what.content] = g
	return isCopy
}

// contentOf returns what of r is compared.
func (d *DedupReader) contentOf(r *pcapio.Record) content {
	data, c := r.Data, content{wire: r.OrigLen, link: r.LinkType}
	if d.ip != nil {
		if packet, length := d.ip.of(r); length > 0 {
			data, c.wire, c.link = packet, length, pcapio.LinkRaw
		}
	}
	c.hash1, c.hash2 = maphash.Bytes(d.keys[0], data), maphash.Bytes(d.keys[1], data)
	return c
}

// forgetOldest makes room for a record before the time for it has come, and returns what it forgot.
// All inputs forget that content, so that it is new when it comes again: rather a copy too many
// than a packet too few.
func (d *DedupReader) forgetOldest() content {
	what, ok := d.pop()
	if !ok {
		return content{} // forgotten already
	}
	d.stats.Forgotten++
	return what
}

// pop takes the oldest entry from the queue, and with it the sightings that it stands for and the
// group, whose content it returns, unless another group has taken the place of that.
func (d *DedupReader) pop() (content, bool) {
	q := d.queue[d.head]
	d.head++
	d.work++
	if d.seen[q.what].group == q.group {
		delete(d.seen, q.what)
	}
	if d.kept[q.what.content].number != q.group {
		return content{}, false
	}
	delete(d.kept, q.what.content)
	return q.what.content, true
}

// forget drops the groups that are over at the time now.
func (d *DedupReader) forget(now int64) {
	for d.head < len(d.queue) && now-d.queue[d.head].start > int64(d.cfg.Window) {
		d.pop()
	}
	if d.head > len(d.queue)/2 { // move the rest to the front, so that the queue does not grow
		d.queue = d.queue[:copy(d.queue, d.queue[d.head:])]
		d.head = 0
		d.work += len(d.queue)
	}
}

// Origin returns the file and the number of the last record, if its reader knows them.
func (d *DedupReader) Origin() (file string, record int64) { return d.src.Origin() }

// Interfaces returns the interfaces of the inputs.
func (d *DedupReader) Interfaces() []pcapio.Interface { return d.src.Interfaces() }

// Stats returns what was counted so far.
func (d *DedupReader) Stats() DedupStats { return d.stats }
