package tcptrace

import (
	"errors"
	"path/filepath"
	"strconv"

	"github.com/reeftools/reef/internal/partfile"
)

// XplotDir writes graphs as .xpl files, which the program xplot draws, into a directory. It is a
// [GraphWriter].
//
// Files are open only while their buffers are written, so that there may be many, and get their
// names in EndGraphs; memory grows by up to 16 kB per graph. A connection has eleven: five of each
// side and the time line.
type XplotDir struct {
	Sync bool // wait until each file is on the disk before it gets its name

	dir   string
	files map[Graph]*xplotFile
	order []Graph
	err   error // sticky
}

type xplotFile struct {
	buf   []byte
	color string
	file  *partfile.File // nil until something is written
}

const xplotBuffer = 16 << 10

// NewXplotDir returns an XplotDir for an existing directory. Files of the same names are replaced.
func NewXplotDir(dir string) *XplotDir { return &XplotDir{dir: dir, files: map[Graph]*xplotFile{}} }

// WriteElement writes an element.
func (x *XplotDir) WriteElement(g Graph, e *Element) error {
	f := x.files[g]
	if f == nil {
		x.begin(g.Conn)
		f = x.files[g]
	}
	if e.Color != f.color && e.Color != "" {
		f.color = e.Color
		f.buf = append(append(f.buf, e.Color...), '\n')
	}
	f.buf = append(f.buf, e.Shape...)
	f.buf = appendPoint(f.buf, g, e.T, e.Y)
	if e.Shape == Line {
		f.buf = appendPoint(f.buf, g, e.T2, e.Y2)
	}
	f.buf = append(f.buf, '\n')
	if e.Text != "" {
		f.buf = append(append(f.buf, e.Text...), '\n')
	}
	if len(f.buf) >= xplotBuffer {
		return x.write(g, f)
	}
	return nil
}

// begin begins all graphs of c, since as in tcptrace those without an element have a file as well.
func (x *XplotDir) begin(c *Conn) {
	axes := [numGraphs]string{"timeval double", "timeval signed", "timeval signed", "timeval signed", "timeval signed", "unsigned dtime"}
	for kind := range numGraphs {
		for _, fromA := range []bool{true, false} {
			g := Graph{c, kind, fromA}
			if kind == TimeLine && !fromA {
				continue
			}
			x.files[g] = &xplotFile{buf: []byte(axes[kind] + "\ntitle\n" + g.Title() + "\nxlabel\n" + g.XLabel() + "\nylabel\n" + g.YLabel() + "\n")}
			x.order = append(x.order, g)
		}
	}
}

// appendPoint writes x and y. A time line has place and time, which counts downwards from the
// connection's start.
func appendPoint(b []byte, g Graph, t, y int64) []byte {
	b = append(b, ' ')
	if g.Kind == TimeLine {
		b = append(strconv.AppendInt(b, y, 10), " -"...)
		return appendMicros(b, max(t-g.Conn.First, 0))
	}
	b = append(appendMicros(b, t), ' ')
	return strconv.AppendInt(b, y, 10)
}

func appendMicros(b []byte, us int64) []byte {
	if us < 0 {
		b = append(b, '-')
		us = -us
	}
	b = append(strconv.AppendInt(b, us/1e6, 10), '.')
	return append(b, strconv.FormatInt(1e6+us%1e6, 10)[1:]...)
}

// write appends the buffer of f to its file.
func (x *XplotDir) write(g Graph, f *xplotFile) error {
	if x.err == nil && f.file == nil {
		if f.file, x.err = partfile.Create(filepath.Join(x.dir, g.Name()+".xpl")); x.err == nil {
			f.file.Sync = x.Sync
		}
	}
	if x.err == nil {
		_, err := f.file.Write(f.buf)
		x.err = errors.Join(err, f.file.Suspend())
	}
	f.buf = f.buf[:0]
	return x.err
}

// EndGraphs completes the files. After an error, also one of WriteElement, those that are not
// complete are removed.
func (x *XplotDir) EndGraphs() error {
	for _, g := range x.order {
		f := x.files[g]
		f.buf = append(f.buf, "go\n"...)
		if x.write(g, f) == nil {
			x.err = f.file.Commit()
		}
		if x.err != nil && f.file != nil {
			x.err = errors.Join(x.err, f.file.Abort())
		}
	}
	x.files, x.order = map[Graph]*xplotFile{}, nil
	return x.err
}
