package scenario

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// withTable is a scenario beside users.csv, whose target has the path.
const withTable = `version: 1
name: x
server: {command: [x, "${port}"]}
load: {open: {rate: 1/s, duration: 1s}}
vars: {user: {csv: users.csv}}
targets: [{path: "/${user.name}?id=${user.id}"}]
`

// parseBeside reads a scenario that lies beside users.csv. Its errors name the folder "F".
func parseBeside(t *testing.T, source, users string) (*Scenario, string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "users.csv"), []byte(users), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := Parse(filepath.Join(dir, "f"), []byte(source), Options{})
	if err == nil {
		return s, ""
	}
	return nil, strings.ReplaceAll(err.Error(), dir, "F")
}

func TestTable(t *testing.T) {
	for _, c := range []struct{ name, users, want string }{
		{"rows in order", "id,name\n1,a\n2,b\n", "/a?id=1 /b?id=2 /a?id=1"},
		{"byte order mark", "\ufeffid,name\n1,a\n", "/a?id=1 /a?id=1 /a?id=1"},
		{"windows", "id,name\r\n1,a\r\n2,b", "/a?id=1 /b?id=2 /a?id=1"},
		{"quoted and escaped", "name,id\n\"a, \"\"b\"\"\",x y\n", "/a%2C%20%22b%22?id=x+y /a%2C%20%22b%22?id=x+y /a%2C%20%22b%22?id=x+y"},
		{"blanks in the header", "id, name\n1,a\n", "/a?id=1 /a?id=1 /a?id=1"},
		{"empty values and more columns", "id,,name,a b\n1,,,\n2,,b,\n", "/?id=1 /b?id=2 /?id=1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, wrong := parseBeside(t, withTable, c.users)
			if wrong != "" {
				t.Fatal(wrong)
			}
			r, err := s.Resolve(s.Cells()[0], Env{Ports: map[string]int{"server": 80}})
			if err != nil {
				t.Fatal(err)
			}
			if got := paths(r.Streams[0].Targets, 3); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if len(s.Inputs["users.csv"]) != 64 {
				t.Errorf("digest of the file: %q", s.Inputs["users.csv"])
			}
		})
	}
}

// The columns of a table come from one row in every request, in whatever order the rows
// are taken.
func TestTableKeepsRowsTogether(t *testing.T) {
	source := strings.Replace(withTable, "csv: users.csv", "csv: users.csv, pick: PICK", 1)
	for _, pick := range []string{"sequence", "random", "zipf", "zipf, s: 0.5"} {
		s, wrong := parseBeside(t, strings.Replace(source, "PICK", pick, 1), "id,name\na,a\nb,b\nc,c\nd,d\n")
		if wrong != "" {
			t.Fatal(wrong)
		}
		r, err := s.Resolve(s.Cells()[0], Env{Ports: map[string]int{"server": 80}})
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for k := range uint64(200) {
			path := string(r.Streams[0].Targets.At(3, k).AppendPath(nil))
			name, id, _ := strings.Cut(path[1:], "?id=")
			if name != id {
				t.Fatalf("pick %s: request %d mixes rows: %s", pick, k, path)
			}
			seen[name] = true
		}
		if len(seen) != 4 {
			t.Errorf("pick %s: 200 requests take %d of 4 rows", pick, len(seen))
		}
	}
}

func TestBrokenTable(t *testing.T) {
	for _, c := range []struct{ name, users, want string }{
		{"no such column", "id,nam\n1,a\n", `F/f:6:20: targets.path: user has no column "name" (did you mean nam?)`},
		{"semicolons", "id;name\n1;a\n", "F/f:6:20: targets.path: user has no column \"name\", but only \"id;name\" (separate the columns by commas)\nF/f:6:36: targets.path: user has no column \"id\", but only \"id;name\" (separate the columns by commas)"},
		{"ragged", "id,name\n1,a\n2\n3,c,d\n4,e\n", `F/users.csv:3:1: vars.user.csv: the row has 1 field, and the first row names 2 columns; 2 rows differ from the first one (put a value that holds a comma into "...")`},
		{"empty", "", `F/users.csv:1:1: vars.user.csv: the file is empty, expected the names of the columns and rows`},
		{"only a byte order mark", "\ufeff", `F/users.csv:1:1: vars.user.csv: the file is empty, expected the names of the columns and rows`},
		{"no rows", "id,name\n", `F/users.csv:1:1: vars.user.csv: the file has no rows after the names of the columns`},
		{"a column twice", "id,name,id\n1,a,2\n", `F/users.csv:1:1: vars.user.csv: two columns are named "id" (rename one of them)`},
		{"UTF-16", "\xff\xfei\x00d\x00", `F/users.csv:1:1: vars.user.csv: the file is UTF-16, expected UTF-8 (save it as UTF-8)`},
		{"quote", "id,name\n1,\"a\n2,b\n", `F/users.csv:2:1: vars.user.csv: extraneous or missing " in quoted-field (close every ", and write "" for a " inside "...")`},
		{"Latin-1", "id,n\xe4me\n1,a\n", `F/users.csv:1:5: vars.user.csv: the file is not UTF-8 (save it as UTF-8)`},
		{"Latin-1 in a row", "id,name\n1,M\xfcller\n", `F/users.csv:2:4: vars.user.csv: the file is not UTF-8 (save it as UTF-8)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, got := parseBeside(t, withTable, c.users)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestBrokenTableUse(t *testing.T) {
	for _, c := range []struct{ name, from, to, want string }{
		{"a whole row", "${user.name}", "${user}", `F/f:6:20: targets.path: ${user} is a whole row of a CSV file, expected one of its columns (like ${user.id})`},
		{"in the command", "${port}", "${user.name}", `F/f:3:24: server.command: ${user.name} is a variable, which only targets of its stream may use (use a parameter here)`},
		{"header with a line end", `{path: "/${user.name}?id=${user.id}"}`, `{path: /, headers: {A: "${user.text}"}}`, `F/f:6:35: targets.headers.A: value 2 of ${user.text}: a header cannot hold line ends or control characters`},
		{"no file", "users.csv", "user.csv", `F/f:5:20: vars.user.csv: there is no file "user.csv" (the path is relative to the scenario file)`},
		{"folder", "csv: users.csv", "csv: .", `F/f:5:20: vars.user.csv: . is a folder, expected a file`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, got := parseBeside(t, strings.Replace(withTable, c.from, c.to, 1), "id,name,text\n1,a,x\n2,b,\"y\nz\"\n")
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}
