package live

import (
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"unsafe"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"

	"github.com/reeftools/reef/pcapio"
)

const (
	blockSize = 1 << 20 // holds several packets of DefaultSnapLen
	// headroom is kept free before each packet, for a VLAN tag and a cooked header.
	headroom = vlanLen + sll2Len
)

// ring is one interface: a packet socket and the blocks that it shares with the kernel. The kernel
// fills one block after the other and sets the user bit in its status when it hands it over;
// clearing the status gives it back.
type ring struct {
	about  pcapio.Interface
	index  int // of the interface; 0 for all
	fd     int
	mem    []byte
	blocks int

	block   int    // the next to be handed over, or the one at hand
	left    uint32 // packets in the block at hand that were not yet returned
	at      uint32 // where the next of them begins, in mem
	holding bool   // the block at hand is ours

	cooked bool // packets come without link-layer header
	// index of the loopback interface, whose outgoing packets are seen a second time
	loopback   uint32
	userFilter bool // the whole filter runs in the process
	stats      Stats
}

// openRing opens the ring of an interface.
func openRing(name string, c Config) (*ring, error) {
	i, about, err := describe(name, c)
	if err != nil {
		return nil, err
	}
	r := &ring{about: about, index: i.Index, fd: -1, cooked: about.LinkType == pcapio.LinkSLL2}
	if err := r.open(c); err != nil {
		if errors.Is(err, os.ErrPermission) {
			err = fmt.Errorf("%s: %w", name, &PermissionError{Capability: "CAP_NET_RAW", Err: err})
		} else {
			err = fmt.Errorf("live: %s: %w", name, err)
		}
		return nil, errors.Join(err, r.close())
	}
	return r, nil
}

// open sets up the socket and binds it last, so that no packet arrives before the filter is there.
func (r *ring) open(c Config) (err error) {
	kind := unix.SOCK_RAW
	if r.cooked {
		kind = unix.SOCK_DGRAM
	}
	if r.fd, err = unix.Socket(unix.AF_PACKET, kind|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0); err != nil {
		return err
	}
	if err := r.attachFilter(c); err != nil {
		return err
	}
	if err := r.mapBlocks(c); err != nil {
		return err
	}
	if c.Promiscuous && r.index != 0 {
		m := unix.PacketMreq{Ifindex: int32(r.index), Type: unix.PACKET_MR_PROMISC}
		if err := unix.SetsockoptPacketMreq(r.fd, unix.SOL_PACKET, unix.PACKET_ADD_MEMBERSHIP, &m); err != nil {
			return fmt.Errorf("promiscuous mode: %w", err)
		}
	}
	lo, err := loopbackIndex()
	if err != nil {
		return err
	}
	if r.index == 0 || r.index == int(lo) {
		r.loopback = lo
	}
	if err := unix.Bind(r.fd, &unix.SockaddrLinklayer{Protocol: bigEndian(unix.ETH_P_ALL), Ifindex: r.index}); err != nil {
		return fmt.Errorf("binding: %w", err)
	}
	return nil
}

// bigEndian returns v as two bytes in network byte order hold it.
func bigEndian(v uint16) uint16 {
	b := [2]byte{byte(v >> 8), byte(v)}
	return *(*uint16)(unsafe.Pointer(&b))
}

// mapBlocks makes the ring and maps it.
func (r *ring) mapBlocks(c Config) error {
	r.blocks = (c.Buffer + blockSize - 1) / blockSize
	if err := unix.SetsockoptInt(r.fd, unix.SOL_PACKET, unix.PACKET_VERSION, unix.TPACKET_V3); err != nil {
		return fmt.Errorf("TPACKET_V3: %w", err)
	}
	if err := unix.SetsockoptInt(r.fd, unix.SOL_PACKET, unix.PACKET_RESERVE, headroom); err != nil {
		return fmt.Errorf("headroom: %w", err)
	}
	const frame = 1 << 11 // only has to divide the block
	req := unix.TpacketReq3{Block_size: blockSize, Block_nr: uint32(r.blocks), Frame_size: frame, Frame_nr: uint32(r.blocks) * (blockSize / frame),
		Retire_blk_tov: uint32(c.Timeout.Milliseconds())}
	if err := unix.SetsockoptTpacketReq3(r.fd, unix.SOL_PACKET, unix.PACKET_RX_RING, &req); err != nil {
		return fmt.Errorf("ring of %d MiB: %w", r.blocks, err)
	}
	mem, err := unix.Mmap(r.fd, 0, r.blocks*blockSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return fmt.Errorf("mapping the ring: %w", err)
	}
	r.mem = mem
	return nil
}

