// Package ifcounter reads the counters of the system's network interfaces:
// bytes, packets, errors and drops since boot.
//
//	before, err := ifcounter.Read()
//	time.Sleep(time.Second)
//	after, err := ifcounter.Read()
//	for i := range after.Interfaces {
//		c, ok := ifcounter.Diff(before, after, i)
//		... c.PerSecond(ifcounter.RxBytes)
//	}
//
// On Linux, Read asks the kernel by netlink (rtnetlink(7), RTM_GETLINK) and
// gets every field of struct rtnl_link_stats64 (linux/if_link.h); where that is
// not allowed it reads /proc/net/dev, which has fewer. On other systems Read
// returns an error that is errors.ErrUnsupported; [ParseProcNetDev] works
// everywhere.
//
// Counters wrap, and begin again at 0 when a driver is loaded or an interface
// is made anew. [Diff] tells the two apart, see there.
package ifcounter
