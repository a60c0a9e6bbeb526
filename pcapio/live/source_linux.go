package live

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"

	"github.com/reeftools/reef/pcapio"
)

// Source is a running capture: a [pcapio.RecordReader]. It is not for use by several goroutines at
// once; to end it from elsewhere, cancel the context that it was opened with.
type Source struct {
	cfg    Config
	rings  []*ring
	wake   int // event that becomes readable when the context ends
	cancel func() bool
	ctx    context.Context
	poll   []unix.PollFd
	end    error     // not nil: nothing more gets in, and this is returned when the rings are empty
	until  time.Time // then: when to stop waiting for what is in them
	closed bool
	err    error // sticky
}

// Open begins to capture from the named interfaces; "any" means all of them (see [Interfaces]). The
// capture ends when ctx ends. The error is an [ErrConfig], an [ErrInterface], a [*PermissionError],
// or an error of the system.
func (c Config) Open(ctx context.Context, names ...string) (*Source, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	switch {
	case ctx == nil:
		return nil, fmt.Errorf("%w: no context to end the capture with", ErrConfig)
	case len(names) == 0:
		return nil, fmt.Errorf("%w: none was named", ErrInterface)
	}
	s := &Source{cfg: c.withDefaults(), ctx: ctx, wake: -1, cancel: func() bool { return true }}
	for _, name := range names {
		r, err := openRing(name, s.cfg)
		if err != nil {
			return nil, errors.Join(err, s.Close())
		}
		s.rings = append(s.rings, r)
		s.poll = append(s.poll, unix.PollFd{Fd: int32(r.fd), Events: unix.POLLIN})
	}
	wake, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("live: eventfd: %w", err), s.Close())
	}
	s.wake = wake
	s.poll = append(s.poll, unix.PollFd{Fd: int32(wake), Events: unix.POLLIN})
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(done)
		unix.Write(wake, []byte{1, 0, 0, 0, 0, 0, 0, 0}) // fails only if it is readable already
	})
	// afterwards nobody writes to wake, whose number may then belong to another file
	s.cancel = func() bool {
		if stop() {
			return true
		}
		<-done
		return false
	}
	return s, nil
}

// ReadRecord waits for the next packet. With several interfaces it returns the earliest packet that
// is there. r.Interface is the index of the interface in the arguments of Open. r.Data is in memory
// shared with the kernel, and valid until the next call.
//
// After the context has ended it still returns the packets captured before, then io.EOF. If an
// interface goes down or disappears, it returns the packets captured before, then an error.
func (s *Source) ReadRecord(r *pcapio.Record) error {
	for s.err == nil {
		best := s.earliest()
		if best < 0 {
			s.err = s.wait()
			continue
		}
		if s.rings[best].next(r, &s.cfg) {
			r.Interface = best
			return nil
		}
	}
	return s.err
}

// errNoRoom is for a batch that has nothing to fill.
var errNoRoom = errors.New("live: a batch is asked for with no room for one record")

// ReadRecords waits for a packet and gives with it those behind it in the same block of the ring;
// see [pcapio.RecordBatchReader]. Of several interfaces it gives one, since it may have to give a
// block back to the kernel to know which is the earliest after it.
func (s *Source) ReadRecords(recs []pcapio.Record) (int, error) {
	if len(recs) == 0 {
		return 0, errNoRoom
	}
	if err := s.ReadRecord(&recs[0]); err != nil {
		return 0, err
	}
	n := 1
	if len(s.rings) == 1 {
		for r := s.rings[0]; n < len(recs) && r.left > 0; {
			if r.next(&recs[n], &s.cfg) {
				n++
			}
		}
	}
	return n, nil
}

// earliest returns the number of the ring whose next packet is the earliest, -1 if there is none.
func (s *Source) earliest() int {
	if len(s.rings) == 1 {
		if s.rings[0].ready() {
			return 0
		}
		return -1
	}
	best := -1
	for i, r := range s.rings {
		if r.ready() && (best < 0 || r.time() < s.rings[best].time()) {
			best = i
		}
	}
	return best
}

