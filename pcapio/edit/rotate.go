package edit

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/reeftools/reef/internal/partfile"
	"github.com/reeftools/reef/pcapio"
)

// RotatedFile is a complete file of a [Rotator].
type RotatedFile struct {
	Name        string
	Records     int64
	Bytes       int64 // before compression
	First, Last int64 // smallest and largest time of its records, ns since 1970; 0 if it has none
}

// RotateStats counts what a [Rotator] wrote. Records = those in complete files + Removed + those in
// the open file.
type RotateStats struct {
	Records      uint64 // records taken
	Files        uint64 // files completed
	Cut          uint64 // records that were cut to the snap length
	RemovedFiles uint64 // files that were removed from the ring
	Removed      uint64 // records in them
}

// Account returns how many records were taken, how many of them are in files that are there, and
// why the others are not.
func (s *RotateStats) Account() (in, used uint64, left []pcapio.Reason) {
	return s.Records, s.Records - s.Removed, []pcapio.Reason{{Name: "removed with an old file", Packets: s.Removed}}
}

// Merge adds the counts of o.
func (s *RotateStats) Merge(o *RotateStats) {
	s.Records += o.Records
	s.Files += o.Files
	s.Cut += o.Cut
	s.RemovedFiles += o.RemovedFiles
	s.Removed += o.Removed
}

// Rotator writes records to one file after the other. Each file grows under its name with letters
// of its own and ".part" at the end, and is renamed when it is complete, so that whatever happens a
// file with its final name is whole. It is a [pcapio.RecordWriter]; call [Rotator.Close] at the
// end.
type Rotator struct {
	cfg    RotateConfig
	now    func() time.Time
	period period // if cfg.Interval is set
	timed  bool   // period is set
	opened int64  // files so far
	names  map[string]int64
	file   *partfile.File // nil: none is open
	w      *pcapio.Writer
	about  RotatedFile // the open file
	ring   []RotatedFile
	stats  RotateStats
	err    error // sticky
}

// NewRotator returns a Rotator. The first file is made with the first record.
func NewRotator(cfg RotateConfig) (*Rotator, error) {
	err := cfg.Validate()
	if err != nil {
		return nil, err
	}
	if cfg.Writer, err = cfg.Writer.ByName(cfg.Name); err != nil {
		return nil, err
	}
	return &Rotator{cfg: cfg, now: time.Now, names: map[string]int64{}}, nil
}

// WriteRecord appends r to the file it belongs in. A record that the format cannot hold is refused
// with a [*pcapio.RefusedError], and so is one that is longer than Size alone; the Rotator can go
// on after that. Errors of files are final and are an [*UnfinishedError].
func (w *Rotator) WriteRecord(r *pcapio.Record) error {
	if w.err != nil {
		return w.err
	}
	clock := r.Time
	if w.cfg.WallTime {
		clock = w.now().UnixNano()
	}
	if err := w.advance(clock); err != nil {
		return err
	}
	if w.file != nil && w.full(r) {
		if err := w.finish(); err != nil {
			return err
		}
	}
	if w.file == nil {
		if err := w.open(clock); err != nil {
			return err
		}
	}
	if w.cfg.Size > 0 && !w.fits(w.w.Size(r)) {
		if err := w.w.Check(r); err != nil {
			return err
		}
		return &pcapio.RefusedError{Time: r.Time, Err: fmt.Errorf("%w: %d bytes make a file longer than %d bytes", pcapio.ErrLength, len(r.Data), w.cfg.Size)}
	}
	if err := w.w.WriteRecord(r); err != nil {
		if refused := (*pcapio.RefusedError)(nil); errors.As(err, &refused) {
			return err
		}
		return w.broken(err)
	}
	w.stats.Records++
	if w.about.Records == 0 {
		w.about.First, w.about.Last = r.Time, r.Time
	}
	w.about.Records++
	w.about.First, w.about.Last = min(w.about.First, r.Time), max(w.about.Last, r.Time)
	return nil
}

// full tells whether the open file has no room for r. A file without records is never full.
func (w *Rotator) full(r *pcapio.Record) bool {
	if w.about.Records == 0 {
		return false
	}
	return w.cfg.Records > 0 && w.about.Records >= w.cfg.Records ||
		w.cfg.Size > 0 && !w.fits(w.w.Size(r))
}

// fits tells whether the open file may get longer by n bytes. Data that cannot be compressed gets a
// little longer by it, by less than one byte in a thousand and a head and an end, so that much is
// left free.
func (w *Rotator) fits(n int64) bool {
	limit := w.cfg.Size
	if w.cfg.Writer.Compression != pcapio.NoCompression {
		limit -= 64 + limit>>10
	}
	return w.cfg.Size == 0 || int64(w.w.Stats().Bytes)+n <= limit
}

// advance ends the file of a period that is over at the time clock.
func (w *Rotator) advance(clock int64) error {
	if w.cfg.Interval == 0 || w.timed && clock < w.period.end {
		return nil
	}
	if !w.timed {
		w.timed, w.period = true, w.cfg.firstPeriod(clock)
		return nil
	}
	if w.cfg.Align {
		w.period = w.cfg.firstPeriod(clock)
	} else {
		w.period = w.cfg.next(w.period, clock)
	}
	return w.finish()
}

// Tick ends the open file if its period of wall time is over. A capture on a silent network calls
// it now and then, since WriteRecord only looks at the clock when there is a record.
func (w *Rotator) Tick() error {
	if w.err != nil || !w.cfg.WallTime || !w.timed {
		return w.err
	}
	return w.advance(w.now().UnixNano())
}

