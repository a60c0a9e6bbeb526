package conformance

import (
	"encoding/csv"
	"maps"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/reeftools/reef/flow/coral"
	"github.com/reeftools/reef/pcapio"
)

// csvFlows runs flows -uni -format csv and returns its rows by column name.
func csvFlows(t *testing.T, capture string, flags ...string) []map[string]string {
	t.Helper()
	out := run(t, program(t, "flows"), append(append([]string{"-format", "csv", "-uni"}, flags...), capture)...)
	if out.status == 2 {
		t.Fatalf("flows: %s", out.stderr)
	}
	lines, err := csv.NewReader(strings.NewReader(out.stdout)).ReadAll()
	if err != nil || len(lines) == 0 {
		if out.status == 0 || err != nil {
			t.Fatalf("flows %s: %v: %s", capture, err, out.stderr)
		}
		return nil
	}
	rows := make([]map[string]string, len(lines)-1)
	for i, line := range lines[1:] {
		rows[i] = map[string]string{}
		for j, column := range lines[0] {
			rows[i][column] = line[j]
		}
	}
	return rows
}

// tuple is a five-tuple in one direction.
type tuple struct{ src, srcPort, dst, dstPort, proto string }

// TestFlowsAddUpToTshark compares packets per five-tuple. Later fragments have the ports of their
// first, which tshark does not show.
func TestFlowsAddUpToTshark(t *testing.T) {
	need(t, "tshark")
	numbers := map[string]string{"tcp": "6", "udp": "17", "sctp": "132", "icmp": "1", "icmpv6": "58"}
	for _, name := range captures(t) {
		ours, err := packets(t, name)
		if err != nil {
			continue // what came before the damage was compared by TestDecoderIsTshark
		}
		type datagram struct{ src, dst, id, proto string }
		firsts := map[datagram]tuple{}
		want := map[tuple]int{}
		for i, d := range tshark(t, name) {
			if d.version == 0 || i >= len(ours) || !ours[i].Status.HasIP() {
				continue
			}
			// tshark has no number at the end of IPv6's chain
			proto := strconv.Itoa(int(ours[i].Proto))
			key := tuple{d.src, d.srcPort, d.dst, d.dstPort, proto}
			id := datagram{d.src, d.dst, d.ipID, proto}
			switch {
			case d.later && firsts[id] != (tuple{}):
				key = firsts[id]
			case d.later || numbers[d.transport] != proto || ours[i].Status == pcapio.StatusBadTransport:
				key.srcPort, key.dstPort = "", ""
				if ours[i].PortsOK {
					key.srcPort, key.dstPort = strconv.Itoa(int(ours[i].SrcPort)), strconv.Itoa(int(ours[i].DstPort))
				}
			case ours[i].IsFragment():
				firsts[id] = key
			}
			want[key]++
		}
		got := map[tuple]int{}
		for _, row := range csvFlows(t, name) {
			got[tuple{row["src"], row["src_port"], row["dst"], row["dst_port"], row["proto"]}] += number(t, row["packets"])
		}
		if !maps.Equal(got, want) {
			for k, n := range want {
				if got[k] != n {
					t.Errorf("%s: %v: %d packets, tshark has %d", filepath.Base(name), k, got[k], n)
				}
			}
			for k, n := range got {
				if want[k] == 0 {
					t.Errorf("%s: %v: %d packets, tshark has none", filepath.Base(name), k, n)
				}
			}
		}
	}
}

// TestFlowsAddUpToNfdump compares the packets and bytes of TCP and UDP with those that nfpcapd
// counts. It takes captures whose packets nfpcapd reads as reef does: it enters tunnels, puts
// fragments together and leaves out packets whose headers are cut.
func TestFlowsAddUpToNfdump(t *testing.T) {
	need(t, "nfpcapd", "nfdump")
	counter := regexp.MustCompile(`(?m)^(Packets|Bytes)_(tcp|udp): (\d+)$`)
	compared := 0
	for _, name := range glob(t, testdata) {
		ours, err := packets(t, name)
		if err != nil || filepath.Ext(name) != ".pcap" {
			continue // nfpcapd reads plain pcap only
		}
		want := map[string]string{}
		packets, bytes := map[string]int{}, map[string]int{}
		same := true
		for _, p := range ours {
			same = same && !p.IsFragment() && (!p.IsIP() || p.Proto == pcapio.ProtoTCP || p.Proto == pcapio.ProtoUDP || p.Proto == pcapio.ProtoICMP || p.Proto == pcapio.ProtoICMPv6)
		}
		dir := t.TempDir()
		out := run(t, "nfpcapd", "-r", name, "-w", dir)
		if !same || out.status != 0 || !strings.Contains(out.stdout+out.stderr, "short caplen: 0, unknown: 0") {
			continue
		}
		for _, m := range counter.FindAllStringSubmatch(mustRun(t, "nfdump", "-R", dir, "-I"), -1) {
			want[m[1]+" "+m[2]] = m[3]
		}
		if len(want) == 0 {
			continue // no flow file: it had no packets of IP
		}
		for _, row := range csvFlows(t, name) {
			proto := map[string]string{"6": "tcp", "17": "udp"}[row["proto"]]
			packets[proto] += number(t, row["packets"])
			bytes[proto] += number(t, row["bytes"])
		}
		compared++
		for _, proto := range []string{"tcp", "udp"} {
			if strconv.Itoa(packets[proto]) != want["Packets "+proto] || strconv.Itoa(bytes[proto]) != want["Bytes "+proto] {
				t.Errorf("%s: %s: %d packets of %d bytes, nfdump has %s of %s", filepath.Base(name), proto,
					packets[proto], bytes[proto], want["Packets "+proto], want["Bytes "+proto])
			}
		}
	}
	if compared < 5 {
		t.Errorf("only %d captures compared", compared)
	}
}

// TestT2ReadsBack reads t2 with coral and writes it again, and compares its packets with those of
// csv.
func TestT2ReadsBack(t *testing.T) {
	flows := program(t, "flows")
	for _, name := range captures(t) {
		out := run(t, flows, "-format", "t2", name)
		if out.status == 2 {
			t.Fatal(out.stderr)
		}
		if out.status == 1 && out.stdout == "" {
			continue // no capture at all, so no table
		}
		r := coral.NewReader(strings.NewReader(out.stdout))
		r.Strict = true
		var again strings.Builder
		w := coral.NewWriter(&again, coral.WriterConfig{})
		if _, err := coral.Copy(w, r); err != nil {
			t.Errorf("%s: %v", filepath.Base(name), err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if again.String() != out.stdout {
			t.Errorf("%s: t2 does not read back the same", filepath.Base(name))
		}
		inT2, inCSV := 0, 0
		for line := range strings.Lines(out.stdout) {
			if !strings.HasPrefix(line, "#") {
				inT2 += number(t, strings.Split(line, "\t")[6])
			}
		}
		for _, row := range csvFlows(t, name) {
			inCSV += number(t, row["packets"])
		}
		if inT2 != inCSV {
			t.Errorf("%s: %d packets in t2, %d in csv", filepath.Base(name), inT2, inCSV)
		}
	}
}

func number(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
