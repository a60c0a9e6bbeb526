package tstat

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// logsOf follows the packets and returns the three logs.
func logsOf(t *testing.T, cfg Config, packets ...pkt) (complete, nocomplete, udp string) {
	t.Helper()
	var w [3]bytes.Buffer
	logs := NewLogs(&w[0], &w[1], &w[2])
	a, err := New(cfg, logs, logs, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &sim{a: a}
	s.send(t, packets...)
	s.flush(t)
	if err := logs.Flush(); err != nil {
		t.Fatal(err)
	}
	return w[0].String(), w[1].String(), w[2].String()
}

// TestLogs compares lines with numbers worked out by hand from the times and lengths in transfer:
// the client's four samples are 10, 10, 12 and 10 ms, so that Tstat's mean is 42/4.0001 ms and the
// deviation 1 ms.
func TestLogs(t *testing.T) {
	const (
		counts  = "10.0.0.1 1000 5 0 4 1 150 2 150 0 0 0 1 1 10.0.0.2 80 5 0 5 2 200 1 200 0 0 0 1 1"
		times   = " 1000000000000.000000 1000000000056.000000 56.000000 20.000000 31.000000 33.000000 31.000000 11.000000 30.000000 1 1 0 0 0 0 0"
		options = " 0 0 0 0 0 0" +
			" 0 0 0 0 0 0 100 50 1000 900 0 100 50 100 0 0 0 0 0 0 0 0 0" +
			" 0 0 0 0 0 0 200 200 2000 1500 0 200 200 200 0 0 0 0 0 0 0 0 0" +
			" 0 0 --- 2 1 - - 0 0 0 0.000000 0.000000 0.000000 0.000000 0 0 - - 0.0 0.0 - - - 0"
	)
	packets := append(transfer(),
		pkt{At: 60000 * us, Flags: syn, Port: 3000},
		pkt{At: 70000 * us, UDP: true, Len: 100}, pkt{At: 70300 * us, UDP: true, B: true, Len: 20}, pkt{At: 70500 * us, UDP: true, Len: 100})
	for _, tt := range []struct {
		classic bool
		rtt     string
	}{
		{false, " 10.500000 10.000000 12.000000 1.000000 4 64 64 1.333333 1.000000 2.000000 0.577350 3 64 64"},
		{true, " 10.499738 10.000000 12.000000 1.000000 4 64 64 1.333289 1.000000 2.000000 0.577350 3 64 64"},
	} {
		t.Run(fmt.Sprint("classic ", tt.classic), func(t *testing.T) {
			complete, nocomplete, udp := logsOf(t, Config{Semantics: semantics(tt.classic)}, packets...)
			for _, c := range []struct{ name, got, want string }{
				{"complete", complete, counts + times + tt.rtt + options},
				{"nocomplete", nocomplete, "10.0.0.1 3000 1 0 0 0 0 0 0 0 0 0 1 0 10.0.0.2 80 0 0 0 0 0 0 0 0 0 0 0 0" +
					" 1000000000060.000000 1000000000060.000000 0.000000 0.000000 0.000000 0.000000 0.000000 0.000000 0.000000 1 1 0 0 0 0 0"},
				{"udp", udp, "10.0.0.1 1000 1000000000070.000000 0.000500 200 2 1 0 0 10.0.0.2 80 1000000000070.300000 0.000000 20 1 1 0 0 - - - 0 0"},
			} {
				t.Run(c.name, func(t *testing.T) {
					if tt.classic {
						// the next number that 64-bit floating point has
						c.want = strings.Replace(c.want, "70.300000", "70.300049", 1)
					}
					head, rows, _ := strings.Cut(c.got, "\n")
					if rows != c.want+"\n" {
						t.Errorf("classic %v, %s:\n%swant\n%s", tt.classic, c.name, rows, c.want)
					}
					if n, m := len(strings.Fields(head)), len(strings.Fields(c.want)); n != m {
						t.Errorf("%d names, %d columns", n, m)
					}
				})
			}
			if !strings.HasPrefix(complete, "#31#c_ip:1 c_port:2 c_pkts_all:3 ") || !strings.Contains(complete, " c_f1323_opt:65 ") || !strings.Contains(complete, " dns_enc:134\n") {
				t.Errorf("header %.80s", complete)
			}
		})
	}
}

func TestLogNames(t *testing.T) {
	complete, _, _ := logsOf(t, Config{}, append(handshake(), pkt{At: 20000 * us, Flags: ack, Seq: 1, Ack: 1, Payload: clientHello("example.org")},
		pkt{At: 30000 * us, Flags: rst, Seq: 9})...)
	f := strings.Fields(strings.Split(complete, "\n")[1])
	if f[41] != "8192" || f[115] != "example.org" || f[130] != "-" {
		t.Errorf("con_t %s, c_tls_SNI %s, http_hostname %s", f[41], f[115], f[130])
	}
}

// TestLogLargeOptions: Tstat prints the MSS as a signed number of 16 bits, 65495 - 65536 = -41, and
// takes 65535 and a shift of 255 for none.
func TestLogLargeOptions(t *testing.T) {
	for _, c := range []struct {
		mss    uint16
		wscale uint8
		want   [2]string // c_win_scl and c_mss by default and classic
	}{
		{1460, 7, [2]string{"7 1460", "7 1460"}},
		{32767, 14, [2]string{"14 32767", "14 32767"}},
		{65495, 7, [2]string{"7 65495", "7 -41"}},
		{65535, 255, [2]string{"255 65535", "0 0"}},
	} {
		t.Run(fmt.Sprintf("MSS %d, shift %d", c.mss, c.wscale), func(t *testing.T) {
			for i, classic := range []bool{false, true} {
				packets := append(handshake(), pkt{At: 20000 * us, Flags: rst, Seq: 1})
				packets[0].Options, packets[0].MSS, packets[0].WScale = pcapio.OptMSS|pcapio.OptWScale, c.mss, c.wscale
				packets[1].Options = pcapio.OptWScale // so that the client's shift stays
				complete, _, _ := logsOf(t, Config{Semantics: semantics(classic)}, packets...)
				f := strings.Fields(strings.Split(complete, "\n")[1])
				if got := f[66] + " " + f[69]; got != c.want[i] {
					t.Errorf("MSS %d, shift %d, classic %v: %s, want %s", c.mss, c.wscale, classic, got, c.want[i])
				}
			}
		})
	}
}

// TestLogBefore1970 has a negative time, as Tstat reads times after 2038 in pcap files: times that
// never were seem to come after it, and no round trip is measured.
func TestLogBefore1970(t *testing.T) {
	packets := append(handshake(), pkt{At: 20000 * us, Flags: rst, Seq: 1})
	for i := range packets {
		packets[i].At -= 1200e12 * us // from 2001 to 1963
	}
	both(t, func(t *testing.T, cfg Config) {
		complete, _, _ := logsOf(t, cfg, packets...)
		f := strings.Fields(strings.Split(complete, "\n")[1])
		got := strings.Join([]string{f[28], f[31], f[48]}, " ")
		want := "-200000000000.000000 0.000000 1"
		if cfg.Semantics == Classic {
			want = "-200000000000.000000 200000000000.000000 0"
		}
		if got != want {
			t.Errorf("first, c_first, c_rtt_cnt: %s, want %s", got, want)
		}
	})
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestLogError(t *testing.T) {
	for i := range 3 {
		w := [3]full{}
		logs := NewLogs(nil, nil, nil)
		switch i {
		case 0:
			logs = NewLogs(w[0], nil, nil)
		case 1:
			logs = NewLogs(nil, w[1], nil)
		case 2:
			logs = NewLogs(nil, nil, w[2])
		}
		if err := logs.Flush(); err == nil {
			t.Errorf("no error from log %d", i)
		}
	}
}
