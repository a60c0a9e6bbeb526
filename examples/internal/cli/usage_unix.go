//go:build unix

package cli

import (
	"runtime"
	"syscall"
	"time"
)

func usedResources() resources {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return resources{}
	}
	unit := int64(1024) // of Maxrss
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		unit = 1
	}
	return resources{user: time.Duration(r.Utime.Nano()), system: time.Duration(r.Stime.Nano()), peak: int64(r.Maxrss) * unit, ok: true}
}
