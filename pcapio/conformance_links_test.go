package pcapio

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// tsharkDiffers are the frames that Wireshark 4.0 decodes otherwise, or not at all, and why.
var tsharkDiffers = map[string]string{
	"slip":                        "it knows no SLIP",
	"slip bsd/os":                 "it knows no SLIP",
	"pppd":                        "it does not find the frame behind the direction",
	"chdlc with direction":        "it knows directions of PPP only",
	"frame relay with direction":  "it knows directions of PPP only",
	"mpls link":                   "it does not know the link type",
	"dsa":                         "it does not know the link type",
	"dsa tagged":                  "it does not know the link type",
	"edsa":                        "it does not know the link type",
	"edsa tagged":                 "it does not know the link type",
	"broadcom":                    "it does not know the link type",
	"broadcom in front":           "it does not know the link type",
	"nflog big-endian v6":         "it takes the byte order from the file, which is another one here",
	"nflog bridge, nested":        "it takes the byte order from the file, which is another one here",
	"null linux":                  "it does not know Linux's AF_INET6",
	"clip":                        "it knows packets without LLC only; tcpdump both",
	"netanalyzer":                 "it wants more of the header",
	"netanalyzer transparent":     "it wants more of the header",
	"juniper without link header": "it knows no extension here; tcpdump does",
	"mpls pseudo-wire":            "it takes the control word for a part of the frame",
	"mpls pseudo-wire vlan":       "it takes the control word for a part of the frame",
}

// TestConformanceLinks has tshark decode every frame of linkFrames but the tagged ones: it must
// find the same UDP packet.
func TestConformanceLinks(t *testing.T) {
	tool, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("tshark is not installed")
	}
	frames := linkFrames[len(tagFrames):]
	n := &ngBuilder{}
	n.section(binary.LittleEndian)
	for i, f := range frames {
		n.iface(f.link, 0, n.option(9, "\x09"))
		n.enhanced(i, uint64(i), len(f.data), string(f.data))
	}
	file := filepath.Join(t.TempDir(), "links.pcapng")
	if err := os.WriteFile(file, n.out, 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(tool, "-n", "-r", file, "-T", "fields", "-E", "occurrence=l", "-e", "ip.src", "-e", "ipv6.src", "-e", "udp.srcport",
		"-e", "udp.dstport", "-e", "udp.length")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(lines) != len(frames) {
		t.Fatalf("tshark has %d packets of %d", len(lines), len(frames))
	}
	for i, f := range frames {
		p := decodeOne(f.link, f.data, 0)
		ours := []string{p.SrcAddr().String(), "", "1024", "53", "16"}
		if p.IPVersion == 6 {
			ours[0], ours[1] = ours[1], ours[0]
		}
		differs := lines[i] != strings.Join(ours, "\t")
		if reason := tsharkDiffers[f.name]; differs != (reason != "") {
			t.Errorf("%s (%d): tshark has %q, we have %q, expected: %q", f.name, f.link, lines[i], ours, reason)
		}
	}
}
