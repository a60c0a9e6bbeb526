package ifcounter

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// What the system counts grows while we look, so each counter must lie between what ip(8) says
// before and after.
func TestReadAgainstIP(t *testing.T) {
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("no ip(8)")
	}
	before := ipStats(t)
	s, err := Read()
	if err != nil {
		t.Fatal(err)
	}
	after := ipStats(t)
	if s.Source != Netlink || s.Time.IsZero() {
		t.Errorf("from %s at %v", s.Source, s.Time)
	}
	compared := 0
	for name, low := range before {
		high, i := after[name], s.Lookup(name)
		if high == nil || i == nil {
			continue // made or removed just now
		}
		for f := range NumFields {
			dir := "tx."
			if f.Rx() {
				dir = "rx."
			}
			key := dir + strings.TrimPrefix(strings.TrimPrefix(f.String(), "rx_"), "tx_")
			if lowest, told := low[key]; told {
				compared++
				if v := i.Value[f]; v < lowest || v > high[key] || !i.Has(f) {
					t.Errorf("%s %v = %d, ip says %d to %d", name, f, v, lowest, high[key])
				}
			}
		}
	}
	if compared == 0 {
		t.Skip("ip(8) told no counters")
	}
}

// ipStats returns the counters of each interface as ip prints them, by "rx.bytes" and so on.
func ipStats(t *testing.T) map[string]map[string]uint64 {
	t.Helper()
	out, err := exec.Command("ip", "-j", "-s", "-s", "link", "show").Output()
	if err != nil {
		t.Skip("ip -j -s link: ", err) // not iproute2's
	}
	var links []struct {
		Name  string                       `json:"ifname"`
		Stats map[string]map[string]uint64 `json:"stats64"`
	}
	if err := json.Unmarshal(out, &links); err != nil {
		t.Fatal(err)
	}
	stats := map[string]map[string]uint64{}
	for _, l := range links {
		stats[l.Name] = map[string]uint64{}
		for dir, m := range l.Stats {
			for name, v := range m {
				stats[l.Name][dir+"."+name] = v
			}
		}
	}
	return stats
}

func TestReadProc(t *testing.T) {
	if _, err := os.Stat("/proc/net/dev"); err != nil {
		t.Skip(err)
	}
	s, err := readProc("/proc/net/dev")
	if err != nil || s.Source != ProcNetDev || s.Time.IsZero() {
		t.Fatal(s, err)
	}
	links, err := Read()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range s.Interfaces {
		if o := links.Lookup(i.Name); o != nil && o.Value[RxPackets] < i.Value[RxPackets] {
			t.Errorf("%s: netlink has %d packets, /proc/net/dev had %d", i.Name, o.Value[RxPackets], i.Value[RxPackets])
		}
	}
	if _, err := readProc("/proc/net/no-such-file"); !os.IsNotExist(err) {
		t.Error(err)
	}
}
