package ifcounter

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// procColumns are the columns of /proc/net/dev (proc_net(5)).
var procColumns = []Field{RxBytes, RxPackets, RxErrors, RxDropped, RxFIFOErrors, RxFrameErrors, RxCompressed, RxMulticast,
	TxBytes, TxPackets, TxErrors, TxDropped, TxFIFOErrors, TxCollisions, TxCarrierErrors, TxCompressed}

// ParseProcNetDev parses the text of Linux's /proc/net/dev: two lines of column names and a line
// for each interface.
//
// Some of its columns are sums (net/core/net-procfs.c): RxDropped has RxMissedErrors in it,
// RxFrameErrors has RxLengthErrors, RxOverErrors and RxCRCErrors, TxCarrierErrors has
// TxAbortedErrors, TxWindowErrors and TxHeartbeatErrors.
func ParseProcNetDev(r io.Reader) ([]Interface, error) {
	var links []Interface
	lines := bufio.NewScanner(r)
	n := 0
	for lines.Scan() {
		n++
		line := lines.Text()
		if n <= 2 {
			if !strings.Contains(line, "|") {
				return nil, fmt.Errorf("%w: line %d of /proc/net/dev is not its header", ErrFormat, n)
			}
			continue
		}
		i, err := parseProcLine(line)
		if err != nil {
			return links, fmt.Errorf("%w: line %d of /proc/net/dev: %w", ErrFormat, n, err)
		}
		links = append(links, i)
	}
	if err := lines.Err(); err != nil {
		return links, fmt.Errorf("ifcounter: /proc/net/dev: %w", err)
	}
	if n < 2 {
		return nil, fmt.Errorf("%w: /proc/net/dev has %d lines", ErrFormat, n)
	}
	return links, nil
}

func parseProcLine(line string) (Interface, error) {
	colon := strings.LastIndexByte(line, ':') // an alias may have one in its name
	if colon < 0 {
		return Interface{}, fmt.Errorf("no colon in %q", line)
	}
	i := Interface{Name: strings.TrimSpace(line[:colon]), PeerNetNS: -1}
	values := strings.Fields(line[colon+1:])
	if i.Name == "" || len(values) < len(procColumns) {
		return Interface{}, fmt.Errorf("%d columns, want a name and %d", len(values), len(procColumns))
	}
	for k, f := range procColumns {
		v, err := strconv.ParseUint(values[k], 10, 64)
		if err != nil {
			return Interface{}, err
		}
		i.set(f, v)
	}
	return i, nil
}
