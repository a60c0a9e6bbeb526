package main

import (
	"bytes"
	"encoding/json"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/intervalstat/ifcounter"
)

// made is a snapshot as the kernel gives it.
func made() *ifcounter.Snapshot {
	eth0 := ifcounter.Interface{Index: 2, Name: "eth0", Flags: 0x11043, MTU: 1500, Type: 1, Address: net.HardwareAddr{2, 0, 0, 0, 0, 1},
		Broadcast: net.HardwareAddr{255, 255, 255, 255, 255, 255}, Qdisc: "fq", State: 6, TxQueueLen: 1000, Parent: 5, PeerNetNS: 0, Master: 3}
	eth0.Known = 1<<ifcounter.NumFields - 1
	eth0.Value[ifcounter.RxBytes], eth0.Value[ifcounter.RxPackets] = 1234567890123, 98765432
	eth0.Value[ifcounter.TxBytes], eth0.Value[ifcounter.TxCompressed] = 42, 7
	tun := ifcounter.Interface{Index: 4, Name: "tun0", Flags: 0x1091, MTU: 1480, Type: 768, Address: net.HardwareAddr{192, 0, 2, 1},
		Broadcast: net.HardwareAddr{192, 0, 2, 2}, Parent: 2, PeerNetNS: -1, Group: 5, Dormant: true}
	return &ifcounter.Snapshot{Source: ifcounter.Netlink, Interfaces: []ifcounter.Interface{eth0, {Index: 3, Name: "br0", PeerNetNS: -1}, tun}}
}