// WriteStats appends interface statistics to the open file, which must be [pcapio.Pcapng]; see
// [pcapio.Writer.WriteStats]. Without an open file, or without room in it, nothing is written.
func (w *Rotator) WriteStats(number int, s pcapio.InterfaceStats) error {
	const room = 3*12 + 256 // for the block, with a plain interface description
	if w.err != nil || w.file == nil || !w.fits(room) {
		return w.err
	}
	if err := w.w.WriteStats(number, s); err != nil {
		return w.broken(err)
	}
	return nil
}

// open begins the next file.
func (w *Rotator) open(clock int64) error {
	if w.cfg.MaxFiles > 0 && w.opened >= int64(w.cfg.MaxFiles) {
		w.err = ErrMaxFiles
		return w.err
	}
	start := clock
	if w.cfg.Interval > 0 {
		start = w.period.start
	}
	name, err := w.cfg.name(w.opened, time.Unix(0, start).UTC())
	if err != nil {
		return w.fail(err)
	}
	if !w.cfg.numbered() {
		name = w.unused(name)
	}
	for w.cfg.Ring > 0 && len(w.ring) >= w.cfg.Ring {
		if err := w.removeOldest(); err != nil {
			return w.fail(err)
		}
	}
	if w.file, err = partfile.Create(name); err != nil {
		w.file = nil
		return w.fail(err)
	}
	w.file.Sync = w.cfg.Sync
	w.about = RotatedFile{Name: name}
	w.opened++
	w.w, err = pcapio.NewWriter(w.file, w.cfg.Writer)
	if err != nil {
		return w.broken(err)
	}
	return nil
}

// unused puts a count behind a name that this Rotator has given before.
func (w *Rotator) unused(name string) string {
	n := w.names[name]
	w.names[name]++
	if n == 0 {
		return name
	}
	return w.unused(fmt.Sprint(name, n))
}

func (w *Rotator) removeOldest() error {
	oldest := w.ring[0]
	if err := os.Remove(oldest.Name); err != nil {
		return err
	}
	w.ring = w.ring[1:]
	w.stats.RemovedFiles++
	w.stats.Removed += uint64(oldest.Records)
	return nil
}

// finish completes the open file.
func (w *Rotator) finish() error {
	if w.file == nil {
		return nil
	}
	if err := w.w.Close(); err != nil {
		return w.broken(err)
	}
	w.about.Bytes = int64(w.w.Stats().Bytes)
	w.stats.Cut += w.w.Stats().Cut
	if err := w.file.Commit(); err != nil {
		return w.broken(err)
	}
	w.file = nil
	w.stats.Files++
	if w.cfg.Ring > 0 {
		w.ring = append(w.ring, w.about)
	}
	if w.cfg.Finished != nil {
		w.cfg.Finished(w.about)
	}
	return nil
}

// broken gives the open file up, and leaves what was written of it.
func (w *Rotator) broken(cause error) error {
	err := &UnfinishedError{File: w.file.Part(), Records: w.about.Records, Complete: int64(w.stats.Files), Err: cause}
	if closeErr := w.file.Close(); closeErr != nil && !errors.Is(closeErr, os.ErrClosed) {
		err.Err = errors.Join(cause, closeErr)
	}
	w.file = nil
	return w.fail(err)
}

// Abandon gives up the open file instead of completing it: for a caller that wants all of its
// records or none. The file is removed, or with keep what was written of it stays. What went into a
// device or pipe is there anyway. It returns what the file would have been, and the name of what is
// left of it, which is empty if nothing is. Files before it are complete and stay. The Rotator is
// closed.
func (w *Rotator) Abandon(keep bool) (file RotatedFile, left string, err error) {
	if w.err != nil || w.file == nil {
		return RotatedFile{}, "", w.Close()
	}
	part := w.file
	w.file = nil
	w.err = errClosed
	err = w.w.Close()
	if keep {
		return w.about, part.Part(), errors.Join(err, part.Close())
	}
	if part.Part() == part.Name { // written in place
		left = part.Name
	}
	return w.about, left, errors.Join(err, part.Abort())
}

func (w *Rotator) fail(err error) error {
	w.err = err
	return err
}

// Close completes the open file. If there was no record at all it makes one file without records.
func (w *Rotator) Close() error {
	if errors.Is(w.err, ErrMaxFiles) || errors.Is(w.err, os.ErrClosed) {
		return nil
	}
	if w.err != nil {
		return w.err
	}
	if w.opened == 0 {
		now := int64(0)
		if w.cfg.WallTime {
			now = w.now().UnixNano()
		}
		if err := w.advance(now); err != nil {
			return err
		}
		if err := w.open(now); err != nil {
			return err
		}
	}
	if err := w.finish(); err != nil {
		return err
	}
	w.err = errClosed
	return nil
}

// Stats returns what was counted so far.
func (w *Rotator) Stats() RotateStats { return w.stats }

// RawTo returns the Writer of the open file, nil if a limit may end it at any record.
func (w *Rotator) RawTo() *pcapio.Writer {
	if w.err != nil || w.file == nil || w.cfg.Size > 0 || w.cfg.Records > 0 || w.cfg.Interval > 0 {
		return nil
	}
	return w.w
}

// WriteRaw appends records that were read for the Writer of the open file.
func (w *Rotator) WriteRaw(raw pcapio.RawRecords) error {
	w.about.Records += raw.Kept
	if err := w.w.WriteRaw(raw); err != nil {
		return w.broken(err)
	}
	w.stats.Records += uint64(raw.Kept)
	w.about.First, w.about.Last = min(w.about.First, raw.First), max(w.about.Last, raw.Last)
	return nil
}
