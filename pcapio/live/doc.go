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
// When ctx ends the capture stops. The packets captured before are still
// delivered; then ReadRecord returns io.EOF.
//
// # How it works
//
// Each interface has an AF_PACKET socket with a ring of blocks that kernel and
// process share (TPACKET_V3, packet_mmap in the kernel's documentation). So no
// packet is copied to the process, and none needs a system call of its own. The
// order is socket, filter, ring, bind: no packet arrives before the filter is
// there. Times are the kernel's, in nanoseconds.
//
// A VLAN tag that the kernel or the network card removed from a frame is put
// back, so records are as on the wire. The filter in the kernel does not see
// such a tag. It accepts all frames that had one, and the process filters them
// with the tag in place. So a filter has the same meaning in a live capture as
// on a file.
//
// Two kinds of interface are captured as [pcapio.LinkSLL2]: those whose link
// layer has no link type of its own here (PPP, tunnels), and "any", which is
// all interfaces at once. Their filter runs in the process.
//
// # Counters
//
// For each interface, when the capture has ended, Received = Delivered +
// Filtered + Dropped in [Stats]. Before that, Received also counts the packets
// that wait in the ring.
//
// # Privileges
//
// Opening needs the capability CAP_NET_RAW, without which the error is a
// [*PermissionError]. A program can have it without root:
//
//	setcap cap_net_raw+ep PROGRAM
package live
