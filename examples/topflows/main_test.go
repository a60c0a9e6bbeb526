package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const rows = `# begin Tuple Table ID: 0 (expired flows)
10.0.0.1	10.0.0.2	6	1	50000	443	10	1000	1	10.5	20.5
10.0.0.2	10.0.0.1	6	1	443	50000	20	30000	1	10.6	20.4
10.0.0.3	10.0.0.2	17	1	53	53	30	2000	3	5	6
`

func TestRun(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.t2")
	if err := os.WriteFile(file, []byte(rows), 0o644); err != nil {
		t.Fatal(err)
	}
	const head, tail = "#proto\tpkts\tbytes\tflows\tfirst\tlatest\n", "\t10.500000000\t20.500000000\n"
	for _, c := range []struct {
		name, args, stdin string
		status            int
		stdout, stderr    string // stderr: what it must contain
	}{
		{"defaults", "-n 1", rows, 0, "#src\tdst\tproto\tok\tsport\tdport\tpkts\tbytes\tflows\tfirst\tlatest\n" +
			"10.0.0.3\t10.0.0.2\t17\t1\t53\t53\t30\t2000\t3\t5.000000000\t6.000000000\n", ""},
		{"bytes", "-agg proto -by bytes -n 1", rows, 0, head + "6\t30\t31000\t2" + tail, ""},
		{"a file and standard input", "-agg proto -by bytes -n 1 FILE -", rows, 0, head + "6\t60\t62000\t4" + tail, ""},
		{"little memory", "-agg proto -mem 1", rows, 2, "", "-mem"},
		{"none", "-agg proto", "", 0, head, "topflows: no flows in the input\n"},
		{"a table without rows", "-agg proto", "# begin Tuple Table ID: 0 (expired flows)\n# end of text table\n", 0, head, "topflows: no flows in the input\n"},
		{"bad row", "-agg proto -by bytes -n 1", rows + "x\n", 1, head + "6\t30\t31000\t2" + tail, "1 of 4 rows skipped, first -: line 5 at byte"},
		{"missing file", "-agg proto -by bytes -n 1 FILE.none FILE", "", 1, head + "6\t30\t31000\t2" + tail, "a.t2.none"},
		{"bad flag", "-x", "", 2, "", "-x"},
		{"bad aggregation", "-agg x", "", 2, "", "-agg x: want one of tuple"},
		{"name of no aggregation here", "-agg name", "", 2, "", "-agg name: want one of tuple"},
		{"bad field", "-by x", "", 2, "", "-by x: want one of pkts, bytes, flows"},
		{"bad number", "-n -1", "", 2, "", "-n"},
		{"no such database", "-agg country -db FILE.none", rows, 1, "", "a.t2.none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			args := strings.Fields(c.args)
			for i := range args {
				args[i] = strings.Replace(args[i], "FILE", file, 1)
			}
			status := run(args, strings.NewReader(c.stdin), &stdout, &stderr)
			if status != c.status || stdout.String() != c.stdout {
				t.Errorf("status %d, stdout\n%s\nwant %d\n%s", status, stdout.String(), c.status, c.stdout)
			}
			if got := stderr.String(); !strings.Contains(got, c.stderr) || c.stderr == "" && got != "" {
				t.Errorf("stderr %q", got)
			}
		})
	}
}

// Sources are added up by country, with what has none under None. The database has 0.0.0.0/1 in the
// United States and no more.
func TestCountry(t *testing.T) {
	db := filepath.Join(t.TempDir(), "GeoIP.dat")
	data := "\xe1\xff\xff\x00\xff\xff" + "\x00\x00\x00GEO-106FREE 20260704 Build\xff\xff\xff\x01"
	if err := os.WriteFile(db, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	const rows = "8.8.8.8\t10.0.0.2\t6\t1\t5\t443\t10\t1000\t1\t10.5\t20.5\n" +
		"193.0.0.1\t8.8.8.8\t6\t1\t443\t5\t20\t30000\t2\t11\t12\n" +
		"2001:db8::1\t2001:db8::2\t17\t1\t53\t53\t5\t500\t1\t9\t10\n" +
		"8.8.4.4\t10.0.0.2\t6\t1\t6\t443\t7\t700\t1\t1.5\t2.5\n"
	const want = "#name\tpkts\tbytes\tflows\tfirst\tlatest\n" +
		"None\t25\t30500\t3\t9.000000000\t12.000000000\n" +
		"US\t17\t1700\t2\t1.500000000\t20.500000000\n"
	var stdout, stderr bytes.Buffer
	if status := run([]string{"-agg", "country", "-db", db}, strings.NewReader(rows), &stdout, &stderr); status != 0 || stdout.String() != want || stderr.Len() != 0 {
		t.Errorf("status %d, stdout\n%s\nwant\n%s\nstderr %q", status, stdout.String(), want, stderr.String())
	}
}
