package ifcounter

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// Read returns the interfaces of the network namespace of the calling thread and their counters.
func Read() (*Snapshot, error) {
	answer, err := syscall.NetlinkRIB(syscall.RTM_GETLINK, syscall.AF_UNSPEC)
	if err == nil {
		s := &Snapshot{Time: time.Now(), Source: Netlink}
		s.Interfaces, err = parseLinks(answer)
		if err == nil {
			return s, nil
		}
	} else {
		err = fmt.Errorf("ifcounter: netlink: %w", err)
	}
	s, procErr := readProc("/proc/net/dev")
	if procErr != nil {
		return nil, errors.Join(err, procErr)
	}
	return s, nil
}

func readProc(path string) (*Snapshot, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s := &Snapshot{Source: ProcNetDev}
	s.Interfaces, err = ParseProcNetDev(f)
	s.Time = time.Now()
	return s, err
}
