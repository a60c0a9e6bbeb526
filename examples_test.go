package reef_test

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// TestEntryPointsHaveExamples wants every exported New*, Open* and Parse* function of the library
// to be used in a file of examples.
func TestEntryPointsHaveExamples(t *testing.T) {
	entries := map[string]map[string]bool{} // of each package, with whether an example uses them
	all := sources(t)
	for _, s := range all {
		if p := part(s.dir); s.test || p == "examples" || p == "internal" || p == "internal/lab" || strings.Contains(s.dir, "/internal") {
			continue
		}
		for _, f := range functions(s.ast) {
			if f.Recv == nil && isEntry(f.Name.Name) {
				if entries[s.dir] == nil {
					entries[s.dir] = map[string]bool{}
				}
				entries[s.dir][f.Name.Name] = false
			}
		}
	}
	for _, s := range all {
		if !s.test || !slices.ContainsFunc(functions(s.ast), isExample) {
			continue
		}
		ast.Inspect(s.ast, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if _, known := entries[s.dir][sel.Sel.Name]; known {
					entries[s.dir][sel.Sel.Name] = true
				}
			}
			return true
		})
	}
	for dir, names := range entries {
		for name, used := range names {
			if !used {
				t.Errorf("%s.%s is in no example", dir, name)
			}
		}
	}
}

func functions(file *ast.File) []*ast.FuncDecl {
	var all []*ast.FuncDecl
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			all = append(all, f)
		}
	}
	return all
}

func isExample(f *ast.FuncDecl) bool { return strings.HasPrefix(f.Name.Name, "Example") }

func isEntry(name string) bool {
	for _, prefix := range []string{"New", "Open", "Parse"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}
