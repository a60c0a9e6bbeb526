package tstat

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// applicationColumns hold what Tstat finds out by looking into payload; they are not compared.
var applicationColumns = map[string]bool{"con_t": true, "p2p_t": true, "http_t": true, "c_type": true, "s_type": true, "fqdn": true,
	"quic_SNI": true, "quic_UA": true, "quic_CHLO": true, "quic_REJ": true, "http_req_cnt": true, "http_res_cnt": true, "http_res": true,
	"s_tls_SCN": true, "c_npnalpn": true, "s_npnalpn": true, "tls_session_stat": true, "c_last_handshakeT": true, "s_last_handshakeT": true,
	"c_appdataT": true, "s_appdataT": true, "c_appdataB": true, "s_appdataB": true, "dns_rslv": true, "req_tm": true, "res_tm": true,
	"c_TLSvers": true, "s_TLSvers": true}

// TestConformance compares the three logs, all columns but those of applications, with those that
// Tstat made of the captures in the folder REEF_CAPTURES: REEF_REFERENCE/CAPTURE/tstat-log_*.txt. A
// line counts as equal when every column is. docs/differences.md explains the rest.
func TestConformance(t *testing.T) {
	captures, reference := os.Getenv("REEF_CAPTURES"), os.Getenv("REEF_REFERENCE")
	if captures == "" || reference == "" {
		t.Skip("REEF_CAPTURES and REEF_REFERENCE do not name folders of captures and of what Tstat makes of them")
	}
	for log, least := range map[string]int{"tcp_complete": 98, "tcp_nocomplete": 98, "udp_complete": 98} {
		t.Run(log, func(t *testing.T) {
			files, err := filepath.Glob(filepath.Join(reference, "*", "tstat-log_"+log+".txt"))
			if err != nil {
				t.Fatal(err)
			}
			equal, total := 0, 0
			for _, file := range files {
				name := filepath.Base(filepath.Dir(file))
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				e, n, first := compareLogs(string(want), classicLogs(t, filepath.Join(captures, name))[log])
				equal, total = equal+e, total+n
				if e < n {
					t.Logf("%s %s: %d of %d lines; %s", log, name, e, n, first)
				}
			}
			t.Logf("%d of %d lines equal", equal, total)
			if equal*100 < total*least {
				t.Errorf("fewer than %d %% of the lines are equal", least)
			}
		})
	}
}

func classicLogs(t *testing.T, capture string) map[string]string {
	r, err := pcapio.Open(capture)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var w [3]bytes.Buffer
	logs := NewLogs(&w[0], &w[1], &w[2])
	a, err := New(Config{Semantics: Classic}, logs, logs, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = pcapio.Copy(a, pcapio.NewDecoder(r, pcapio.DecodeConfig{Tunnels: pcapio.TunnelIPIP | pcapio.Tunnel6in4})); err != nil {
		t.Logf("%s: %v", filepath.Base(capture), err)
	}
	if err := errors.Join(a.Flush(), logs.Flush()); err != nil {
		t.Fatal(err)
	}
	return map[string]string{"tcp_complete": w[0].String(), "tcp_nocomplete": w[1].String(), "udp_complete": w[2].String()}
}

// compareLogs looks for each line of want in got, and returns how many were found, how many there
// are, and the first difference.
func compareLogs(want, got string) (equal, total int, first string) {
	wantLines, gotLines := strings.Split(want, "\n"), strings.Split(got, "\n")
	if strings.TrimSpace(wantLines[0]) != gotLines[0] {
		return 0, 1, "the header differs"
	}
	names := strings.Fields(strings.TrimPrefix(strings.TrimPrefix(gotLines[0], "#31"), "#"))
	server := 14
	if strings.HasPrefix(names[2], "c_first_abs") {
		server = 9
	}
	key := func(f []string) string { return fmt.Sprint(f[0], f[1], f[server], f[server+1]) }
	have := map[string][][]string{}
	for _, line := range gotLines[1:] {
		if f := strings.Fields(line); len(f) == len(names) {
			have[key(f)] = append(have[key(f)], f)
		}
	}
	for _, line := range wantLines[1:] {
		w := strings.Fields(line)
		if len(w) < len(names) {
			continue // Tstat was ended in the middle of the line
		}
		total++
		k, difference := key(w), "no line"
		if len(have[k]) > 0 {
			difference = differentColumn(names, w, have[k][0])
			have[k] = have[k][1:]
		}
		if difference == "" {
			equal++
		} else if first == "" {
			first = k + ": " + difference
		}
	}
	return equal, total, first
}

func differentColumn(names, want, got []string) string {
	for i, numbered := range names {
		name, _, _ := strings.Cut(numbered, ":")
		if !applicationColumns[name] && want[i] != got[i] {
			return fmt.Sprintf("%s is %s, here %s", name, want[i], got[i])
		}
	}
	return ""
}