// attachFilter gives the filter to the kernel. The program returns the snap length. It accepts all
// packets whose VLAN tag was removed; the process filters them when the tag is back. The whole
// filter runs in the process for cooked packets, which have no header yet, and for programs with
// loops, which the kernel refuses.
func (r *ring) attachFilter(c Config) error {
	const vlanPresent = 0xfffff000 + 48 // SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT
	code := []bpf.RawInstruction{{Op: unix.BPF_RET | unix.BPF_K, K: uint32(c.SnapLen)}}
	if c.Filter != nil {
		r.userFilter = true
		if program, err := c.Filter.BPF(r.about.LinkType, uint32(c.SnapLen)); err == nil && !r.cooked {
			r.userFilter = false
			code = append([]bpf.RawInstruction{
				{Op: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: vlanPresent},
				{Op: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: 1, K: 0},
				{Op: unix.BPF_RET | unix.BPF_K, K: DefaultSnapLen},
			}, program...)
		} else {
			code[0].K = DefaultSnapLen // the process may look further than the snap length
		}
	}
	return r.attach(code)
}

// attach replaces the filter in the kernel.
func (r *ring) attach(code []bpf.RawInstruction) error {
	program := make([]unix.SockFilter, len(code))
	for i, c := range code {
		program[i] = unix.SockFilter{Code: c.Op, Jt: c.Jt, Jf: c.Jf, K: c.K}
	}
	if len(program) > 4096 { // BPF_MAXINSNS
		return fmt.Errorf("the filter has %d instructions, the kernel takes 4096", len(program))
	}
	p := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	if err := unix.SetsockoptSockFprog(r.fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &p); err != nil {
		return fmt.Errorf("attaching the filter: %w", err)
	}
	return nil
}

// descriptor is the header of block n.
func (r *ring) descriptor(n int) *unix.TpacketHdrV1 {
	const offset = 8 // behind version and offset of the private area
	return (*unix.TpacketHdrV1)(unsafe.Pointer(&r.mem[n*blockSize+offset]))
}

// ready tells whether there is a packet, and takes the next block if it was handed over.
func (r *ring) ready() bool {
	for {
		if r.left > 0 {
			return true
		}
		r.release()
		d := r.descriptor(r.block)
		if atomic.LoadUint32(&d.Block_status)&unix.TP_STATUS_USER == 0 {
			return false
		}
		r.holding = true
		r.left = d.Num_pkts
		r.at = uint32(r.block*blockSize) + d.Offset_to_first_pkt
	}
}

// release gives the block at hand back to the kernel.
func (r *ring) release() {
	if r.holding {
		atomic.StoreUint32(&r.descriptor(r.block).Block_status, unix.TP_STATUS_KERNEL)
		r.holding = false
		if r.block++; r.block == r.blocks {
			r.block = 0
		}
	}
}

// head is the next packet; only if ready.
func (r *ring) head() *unix.Tpacket3Hdr { return (*unix.Tpacket3Hdr)(unsafe.Pointer(&r.mem[r.at])) }

// time of the next packet, in nanoseconds.
func (r *ring) time() int64 {
	h := r.head()
	return int64(h.Sec)*1e9 + int64(h.Nsec)
}

// countKernel adds the kernel's counters, which start again at 0 with each reading.
func (r *ring) countKernel() error {
	s, err := unix.GetsockoptTpacketStatsV3(r.fd, unix.SOL_PACKET, unix.PACKET_STATISTICS)
	if err != nil {
		return fmt.Errorf("live: %s: counters: %w", r.about.Name, err)
	}
	r.stats.Received += uint64(s.Packets) // with those that were dropped
	r.stats.Dropped += uint64(s.Drops)
	r.stats.Freezes += uint64(s.Freeze_q_cnt)
	return nil
}

// pending is the number of packets that were received and are still in the ring.
func (r *ring) pending() uint64 {
	s := &r.stats
	return s.Received - s.Dropped - s.Delivered - s.Filtered
}

func (r *ring) close() error {
	var errs []error
	if r.mem != nil {
		errs = append(errs, unix.Munmap(r.mem))
		r.mem = nil
	}
	if r.fd >= 0 {
		errs = append(errs, unix.Close(r.fd))
		r.fd = -1
	}
	return errors.Join(errs...)
}
