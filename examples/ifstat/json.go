package main

import (
	"encoding/json"
	"io"
	"strings"
	"time"

	"github.com/reeftools/reef/intervalstat/ifcounter"
)

// link has the names of ip -j -s link. stats64 has all counters that the system told.
type link struct {
	Index     int      `json:"ifindex,omitempty"`
	Name      string   `json:"ifname"`
	Parent    string   `json:"link,omitempty"`
	Flags     []string `json:"flags"`
	MTU       uint32   `json:"mtu"`
	Qdisc     string   `json:"qdisc,omitempty"`
	Master    string   `json:"master,omitempty"`
	State     string   `json:"operstate"`
	Mode      string   `json:"linkmode"`
	Group     string   `json:"group"`
	TxQueue   uint32   `json:"txqlen,omitempty"`
	Type      string   `json:"link_type"`
	Address   string   `json:"address,omitempty"`
	Broadcast string   `json:"broadcast,omitempty"`
	Stats     stats    `json:"stats64"`
}

// stats is keyed by direction, then by the kernel's name without "rx_" or "tx_".
type stats map[string]map[string]uint64

func statsOf(c *ifcounter.Counters) stats {
	rx, tx := map[string]uint64{}, map[string]uint64{}
	for f := range ifcounter.NumFields {
		switch name := f.String(); {
		case !c.Has(f):
		case f.Rx():
			rx[strings.TrimPrefix(name, "rx_")] = c.Value[f]
		default:
			tx[strings.TrimPrefix(name, "tx_")] = c.Value[f]
		}
	}
	return stats{"rx": rx, "tx": tx}
}

func printJSON(w io.Writer, s *ifcounter.Snapshot, chosen []int) error {
	links := []link{}
	for _, k := range chosen {
		i := &s.Interfaces[k]
		l := link{Index: i.Index, Name: i.Name, Flags: flagNames(s, i), MTU: i.MTU, Qdisc: i.Qdisc, State: i.State.String(),
			Mode: modeName(i.Dormant), Group: groupName(i.Group), TxQueue: i.TxQueueLen, Type: typeName(i.Type),
			Address: address(i.Type, i.Address), Broadcast: address(i.Type, i.Broadcast), Stats: statsOf(&i.Counters)}
		if i.Parent != 0 {
			l.Parent = nameOf(s, i.Parent, i.PeerNetNS)
		}
		if i.Master != 0 {
			l.Master = nameOf(s, i.Master, -1)
		}
		links = append(links, l)
	}
	return json.NewEncoder(w).Encode(links)
}

func printChangeJSON(w io.Writer, now time.Time, c *ifcounter.Change) error {
	return json.NewEncoder(w).Encode(struct {
		Time    int64   `json:"time_ns"`
		Elapsed int64   `json:"elapsed_ns"`
		Name    string  `json:"ifname"`
		Reset   bool    `json:"reset"`
		RxBytes float64 `json:"rx_bytes_per_second"`
		TxBytes float64 `json:"tx_bytes_per_second"`
		Delta   stats   `json:"delta"`
	}{now.UnixNano(), c.Elapsed.Nanoseconds(), c.Name, c.Reset, c.PerSecond(ifcounter.RxBytes), c.PerSecond(ifcounter.TxBytes), statsOf(&c.Delta)})
}
