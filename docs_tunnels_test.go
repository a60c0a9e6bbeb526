package reef_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// docs/formats.md lists every tunnel by the name that -tunnels takes, and every EtherType of a VLAN
// tag.
func TestFormatsListsTunnels(t *testing.T) {
	text, err := os.ReadFile("docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), "\n## Tags and tunnels\n")
	if !found {
		t.Fatal("no section of tags and tunnels")
	}
	var names string // the first column of all rows
	for line := range strings.Lines(section) {
		if cells := strings.Split(line, "|"); len(cells) > 2 {
			names += strings.ReplaceAll(cells[1], " ", "") + ","
		}
	}
	for _, name := range strings.Split(pcapio.TunnelAll.String(), ",") {
		if !strings.Contains(","+names, ","+name+",") {
			t.Errorf("%s is not listed", name)
		}
	}
	for typ := range 1 << 16 {
		if pcapio.IsTPID(uint16(typ)) && !strings.Contains(section, fmt.Sprintf("0x%04x", typ)) {
			t.Errorf("EtherType %#04x is not listed", typ)
		}
	}
}
