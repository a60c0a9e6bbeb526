package reef_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/reeftools/reef"

// source is a Go file of this module.
type source struct {
	name    string // with slashes, relative to the root
	dir     string
	test    bool
	lines   int
	imports []string
	ast     *ast.File
}

// sources parses all Go files of this module, whatever system they are for. Nested modules are left
// out.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	fset := token.NewFileSet()
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name == "." {
				return nil
			}
			if _, err := os.Stat(filepath.Join(name, "go.mod")); err == nil || strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata" {
				return fs.SkipDir
			}
			return nil
		}
		if filepath.Ext(name) != ".go" {
			return nil
		}
		file, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			return err
		}
		s := source{name: filepath.ToSlash(name), test: strings.HasSuffix(name, "_test.go"), lines: fset.File(file.Pos()).LineCount(), ast: file}
		s.dir = path.Dir(s.name)
		for _, i := range file.Imports {
			s.imports = append(s.imports, strings.Trim(i.Path.Value, "\"`"))
		}
		all = append(all, s)
		return nil
	})
	if err != nil || len(all) == 0 {
		t.Fatalf("%d Go files: %v", len(all), err)
	}
	return all
}

// mayReach says which parts of reef the packages of each part may import, by themselves or through
// others, besides their own part and internal. What tests and measures reef is in internal/lab, on
// top of all; what reef stands on is in the rest of internal, below all.
var mayReach = map[string][]string{
	".":            {},
	"pcapio":       {},
	"flow":         {"pcapio"},
	"tcpanalysis":  {"pcapio"},
	"intervalstat": {"pcapio"},
	"pairhash":     {},
	// the one package below that knows packets
	"pairhash/packets": {"pcapio"},
	"geo":              {},
	"internal":         {},
	"internal/lab":     {"pcapio", "flow", "tcpanalysis", "intervalstat", "pairhash", "geo"},
	"examples":         {"pcapio", "flow", "tcpanalysis", "intervalstat", "pairhash", "geo"},
}

// TestParts holds the parts of reef apart: analyses build on pcapio and never on each other.
func TestParts(t *testing.T) {
	direct := map[string][]string{} // package to what its non-test files import of reef
	for _, s := range sources(t) {
		for _, i := range s.imports {
			dir, ok := reefDir(i)
			if !ok {
				continue
			}
			if part(dir) == "examples" && part(s.dir) != "examples" {
				t.Errorf("%s imports %s: only examples import examples", s.name, dir)
			}
			if !s.test && !slices.Contains(direct[s.dir], dir) {
				direct[s.dir] = append(direct[s.dir], dir)
			}
		}
	}
	for dir := range direct {
		allowed, known := mayReach[dir]
		if !known {
			allowed, known = mayReach[part(dir)]
		}
		if !known {
			t.Errorf("%s: part %s has no import rule", dir, part(dir))
		}
		for reached, by := range reach(direct, dir) {
			if p := part(reached); p != part(dir) && p != "internal" && !slices.Contains(allowed, p) {
				t.Errorf("%s imports %s (in %s)", dir, reached, by)
			}
		}
	}
}

// reach returns all packages that dir imports, each with a package that imports it directly.
func reach(direct map[string][]string, dir string) map[string]string {
	reached := map[string]string{}
	for queue := []string{dir}; len(queue) > 0; queue = queue[1:] {
		for _, d := range direct[queue[0]] {
			if _, seen := reached[d]; !seen {
				reached[d] = queue[0]
				queue = append(queue, d)
			}
		}
	}
	return reached
}

// reefDir returns the folder of a package of this module.
func reefDir(importPath string) (dir string, ok bool) {
	if importPath == module {
		return ".", true
	}
	return strings.CutPrefix(importPath, module+"/")
}

// part returns the first element of a folder, or internal/lab.
func part(dir string) string {
	if dir == "internal/lab" || strings.HasPrefix(dir, "internal/lab/") {
		return "internal/lab"
	}
	return strings.SplitN(dir, "/", 2)[0]
}

// thirdParty is all that the root module may import besides the standard library; a name that ends
// in a slash stands for all below it.
var thirdParty = []string{
	"github.com/dgryski/go-metro",
	"github.com/klauspost/compress/",
	"github.com/pierrec/lz4/v4",
	"github.com/ulikunitz/xz",
	"github.com/ulikunitz/xz/lzma",
	"github.com/oschwald/maxminddb-golang/v2",
	"golang.org/x/exp/",
	"golang.org/x/net/bpf",
	"golang.org/x/sys/",
}

// forTests may be imported by tests only.
var forTests = []string{"github.com/google/gopacket", "github.com/google/gopacket/layers", "github.com/google/gopacket/pcapgo"}

// TestDependencies keeps the root module's dependencies few, and free of C.
func TestDependencies(t *testing.T) {
	for _, s := range sources(t) {
		for _, i := range s.imports {
			_, own := reefDir(i)
			standard := !strings.Contains(part(i), ".") && i != "C"
			listed := slices.ContainsFunc(thirdParty, func(l string) bool { return i == l || strings.HasSuffix(l, "/") && strings.HasPrefix(i, l) })
			if !own && !standard && !listed && (!s.test || !slices.Contains(forTests, i)) {
				t.Errorf("%s imports %s", s.name, i)
			}
		}
	}
}

// TestComments keeps comments within 100 columns, a tab counted as four: a diff in a browser cuts
// longer lines. Code, outputs and directives in comments stay as they are.
func TestComments(t *testing.T) {
	for _, s := range sources(t) {
		for _, group := range s.ast.Comments {
			for _, c := range group.List {
				line, _, _ := strings.Cut(c.Text, "\n")
				if strings.Contains(strings.ToLower(line), "output:") {
					break // the rest of the group is what the Example prints
				}
				if !strings.HasPrefix(line, "// ") {
					continue
				}
				if n := len([]rune(line)); n > 100 {
					t.Errorf("%s: a comment line of %d columns: %s", s.name, n, line)
				}
			}
		}
	}
}

// TestSizes keeps files small enough to read in one go, and the repository small enough to clone.
func TestSizes(t *testing.T) {
	for _, s := range sources(t) {
		if !s.test && s.lines > 400 {
			t.Errorf("%s has %d lines, more than 400: one concept a file", s.name, s.lines)
		}
	}
	total := int64(0)
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			if err == nil && entry.Name() == ".git" {
				return fs.SkipDir
			}
			return err
		}
		if !strings.HasPrefix(filepath.ToSlash(name), "testdata/") && !strings.Contains(filepath.ToSlash(name), "/testdata/") {
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if total += info.Size(); info.Size() > 100_000 {
			t.Errorf("%s has %d bytes, more than 100 kB", name, info.Size())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if total > 3_000_000 {
		t.Errorf("testdata has %d bytes, more than 3 MB together", total)
	}
}
