package tstat

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

func TestHistogram(t *testing.T) {
	h := newHistogram("x", "values", 10, 30, 5)
	for _, v := range []int64{-1, 9, 10, 14, 15, 29, 30, math.MaxInt64, math.MinInt64} {
		h.Add(v)
	}
	for _, v := range []float64{math.NaN(), math.Inf(1), 29.9, 30, 9.9, 1e300} {
		h.addFloat(v)
	}
	if want := []uint64{4, 2, 1, 0, 2, 4}; !slices.Equal(h.Counts, want) || h.Samples() != 13 || h.Edge(0) != 5 || h.Edge(5) != 30 {
		t.Errorf("%v, %d samples", h.Counts, h.Samples())
	}
	if err := h.Merge(newHistogram("y", "", 10, 35, 5)); !errors.Is(err, ErrConfig) {
		t.Error(err)
	}
	if err := h.Merge(h); err != nil || h.Counts[0] != 8 {
		t.Errorf("%v %v", err, h.Counts)
	}
}

// counts returns what is not zero in the named histogram: edges and counts.
func counts(t *testing.T, s *Set, name string) (list []int64) {
	t.Helper()
	h := s.Histogram(name)
	if h == nil {
		t.Fatalf("no histogram %s", name)
	}
	for i, c := range h.Counts {
		if c > 0 {
			list = append(list, h.Edge(i), int64(c))
		}
	}
	return list
}

// TestSet checks the histograms of one connection and one UDP flow, of a client inside and a server
// outside.
func TestSet(t *testing.T) {
	cfg := Config{Internal: []netip.Prefix{netip.MustParsePrefix("10.0.0.1/32")}}
	s := newSim(t, cfg, StepWriterFunc(func(s *Set) error {
		for _, tt := range []struct {
			name string
			want []int64
		}{
			{"ip_protocol_out", []int64{6, 6, 17, 1}}, // with the RST after the end
			{"ip_protocol_in", []int64{1, 1, 6, 5}},
			{"ip_protocol_loc", nil},
			{"ip_ttl_in", []int64{64, 6}},
			{"tcp_port_dst_out", []int64{80, 6}},
			{"tcp_port_syndst_out", []int64{80, 1}},
			{"tcp_cl_p_out", []int64{5, 1}},
			{"tcp_cl_p_s2c", []int64{5, 1}},
			{"tcp_cl_b_s_c2s", []int64{150, 1}},
			{"tcp_cl_b_s_in", []int64{200, 1}},
			{"tcp_rtt_avg_c2s", []int64{10, 1}},
			{"tcp_rtt_max_out", []int64{12, 1}},
			{"tcp_rtt_cnt_in", []int64{3, 1}},
			{"tcp_anomalies_c2s", []int64{0, 4}}, // SYN, two of data, FIN
			{"tcp_rtx_RTO_out", []int64{0, 1}},
			{"tcp_opts_SACK", []int64{4, 1}},
			{"tcp_mss_used", []int64{536, 1}},
			{"tcp_win_max", []int64{768, 1, 1792, 1}}, // 1000 and 2000
			{"tcp_win_avg", []int64{768, 1, 1792, 1}}, // 4800/5 and 9200/5
			{"tcp_cwnd", []int64{0, 7}},
			{"tcp_tot_time", []int64{50, 1}},
			{"tcp_thru_c2s", []int64{36, 1}}, // 150 bytes in 33 ms
			{"tcp_interrupted", []int64{0, 1}},
			{"udp_cl_b_s_out", []int64{100, 1}},
			{"udp_cl_p_in", []int64{0, 1}},
			{"udp_port_flow_dst", []int64{80, 1}},
			{"L4_flow_number", []int64{0, 1, 1, 1}},
		} {
			t.Run(tt.name, func(t *testing.T) {
				if got := counts(t, s, tt.name); !slices.Equal(got, tt.want) {
					t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
				}
			})
		}
		if !s.Last || s.Index != 0 {
			t.Errorf("last %v, index %d", s.Last, s.Index)
		}
		return nil
	}))
	s.send(t, append(transfer(), pkt{At: 57000 * us, UDP: true, Len: 100})...)
	icmp := s.Packet(pkt{At: 57500 * us, B: true})
	icmp.Layers, icmp.Proto = pcapio.LayerIPv4|pcapio.LayerICMP, 1
	if err := s.a.WritePacket(icmp); err != nil {
		t.Fatal(err)
	}
	s.flush(t)
}

// TestInterrupted checks a connection that the client breaks off right after data.
func TestInterrupted(t *testing.T) {
	for _, tt := range []struct {
		us   int64
		want int64
	}{{25000, 1}, {80000, 0}} {
		t.Run(fmt.Sprintf("RST at %d us", tt.us), func(t *testing.T) {
			s := newSim(t, Config{}, StepWriterFunc(func(s *Set) error {
				if got := counts(t, s, "tcp_interrupted"); got[0] != tt.want {
					t.Errorf("RST at %d us: %v", tt.us, got)
				}
				return nil
			}))
			s.send(t, append(handshake(), pkt{At: 20000 * us, B: true, Flags: ack, Seq: 1, Ack: 1, Len: 10}, pkt{At: tt.us * us, Flags: rst, Seq: 1})...)
			s.flush(t)
		})
	}
}

