package tcptrace

import (
	"errors"
	"path/filepath"
	"strconv"

	"github.com/reeftools/reef/internal/partfile"
)

// XplotDir writes graphs as .xpl files, which the program xplot draws, into a directory. It is an
// [ElementWriter]. Flush completes the files.
//
// A connection has eleven files: five of each side and the time line. One is open at a time, and
// all get their names in Flush. Up to 16 kB of each are buffered, and less if the buffers together
// would exceed 128 MB.
type XplotDir struct {
	Sync bool // wait until each file is on the disk before it gets its name

	dir   string
	conns map[*Conn]*xplotConn
	order []*xplotConn
	held  int // bytes of all buffers
	limit int // of held
	whole []byte
	err   error // sticky
}

// xplotConn has the files of a connection in the order of [xplotConn.graph].
type xplotConn struct {
	conn  *Conn
	files [2*int(numGraphs) - 1]xplotFile
}

type xplotFile struct {
	buf   []byte
	color string
	file  *partfile.File // nil until something is written
}

const (
	xplotBuffer = 16 << 10
	xplotLimit  = 128 << 20
)

// NewXplotDir returns an XplotDir for an existing directory. Files of the same names are replaced.
func NewXplotDir(dir string) *XplotDir {
	return &XplotDir{dir: dir, conns: map[*Conn]*xplotConn{}, limit: xplotLimit}
}

// graph returns the graph of file i.
func (c *xplotConn) graph(i int) Graph {
	return Graph{c.conn, GraphKind(i / 2), i%2 == 0}
}

// WriteElement writes an element.
func (x *XplotDir) WriteElement(g Graph, e *Element) error {
	if x.err != nil {
		return x.err
	}
	c := x.conns[g.Conn]
	if c == nil { // as in tcptrace, graphs without an element have a file as well
		c = &xplotConn{conn: g.Conn}
		x.conns[g.Conn] = c
		x.order = append(x.order, c)
	}
	i := 2 * int(g.Kind)
	if !g.FromA {
		i++
	}
	f := &c.files[i]
	before := cap(f.buf)
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
	x.held += cap(f.buf) - before
	if len(f.buf) >= xplotBuffer {
		x.write(g, f)
		f.buf = f.buf[:0]
	}
	if x.held > x.limit {
		x.writeAll()
	}
	return x.err
}

// writeAll writes all buffers and gives their memory back.
func (x *XplotDir) writeAll() {
	for _, c := range x.order {
		for i := range c.files {
			f := &c.files[i]
			if len(f.buf) > 0 {
				x.write(c.graph(i), f)
			}
			f.buf = nil
		}
	}
	x.held = 0
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

var xplotAxes = [numGraphs]string{"timeval double", "timeval signed", "timeval signed", "timeval signed", "timeval signed", "unsigned dtime"}

// write appends the buffer of f to its file.
func (x *XplotDir) write(g Graph, f *xplotFile) {
	if x.err != nil {
		return
	}
	b := f.buf
	if f.file == nil {
		if f.file, x.err = partfile.Create(filepath.Join(x.dir, g.Name()+".xpl")); x.err != nil {
			return
		}
		f.file.Sync = x.Sync
		head := xplotAxes[g.Kind] + "\ntitle\n" + g.Title() + "\nxlabel\n" + g.XLabel() + "\nylabel\n" + g.YLabel() + "\n"
		x.whole = append(append(x.whole[:0], head...), b...)
		b = x.whole
	}
	_, err := f.file.Write(b)
	x.err = errors.Join(err, f.file.Suspend())
}

// Flush completes the files. After an error, also one of WriteElement, those that are not complete
// are removed.
func (x *XplotDir) Flush() error {
	for _, c := range x.order {
		for i := range c.files {
			f := &c.files[i]
			f.buf = append(f.buf, "go\n"...)
			if x.write(c.graph(i), f); x.err == nil {
				x.err = f.file.Commit()
			}
			if x.err != nil && f.file != nil {
				x.err = errors.Join(x.err, f.file.Abort())
			}
			*f = xplotFile{}
		}
	}
	x.conns, x.order, x.held = map[*Conn]*xplotConn{}, nil, 0
	return x.err
}