func TestPrintLink(t *testing.T) {
	s := made()
	var out bytes.Buffer
	printLink(&out, s, &s.Interfaces[0])
	printLink(&out, s, &s.Interfaces[2])
	const want = `2: eth0@if5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq master br0 state UP mode DEFAULT group default qlen 1000
    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff link-netnsid 0
    RX:     bytes  packets errors dropped  missed   mcast           
    1234567890123 98765432      0       0       0       0 
    TX:     bytes  packets errors dropped carrier collsns compressed
               42        0      0       0       0       0          7 
4: tun0@eth0: <NO-CARRIER,POINTOPOINT,MULTICAST,NOARP,UP> mtu 1480 state UNKNOWN mode DORMANT group 5 
    link/ipip 192.0.2.1 peer 192.0.2.2
    RX:  bytes packets errors dropped  missed   mcast           
             0       0      0       0       0       0 
    TX:  bytes packets errors dropped carrier collsns           
             0       0      0       0       0       0 
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
	out.Reset()
	s.Source = ifcounter.ProcNetDev
	printLink(&out, s, &s.Interfaces[1])
	if !strings.HasPrefix(out.String(), "br0:\n    RX:  bytes") {
		t.Errorf("without netlink: %q", out.String())
	}
}

func TestParentDown(t *testing.T) {
	s := made()
	s.Interfaces[0].Flags &^= ifcounter.FlagUp
	if names := flagNames(s, &s.Interfaces[2]); names[len(names)-1] != "M-DOWN" {
		t.Errorf("tun0 over eth0, which is down: %v", names)
	}
	if names := flagNames(s, &s.Interfaces[0]); names[len(names)-1] == "M-DOWN" {
		t.Errorf("eth0, whose peer is elsewhere: %v", names)
	}
}

func TestPrintJSON(t *testing.T) {
	s := made()
	var out bytes.Buffer
	if err := printJSON(&out, s, []int{0}); err != nil {
		t.Fatal(err)
	}
	var got []struct {
		Name   string                       `json:"ifname"`
		Link   string                       `json:"link"`
		Master string                       `json:"master"`
		Stats  map[string]map[string]uint64 `json:"stats64"`
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].Name != "eth0" || got[0].Link != "if5" || got[0].Master != "br0" || got[0].Stats["rx"]["bytes"] != 1234567890123 ||
		got[0].Stats["tx"]["compressed"] != 7 || len(got[0].Stats["rx"])+len(got[0].Stats["tx"]) != int(ifcounter.NumFields) {
		t.Errorf("%s", out.String())
	}
}

func TestChange(t *testing.T) {
	before, after := made(), made()
	after.Time = before.Time.Add(2 * time.Second)
	after.Interfaces[0].Value[ifcounter.RxBytes] += 3000
	c, _ := ifcounter.Diff(before, after, 0)
	var out bytes.Buffer
	printChange(&out, time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC), &c)
	if want := "03:04:05.006 eth0                    1500        0.0        0        0            0        0.0        0        0\n"; out.String() != want {
		t.Errorf("%q", out.String())
	}
	out.Reset()
	after.Interfaces[0].Value[ifcounter.RxBytes] = 5
	c, _ = ifcounter.Diff(before, after, 0)
	printChange(&out, time.Time{}, &c)
	if !strings.HasSuffix(out.String(), "  reset\n") {
		t.Errorf("%q", out.String())
	}
	out.Reset()
	if err := printChangeJSON(&out, time.Unix(5, 0), &c); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); !strings.HasPrefix(got, `{"time_ns":5000000000,"elapsed_ns":2000000000,"ifname":"eth0","reset":true,"rx_bytes_per_second":2.5,`) || !json.Valid(out.Bytes()) {
		t.Error(got)
	}
}

func TestRun(t *testing.T) {
	s, err := ifcounter.Read()
	if err != nil || len(s.Interfaces) == 0 {
		t.Skip("no interfaces to read: ", err)
	}
	name := s.Interfaces[0].Name
	for _, tt := range []struct {
		argv   []string
		status int
		stdout string
		stderr string
	}{
		{[]string{name}, 0, name, ""},
		{[]string{"-json"}, 0, `[{"ifindex":`, ""},
		{[]string{name, "no-such-if"}, 1, name, "no interface no-such-if"},
		{[]string{"-interval", "1ms", "-count", "2", name}, 0, "rx-bytes/s", ""},
		{[]string{"-interval", "1ms", "-count", "1", "-json", name}, 0, `"delta":{"rx":`, ""},
		{[]string{"-interval", "1ms", "no-such-if"}, 1, "", "no interface no-such-if"},
		{[]string{"-count", "1"}, 2, "", "-count needs it"},
		{[]string{"-interval", "-1s"}, 2, "", "-interval must be positive"},
	} {
		t.Run(strings.Join(tt.argv, " "), func(t *testing.T) {
			var out, errs bytes.Buffer
			if status := run(tt.argv, &out, &errs); status != tt.status || !strings.Contains(out.String(), tt.stdout) || !strings.Contains(errs.String(), tt.stderr) {
				t.Errorf("%v: status %d, %q, %q", tt.argv, status, out.String(), errs.String())
			}
		})
	}
}

// Rows that are missing, or that lack what came before a reset, are told at the end: eth0 is read
// four times, with a reset before the second, and is away at the third.
func TestNotes(t *testing.T) {
	snapshot := func(second int, octets uint64, interfaces int) *ifcounter.Snapshot {
		s := made()
		s.Time = time.Unix(int64(second), 0)
		s.Interfaces[0].Value[ifcounter.RxBytes] = octets
		s.Interfaces = s.Interfaces[:interfaces]
		return s
	}
	for _, tt := range []struct {
		name   string
		later  []*ifcounter.Snapshot
		status int
		want   string
	}{
		{"all there", []*ifcounter.Snapshot{snapshot(2, 1500, 1), snapshot(3, 1500, 1)}, 0, ""},
		{"reset", []*ifcounter.Snapshot{snapshot(2, 5, 1), snapshot(3, 6, 1)}, 1, "ifstat: 1 row is without what was counted before a reset\n"},
		{"away", []*ifcounter.Snapshot{snapshot(2, 1500, 1), snapshot(3, 0, 0), snapshot(4, 1600, 1)}, 1,
			"ifstat: 2 rows are missing: the interface was not there at both ends of the interval\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := cli.New("ifstat", "", "")
			var out, errs bytes.Buffer
			status := p.Run([]string{"-strict"}, &out, &errs, func() error {
				c := &changes{p: p, names: []string{"eth0"}, before: snapshot(1, 1000, 1)}
				p.AtEnd(c.notes)
				for _, s := range tt.later {
					if err := c.print(s); err != nil {
						return err
					}
				}
				return nil
			})
			if status != tt.status || errs.String() != tt.want {
				t.Errorf("status %d, %q\n%s", status, errs.String(), &out)
			}
		})
	}
}
