package conformance

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// documents are the pages whose commands and programs are tried.
func documents(t *testing.T) []string {
	t.Helper()
	names := []string{filepath.Join(root, "README.md")}
	more, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil || len(more) == 0 {
		t.Fatalf("%d pages: %v", len(more), err)
	}
	return append(names, more...)
}

var (
	consoleBlocks = regexp.MustCompile("(?ms)^```console\n(.*?)^```$")
	goBlocks      = regexp.MustCompile("(?ms)^```go\n(package main\n.*?)^```$")
	firstWord     = regexp.MustCompile(`(?:^|[|;] *)([a-z]+)`)
)

// What the documents say that a command prints is what it prints: the lines after "$ " and the
// command are standard output and standard error, which a reader sees as one. The test writes the
// lines anew with -update.
func TestDocumentsCommands(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the commands are for a Unix shell")
	}
	need(t, "sh", "head", "cut", "sort")
	tried := 0
	for _, name := range documents(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			tested := consoleBlocks.ReplaceAllStringFunc(string(text), func(block string) string {
				var b strings.Builder
				for _, line := range strings.SplitAfter(consoleBlocks.FindStringSubmatch(block)[1], "\n") {
					if words, ok := strings.CutPrefix(line, "$ "); ok {
						tried++
						b.WriteString(line + shell(t, strings.TrimSpace(words)))
					}
				}
				return "```console\n" + b.String() + "```"
			})
			switch {
			case tested == string(text):
			case *update:
				if err := os.WriteFile(name, []byte(tested), 0o666); err != nil {
					t.Fatal(err)
				}
			default:
				t.Errorf("%s says otherwise than the programs:\n%s", name, firstDifference(string(text), tested))
			}
		})
	}
	if tried == 0 {
		t.Error("no commands found")
	}
}

// shell runs a command of a document in the root of the module. Its first words are our programs.
func shell(t *testing.T, line string) string {
	t.Helper()
	for _, word := range firstWord.FindAllStringSubmatch(line, -1) {
		if _, err := os.Stat(filepath.Join(root, "examples", word[1])); err == nil {
			program(t, word[1])
		}
	}
	path := "PATH=" + binDir + string(os.PathListSeparator) + os.Getenv("PATH")
	// The exit status is no matter: a damaged file is among the examples.
	out := command{env: []string{path}}.run(t, "sh", "-c", "cd "+root+" && exec 2>&1; "+line).stdout
	if out != "" && !strings.HasSuffix(out, "\n") {
		out += "\n"
	}
	return out
}

// firstDifference shows the lines where two texts part.
func firstDifference(is, want string) string {
	a, b := strings.Split(is, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return "document: " + a[i] + "\nprinted:  " + b[i]
		}
	}
	return "one is longer"
}

// The whole programs in the documents build and run on a capture without an error.
func TestDocumentsPrograms(t *testing.T) {
	tried := 0
	for _, name := range documents(t) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, block := range goBlocks.FindAllStringSubmatch(string(text), -1) {
			tried++
			t.Run(filepath.Base(name), func(t *testing.T) {
				need(t, "go")
				file := filepath.Join(t.TempDir(), "main.go")
				if err := os.WriteFile(file, []byte(block[1]), 0o666); err != nil {
					t.Fatal(err)
				}
				out := run(t, "go", "-C", root, "run", file, "testdata/web.pcap", "testdata/bulk-loss.pcap")
				if out.status != 0 || out.stdout == "" {
					t.Errorf("program %d of %s: status %d, standard error %s", i+1, name, out.status, out.stderr)
				}
			})
		}
	}
	if tried == 0 {
		t.Error("no programs found")
	}
}
