package tstat

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/reeftools/reef/internal/partfile"
)

// LogDir writes log_tcp_complete, log_tcp_nocomplete and log_udp_complete into a directory. It is a
// [ConnWriter] and a [FlowWriter]. Flush completes the files; until then they have other names.
type LogDir struct {
	Sync bool // wait until each file is on the disk before it gets its name

	logs  *Logs
	files []*partfile.File
	done  bool
	err   error // sticky
}

// NewLogDir returns a LogDir that writes into dir, which it makes. Files of the same names are
// replaced.
func NewLogDir(dir string) (*LogDir, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	d := &LogDir{}
	for _, name := range []string{"log_tcp_complete", "log_tcp_nocomplete", "log_udp_complete"} {
		f, err := partfile.Create(filepath.Join(dir, name))
		if err != nil {
			return nil, errors.Join(err, d.Abort())
		}
		d.files = append(d.files, f)
	}
	d.logs = NewLogs(d.files[0], d.files[1], d.files[2])
	return d, nil
}

// WriteConn writes a line to log_tcp_complete or log_tcp_nocomplete. After an error nothing more is
// written.
func (d *LogDir) WriteConn(c *Conn) error {
	if d.err == nil {
		d.err = d.logs.WriteConn(c)
	}
	return d.err
}

// WriteFlow writes a line to log_udp_complete.
func (d *LogDir) WriteFlow(f *Flow) error {
	if d.err == nil {
		d.err = d.logs.WriteFlow(f)
	}
	return d.err
}

// Flush completes the files, or removes those that are not complete if there was an error.
func (d *LogDir) Flush() error {
	if d.done {
		return d.err
	}
	d.done = true
	if d.err == nil {
		d.err = d.logs.Flush()
	}
	for _, f := range d.files {
		f.Sync = d.Sync
		if d.err == nil {
			d.err = f.Commit()
		}
		if d.err != nil {
			d.err = errors.Join(d.err, f.Abort())
		}
	}
	return d.err
}

// Abort removes the files instead of completing them. After Flush it does nothing.
func (d *LogDir) Abort() (err error) {
	if d.done {
		return nil
	}
	d.done = true
	for _, f := range d.files {
		err = errors.Join(err, f.Abort())
	}
	return err
}