// wait returns nil when there may be a packet.
func (s *Source) wait() error {
	if s.end != nil {
		return s.drain()
	}
	if s.ctx.Err() != nil {
		return s.finish(io.EOF)
	}
	timeout := -1
	if s.cfg.Idle != nil {
		if err := s.cfg.Idle(); err != nil {
			return err
		}
		timeout = int(s.cfg.Timeout.Milliseconds())
	}
	if err := s.pollFor(timeout); err != nil {
		return err
	}
	for i, r := range s.rings {
		if s.poll[i].Revents&(unix.POLLERR|unix.POLLHUP|unix.POLLNVAL) == 0 {
			continue
		}
		code, err := unix.GetsockoptInt(r.fd, unix.SOL_SOCKET, unix.SO_ERROR)
		if err == nil && code != 0 {
			err = unix.Errno(code)
		}
		if err != nil {
			return s.finish(fmt.Errorf("%w: %s: %w", ErrInterface, r.about.Name, err))
		}
	}
	return nil
}

// pollFor waits for packets, the end of the context or trouble, for so many milliseconds.
func (s *Source) pollFor(timeout int) error {
	if _, err := unix.Poll(s.poll, timeout); err != nil && !errors.Is(err, unix.EINTR) {
		return fmt.Errorf("live: waiting for packets: %w", err)
	}
	return nil
}

// finish lets nothing more in. ReadRecord returns end when the rings are empty.
func (s *Source) finish(end error) error {
	s.end, s.until = end, time.Now().Add(2*s.cfg.Timeout+time.Second)
	s.poll = s.poll[:len(s.rings)] // the event stays readable
	for _, r := range s.rings {
		if err := r.attach([]bpf.RawInstruction{{Op: unix.BPF_RET | unix.BPF_K, K: 0}}); err != nil {
			return fmt.Errorf("live: %s: stopping: %w", r.about.Name, err)
		}
	}
	return nil
}

// drain waits until the kernel has handed over all packets. It hands over blocks that are not full
// after Config.Timeout.
func (s *Source) drain() error {
	var pending uint64
	for _, r := range s.rings {
		if err := r.countKernel(); err != nil {
			return err
		}
		pending += r.pending()
	}
	if pending == 0 || time.Now().After(s.until) {
		return s.end
	}
	return s.pollFor(int(min(s.cfg.Timeout, 10*time.Millisecond).Milliseconds()))
}

// Interfaces describes the interfaces and their counters so far, for a pcapng writer.
func (s *Source) Interfaces() []pcapio.Interface {
	var list []pcapio.Interface
	stats, err := s.Stats()
	for i, r := range s.rings {
		about := r.about
		about.Stats = pcapio.InterfaceStats{Received: -1, Dropped: -1, Accepted: -1, OSDropped: -1, Delivered: -1}
		if err == nil {
			about.Stats = pcapio.InterfaceStats{Time: time.Now().UnixNano(), Received: int64(stats[i].Received), Dropped: -1, Accepted: int64(stats[i].Received - stats[i].Filtered),
				OSDropped: int64(stats[i].Dropped), Delivered: int64(stats[i].Delivered)}
		}
		list = append(list, about)
	}
	return list
}

// Stats returns the counters of each interface so far, in the order of Open.
func (s *Source) Stats() ([]Stats, error) {
	var list []Stats
	for _, r := range s.rings {
		if !s.closed {
			if err := r.countKernel(); err != nil {
				return nil, err
			}
		}
		list = append(list, r.stats)
	}
	return list, nil
}

// Close ends the capture and gives all memory back: the Data of the last record is no longer valid.
// The counters stay.
func (s *Source) Close() error {
	if s.closed {
		return nil
	}
	var errs []error
	for _, r := range s.rings {
		if r.fd >= 0 {
			errs = append(errs, r.countKernel())
		}
	}
	s.closed = true
	s.cancel()
	if s.err == nil {
		s.err = fmt.Errorf("live: %w", os.ErrClosed)
	}
	for _, r := range s.rings {
		errs = append(errs, r.close())
	}
	if s.wake >= 0 {
		errs = append(errs, unix.Close(s.wake))
		s.wake = -1
	}
	return errors.Join(errs...)
}