// TestSteps checks where steps begin and end: by default every 5 minutes from the first packet, in
// Tstat with the first packet after more than that.
func TestSteps(t *testing.T) {
	type step struct {
		index      int
		start, end int64 // s
		last       bool
		udp        uint64
	}
	both(t, func(t *testing.T, cfg Config) {
		var got []step
		total := NewSet()
		s := newSim(t, cfg, StepWriterFunc(func(s *Set) error {
			got = append(got, step{s.Index, s.Start/1e9 - 1e9, s.End/1e9 - 1e9, s.Last, s.Histogram("udp_port_dst_loc").Samples()})
			total.Merge(s)
			return nil
		}))
		for _, at := range []int64{0, 299, 301, 1000, 1001} {
			s.send(t, pkt{At: (at * 1e6) * us, UDP: true})
		}
		s.flush(t)
		want := []step{{0, 0, 300, false, 2}, {1, 300, 600, false, 1}, {3, 900, 1001, true, 2}}
		if cfg.Semantics == Classic {
			want = []step{{0, 0, 301, false, 3}, {1, 301, 1000, false, 1}, {2, 1000, 1001, true, 1}}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		if n := total.Histogram("udp_port_dst_loc").Samples(); n != 5 || total.Start != 1e18 || total.End != 1e18+1001e9 {
			t.Errorf("%d samples from %d to %d", n, total.Start, total.End)
		}
	})
}

func TestHistogramDir(t *testing.T) {
	dir := t.TempDir()
	d, err := NewHistogramDir(filepath.Join(dir, "new"))
	if err != nil {
		t.Fatal(err)
	}
	s := newSim(t, Config{}, d)
	for _, at := range []int64{0, 301, 302, 3700} { // 2001-09-09 01:46:40
		s.send(t, pkt{At: (at * 1e6) * us, UDP: true, Len: 10})
	}
	s.flush(t)
	if err := d.Flush(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"2001_09_09_01_46.out/000/udp_port_dst_loc":   "#UDP datagrams by destination port\n#RANGE: min=0 bin_size=1 max=65536\n80 1\n",
		"2001_09_09_01_46.out/001/udp_port_dst_loc":   "#UDP datagrams by destination port\n#RANGE: min=0 bin_size=1 max=65536\n80 2\n",
		"2001_09_09_02_46.out/LAST/udp_port_dst_loc":  "#UDP datagrams by destination port\n#RANGE: min=0 bin_size=1 max=65536\n80 1\n",
		"2001_09_09_02_46.out/LAST/tcp_net_dup_loc":   "#TCP segments that the network duplicated\n#RANGE: min=0 bin_size=1 max=100\n",
		"2001_09_09_01_46.out/001/tcp_rtt_stdev_s2c":  "#TCP standard deviation of round-trip times [ms]\n#RANGE: min=0 bin_size=1 max=2000\n",
		"2001_09_09_01_46.out/001/tcp_port_synsrc_in": "#TCP SYN segments by source port\n#RANGE: min=0 bin_size=1 max=65536\n",
	} {
		t.Run(name, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join(dir, "new", name))
			if err != nil || string(b) != want {
				t.Errorf("%v\n%s", err, b)
			}
		})
	}
	for name, want := range map[string]string{
		"cumulative.csv": "\nudp_port_dst_loc,80,4,1.000000000,1.000000000\n",
		"time.csv":       "\n1000000300.000000,1000000600.000000,udp_port_dst_loc,80,2\n",
	} {
		t.Run(name, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join(dir, "new", name))
			if err != nil || !strings.Contains(string(b), want) {
				t.Errorf("%v\n%s", err, b)
			}
		})
	}
	if _, err := NewHistogramDir(filepath.Join(dir, "new", "time.csv")); err == nil {
		t.Error("a directory in place of a file")
	}
}

func TestCumulative(t *testing.T) {
	s := NewSet()
	for _, v := range []int64{-1, 10, 10, 5000} {
		s.count(tcpRTTAvg, c2s, v)
	}
	var b bytes.Buffer
	if err := s.WriteCumulative(&b); err != nil {
		t.Fatal(err)
	}
	want := "histogram,bin,count,share,cumulative_share\ntcp_rtt_avg_c2s,-1,1,0.250000000,0.250000000\n" +
		"tcp_rtt_avg_c2s,10,2,0.500000000,0.750000000\ntcp_rtt_avg_c2s,2000,1,0.250000000,1.000000000\n"
	if b.String() != want {
		t.Errorf("%s", b.String())
	}
	if err := s.WriteCumulative(full{}); err == nil {
		t.Error("no error from a full disk")
	}
}
