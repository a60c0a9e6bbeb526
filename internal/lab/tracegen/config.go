package tracegen

import "fmt"

// Share is a part of a whole in parts per million.
type Share uint32

// Percent is a hundredth.
const Percent Share = 10_000

const (
	defaultPackets = 10_000
	defaultRate    = 33_000
	defaultStart   = 1_767_225_600e9 // 2026-01-01 00:00 UTC
	maxSnapLen     = 65535
)

// Config says what to generate. The zero value is 10,000 packets of TCP over IPv4 without loss.
type Config struct {
	Seed uint64 // other seeds give other traces of the same kind
	// the trace ends after so many packets; 0 for no such bound if Bytes is set, else for 10,000
	Packets uint64
	// the trace ends before its pcap file (24 bytes, and 16 per record) grows beyond this; 0 for no
	// such bound
	Bytes uint64
	// how many flows (both directions as one) to aim at; 0 for 2 in 15 packets. Met within a few
	// per cent in traces of 10 s or more: in short ones many flows have only begun
	Flows   uint64
	Rate    uint64 // how many packets per second of trace to aim at; 0 for 33,000
	Start   int64  // time of the first flow, ns since 1970; 0 for 2026-01-01 00:00 UTC
	SnapLen int    // bytes captured of each frame; 0 for 65535
	Micro   bool   // times are whole microseconds

	// Shares of all flows. What is not UDP or ICMP is TCP.
	UDP, ICMP, IPv6, VLAN Share

	// Shares of TCP connections. The rest ends with FIN in both directions.
	Unanswered Share // SYN, perhaps again, and nothing comes back
	Refused    Share // SYN, RST
	Reset      Share // the client ends with RST
	Unclosed   Share // falls silent after its data

	// Shares of packets.
	Loss    Share // lost, one half of them before the monitor and one half behind
	Reorder Share // overtaken, one half before the monitor and one half behind

	// SYNOnly makes every flow a single SYN from another source, as half-open floods do. Flows and
	// shares other than IPv6 and VLAN do not matter then.
	SYNOnly bool
}

// Standard returns the configuration of the project's benchmark trace: about 3 million packets in
// 400 thousand flows over 90 seconds, 96 bytes captured of each, with loss, reordering, IPv6, VLAN
// tags, scans and streams.
func Standard() Config {
	return Config{
		Seed: 1, Packets: 3_000_000, Flows: 400_000, Rate: 33_000, SnapLen: 96, Micro: true,
		UDP: 46 * Percent, ICMP: 4 * Percent, IPv6: 20 * Percent, VLAN: 10 * Percent,
		Unanswered: 20 * Percent, Refused: 4 * Percent, Reset: 6 * Percent, Unclosed: 3 * Percent,
		Loss: Percent, Reorder: Percent / 5,
	}
}

// Validate says what is wrong with c, if anything.
func (c *Config) Validate() error {
	shares := [...]struct {
		name string
		sum  uint64
	}{
		{"UDP+ICMP", uint64(c.UDP) + uint64(c.ICMP)}, {"IPv6", uint64(c.IPv6)}, {"VLAN", uint64(c.VLAN)},
		{"Unanswered+Refused+Reset+Unclosed", uint64(c.Unanswered) + uint64(c.Refused) + uint64(c.Reset) + uint64(c.Unclosed)},
		{"Loss", uint64(c.Loss)}, {"Reorder", uint64(c.Reorder)},
	}
	for _, s := range shares {
		if s.sum > uint64(100*Percent) {
			return fmt.Errorf("tracegen: Config.%s is more than the whole: %d parts per million", s.name, s.sum)
		}
	}
	if c.SnapLen < 0 || c.SnapLen > maxSnapLen {
		return fmt.Errorf("tracegen: Config.SnapLen %d is not in 0..%d", c.SnapLen, maxSnapLen)
	}
	if c.Rate > 1e9 {
		return fmt.Errorf("tracegen: Config.Rate %d is more than one packet per nanosecond", c.Rate)
	}
	if c.Start < 0 {
		return fmt.Errorf("tracegen: Config.Start %d is before 1970", c.Start)
	}
	return nil
}

// withDefaults fills in what was left 0, and returns the number of packets to expect.
func (c Config) withDefaults() (full Config, expected uint64) {
	if c.SnapLen == 0 {
		c.SnapLen = maxSnapLen
	}
	if c.Rate == 0 {
		c.Rate = defaultRate
	}
	if c.Start == 0 {
		c.Start = defaultStart
	}
	expected = c.Packets
	if c.Packets == 0 && c.Bytes == 0 {
		c.Packets, expected = defaultPackets, defaultPackets
	} else if c.Packets == 0 { // records of the standard mix: about 500 bytes, or the snap length
		expected = max(1, c.Bytes/uint64(16+min(c.SnapLen, 500)))
	}
	if c.SYNOnly {
		c.Flows = expected
	} else if c.Flows == 0 {
		c.Flows = max(1, expected/15*2)
	}
	if c.Packets == 0 {
		c.Packets = ^uint64(0)
	}
	if c.Bytes == 0 {
		c.Bytes = ^uint64(0)
	}
	return c, expected
}
