// Package live captures packets from network interfaces on Linux. On other
// systems everything returns [errors.ErrUnsupported].
//
// [Config.Open] gives a [Source], which is a [pcapio.RecordReader] like a file:
//
//	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
//	defer stop()
//	src, err := live.Config{Promiscuous: true}.Open(ctx, "eth0")
//	if err != nil {
//		return err
//	}
//	defer src.Close()
//	dec := pcapio.NewDecoder(src, pcapio.DecodeConfig{})
//	_, err = pcapio.Run(dec, table) // until ctx ends
//
// When ctx ends the capture stops and what was captured until then is still
// delivered; then ReadRecord returns io.EOF.
//
// # How it works
//
// Each interface has an AF_PACKET socket with a ring of blocks that kernel and
// process share (TPACKET_V3, packet_mmap in the kernel's documentation), so
// that a packet is neither copied nor fetched by a call of its own. Socket,
// filter, ring, then binding to the interface: in this order no packet gets in
// before the filter is there. Times are the kernel's, in nanoseconds.
//
// A VLAN tag that the kernel or the network card took out of a frame is put
// back, so that a capture is as it was on the wire. The filter in the kernel
// does not see such a tag: frames that had one pass it, and are filtered when
// they have it again. So a filter means in a live capture what it means on a
// file.
//
// Interfaces without a link layer that is written to files as it is (PPP,
// tunnels), and "any" for all interfaces at once, are captured as
// [pcapio.LinkSLL2], and their filter runs in the process.
//
// # Counters
//
// For each interface [Stats] has Received = Delivered + Filtered + Dropped when
// the capture has ended, and more by what is waiting in the ring before that.
//
// # Privileges
//
// Opening needs the capability CAP_NET_RAW, without which the error is a
// [*PermissionError]. A program can have it without root:
//
//	setcap cap_net_raw+ep PROGRAM
package live
