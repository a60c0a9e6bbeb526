package quote

import "testing"

func TestNameAndLine(t *testing.T) {
	for _, tt := range []struct{ name, in, quoted, line string }{
		{"plain", "web.pcap", "web.pcap", "web.pcap"},
		{"spaces and quotes", `my "web" \ 1.pcap`, `my "web" \ 1.pcap`, `my "web" \ 1.pcap`},
		{"other scripts", "записи-捕获.pcap", "записи-捕获.pcap", "записи-捕获.pcap"},
		{"newline", "x\nflows: good", `"x\nflows: good"`, `x\nflows: good`},
		{"carriage return", "x\rgood", `"x\rgood"`, `x\rgood`},
		{"escape", "\x1b[2Jx", `"\x1b[2Jx"`, `\x1b[2Jx`},
		{"8-bit CSI", "\u009b2J", `"\u009b2J"`, `\u009b2J`},
		{"right to left", "x\u202epacp.", `"x\u202epacp."`, `x\u202epacp.`},
		{"not UTF-8", "a\xff", `"a\xff"`, `a\xff`},
		{"NUL", "a\x00", `"a\x00"`, `a\x00`},
		{"tab", "a\tb", `"a\tb"`, "a\tb"},
		{"empty", "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Name(tt.in); got != tt.quoted {
				t.Errorf("Name: %q, want %q", got, tt.quoted)
			}
			if got := Line(tt.in); got != tt.line {
				t.Errorf("Line: %q, want %q", got, tt.line)
			}
		})
	}
}
