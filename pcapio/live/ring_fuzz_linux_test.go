package live

import (
	"bytes"
	"encoding/binary"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/reeftools/reef/pcapio"
)

// ringOf makes a ring of one block, in memory of its own, with the packets that in has, as the
// kernel would put them there, and returns the frames with the tags that were taken out of them.
func ringOf(in []byte, cooked bool) (r *ring, frames [][]byte) {
	words := make([]uint64, blockSize/8) // aligned, as the kernel's memory is
	mem := unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), blockSize)
	r = &ring{about: pcapio.Interface{LinkType: pcapio.LinkEthernet}, mem: mem, blocks: 1, cooked: cooked, loopback: 1}
	if cooked {
		r.about.LinkType = pcapio.LinkSLL2
	}
	at := uint32(48) // behind the block's descriptor
	r.descriptor(0).Offset_to_first_pkt = at
	for len(in) >= 4 && len(frames) < 200 {
		bits, n := in[0], min(int(in[3]), len(in)-4)
		data := in[4 : 4+n]
		in = in[4+n:]
		h := (*unix.Tpacket3Hdr)(unsafe.Pointer(&mem[at]))
		start := at + unix.SizeofTpacket3Hdr + uint32(unsafe.Sizeof(address{})) + headroom
		*h = unix.Tpacket3Hdr{Sec: 1, Nsec: uint32(len(frames)), Snaplen: uint32(n), Len: uint32(n) + uint32(in0(in)), Mac: uint16(start - at)}
		a := (*address)(unsafe.Pointer(&mem[at+unix.SizeofTpacket3Hdr]))
		*a = address{protocol: [2]byte{8, 0}, index: 2, hardware: 1, length: 6, address: [8]byte{1, 2, 3, 4, 5, 6}}
		copy(mem[start:], data)
		frame := bytes.Clone(data)
		tag := []byte{0x81, 0, in0(in), 5}
		if tagged := bits&1 != 0; tagged {
			h.Status |= unix.TP_STATUS_VLAN_VALID
			h.Hv1.Vlan_tci = uint32(binary.BigEndian.Uint16(tag[2:]))
			if bits&2 != 0 {
				tag[0], tag[1] = 0x88, 0xa8
				h.Status |= unix.TP_STATUS_VLAN_TPID_VALID
				h.Hv1.Vlan_tpid = 0x88a8
			}
			switch {
			case cooked:
				frame = append([]byte{tag[2], tag[3], 8, 0}, frame...)
			case n >= macsLen:
				frame = append(append(append([]byte{}, data[:macsLen]...), tag...), data[macsLen:]...)
			}
		}
		if cooked {
			head := []byte{8, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0}
			if bits&1 != 0 {
				copy(head, tag[:2])
			}
			frame = append(head, frame...)
		}
		if bits&4 != 0 { // seen twice
			a.kind, a.index = unix.PACKET_OUTGOING, 1
			frame = nil
		}
		frames = append(frames, frame)
		h.Next_offset = (start + uint32(n) - at + 15) &^ 15
		at += h.Next_offset
	}
	r.descriptor(0).Num_pkts = uint32(len(frames))
	r.descriptor(0).Block_status = unix.TP_STATUS_USER
	return r, frames
}

func in0(in []byte) byte {
	if len(in) == 0 {
		return 0
	}
	return in[0]
}

// FuzzRing takes packets out of a block as the kernel hands it over: each is delivered, with its
// tag and its cooked header put back, or counted as left out, and the block is given back.
func FuzzRing(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x0eabcdefabcdef\x08\x00\x01\x00\x00\x10abcdefabcdef\x08\x00xy\x03\x00\x00\x02xy"), false, uint8(0))
	f.Add([]byte("\x00\x00\x00\x0eabcdefabcdef\x08\x00\x01\x00\x00\x10abcdefabcdef\x08\x00xy\x07\x00\x00\x02xy"), true, uint8(30))
	f.Fuzz(func(t *testing.T, in []byte, cooked bool, snap uint8) {
		r, frames := ringOf(in, cooked)
		cfg := Config{SnapLen: int(snap)}.withDefaults()
		left := uint64(0)
		for i, frame := range frames {
			if !r.ready() {
				t.Fatalf("%d packets of %d", i, len(frames))
			}
			var rec pcapio.Record
			switch took := r.next(&rec, &cfg); {
			case took != (frame != nil):
				t.Fatalf("packet %d: taken %v", i, took)
			case !took:
				left++
				continue
			}
			want := frame[:min(len(frame), cfg.SnapLen)]
			if !bytes.Equal(rec.Data, want) || rec.Time != 1e9+int64(i) || rec.OrigLen < len(frame) {
				t.Fatalf("packet %d: %+v, want %x", i, rec, want)
			}
		}
		if r.ready() || r.descriptor(0).Block_status != unix.TP_STATUS_KERNEL {
			t.Error("the block was not given back")
		}
		if r.stats.Filtered != left || r.stats.Delivered+left != uint64(len(frames)) {
			t.Errorf("%d packets, %d left out: %+v", len(frames), left, r.stats)
		}
	})
}
