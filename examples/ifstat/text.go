package main

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/reeftools/reef/intervalstat/ifcounter"
)

// The link types that ip(8) has names for, by linux/if_arp.h.
var typeNames = map[uint16]string{1: "ether", 4: "prnet", 6: "ieee802", 32: "infiniband", 280: "can", 512: "ppp", 768: "ipip", 769: "tunnel6",
	772: "loopback", 774: "fddi", 776: "sit", 778: "gre", 801: "ieee802.11", 802: "ieee802.11/prism", 803: "ieee802.11/radiotap",
	804: "ieee802.15.4", 823: "gre6", 824: "netlink", 825: "6lowpan", 65534: "none", 65535: "void"}

func typeName(t uint16) string {
	if name, ok := typeNames[t]; ok {
		return name
	}
	return fmt.Sprintf("[%d]", t)
}

func groupName(g uint32) string {
	if g == 0 {
		return "default"
	}
	return strconv.FormatUint(uint64(g), 10)
}

func modeName(dormant bool) string {
	if dormant {
		return "DORMANT"
	}
	return "DEFAULT"
}

// address writes link-layer addresses in hexadecimal, and the IP addresses that tunnels have in
// their place as such.
func address(typ uint16, a net.HardwareAddr) string {
	tunnel := typ == 768 || typ == 769 || typ == 776 || typ == 778 || typ == 823
	if ip, ok := netip.AddrFromSlice(a); ok && tunnel {
		return ip.String()
	}
	return a.String()
}

// fullName is the name with the interface underneath, as eth0@if5 or eth0.7@eth0.
func fullName(s *ifcounter.Snapshot, i *ifcounter.Interface) string {
	if i.Parent == 0 {
		return i.Name
	}
	return i.Name + "@" + nameOf(s, i.Parent, i.PeerNetNS)
}

func nameOf(s *ifcounter.Snapshot, index, netns int) string {
	for k := range s.Interfaces {
		if netns < 0 && s.Interfaces[k].Index == index {
			return s.Interfaces[k].Name
		}
	}
	return fmt.Sprintf("if%d", index)
}

// flagNames are the flags as ip(8) shows them: M-DOWN is that of an interface above one that is
// down.
func flagNames(s *ifcounter.Snapshot, i *ifcounter.Interface) []string {
	names := i.Flags.Names()
	for k := range s.Interfaces {
		if o := &s.Interfaces[k]; i.Parent != 0 && i.PeerNetNS < 0 && o.Index == i.Parent && o.Flags&ifcounter.FlagUp == 0 {
			names = append(names, "M-DOWN")
		}
	}
	return names
}

// printLink prints an interface as ip -s link does. Errors stay in w, which is buffered.
func printLink(w io.Writer, s *ifcounter.Snapshot, i *ifcounter.Interface) {
	if s.Source == ifcounter.Netlink {
		fmt.Fprintf(w, "%d: %s: <%s> mtu %d ", i.Index, fullName(s, i), strings.Join(flagNames(s, i), ","), i.MTU)
		if i.Qdisc != "" {
			fmt.Fprintf(w, "qdisc %s ", i.Qdisc)
		}
		if i.Master != 0 {
			fmt.Fprintf(w, "master %s ", nameOf(s, i.Master, -1))
		}
		fmt.Fprintf(w, "state %s mode %s group %s ", i.State, modeName(i.Dormant), groupName(i.Group))
		if i.TxQueueLen != 0 {
			fmt.Fprintf(w, "qlen %d", i.TxQueueLen)
		}
		fmt.Fprintf(w, "\n    link/%s ", typeName(i.Type))
		if len(i.Address) > 0 {
			fmt.Fprint(w, address(i.Type, i.Address))
		}
		if len(i.Broadcast) > 0 {
			word := "brd"
			if i.Flags&(1<<4) != 0 {
				word = "peer"
			}
			fmt.Fprintf(w, " %s %s", word, address(i.Type, i.Broadcast))
		}
		if i.PeerNetNS >= 0 {
			fmt.Fprintf(w, " link-netnsid %d", i.PeerNetNS)
		}
		fmt.Fprintln(w)
	} else {
		fmt.Fprintf(w, "%s:\n", i.Name)
	}
	printCounters(w, &i.Counters)
}

// The rows of counters; the last column has a heading only where it is not 0.
var (
	rxColumns = []ifcounter.Field{ifcounter.RxBytes, ifcounter.RxPackets, ifcounter.RxErrors, ifcounter.RxDropped, ifcounter.RxMissedErrors,
		ifcounter.RxMulticast, ifcounter.RxCompressed}
	txColumns = []ifcounter.Field{ifcounter.TxBytes, ifcounter.TxPackets, ifcounter.TxErrors, ifcounter.TxDropped, ifcounter.TxCarrierErrors,
		ifcounter.TxCollisions, ifcounter.TxCompressed}
	rxHeadings = []string{"bytes", "packets", "errors", "dropped", "missed", "mcast", "compressed"}
	txHeadings = []string{"bytes", "packets", "errors", "dropped", "carrier", "collsns", "compressed"}
)

func printCounters(w io.Writer, c *ifcounter.Counters) {
	widths := []int{10, 7, 6, 7, 7, 7, 10}
	for k := range widths {
		widths[k] = max(widths[k], digits(c.Value[rxColumns[k]]), digits(c.Value[txColumns[k]]))
	}
	rows := func(name string, headings []string, fields []ifcounter.Field) {
		fmt.Fprintf(w, "    %s:", name)
		for k, h := range headings {
			width := widths[k]
			if k == 0 {
				width -= len(name) + 2
			}
			if k == len(headings)-1 && c.Value[fields[k]] == 0 {
				h = ""
			}
			fmt.Fprintf(w, " %*s", width, h)
		}
		fmt.Fprint(w, "\n    ")
		for k, f := range fields {
			if k < len(fields)-1 || c.Value[f] != 0 {
				fmt.Fprintf(w, "%*d ", widths[k], c.Value[f])
			}
		}
		fmt.Fprintln(w)
	}
	rows("RX", rxHeadings, rxColumns)
	rows("TX", txHeadings, txColumns)
}

func digits(v uint64) int { return len(strconv.FormatUint(v, 10)) }

func printChangeHeader(w io.Writer) {
	fmt.Fprintf(w, "%-12s %-15s %12s %10s %8s %8s %12s %10s %8s %8s\n", "time", "interface", "rx-bytes/s", "rx-pkts/s", "rx-errs", "rx-drop",
		"tx-bytes/s", "tx-pkts/s", "tx-errs", "tx-drop")
}

// printChange prints rates of bytes and packets, and counts of errors and drops.
func printChange(w io.Writer, now time.Time, c *ifcounter.Change) {
	note := ""
	if c.Reset {
		note = "  reset"
	}
	d := &c.Delta.Value
	fmt.Fprintf(w, "%-12s %-15s %12.0f %10.1f %8d %8d %12.0f %10.1f %8d %8d%s\n", now.Format("15:04:05.000"), c.Name,
		c.PerSecond(ifcounter.RxBytes), c.PerSecond(ifcounter.RxPackets), d[ifcounter.RxErrors], d[ifcounter.RxDropped],
		c.PerSecond(ifcounter.TxBytes), c.PerSecond(ifcounter.TxPackets), d[ifcounter.TxErrors], d[ifcounter.TxDropped], note)
}
