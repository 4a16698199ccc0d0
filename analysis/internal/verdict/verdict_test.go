package verdict

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "verdict.json")
	for _, c := range []struct {
		text, err string
	}{
		{`{"verdict": "pass", "rows": [{"name": "steady", "unit": "p99-sec", "loss": 0.01, "loss_bound": null}], "more": {}}`, ""},
		{`{"verdict": "inconclusive", "reasons": null, "rows": null}`, ""},
		{`{"verdict": "maybe"}`, `is "maybe"`},
		{`{"rows": []}`, `is ""`},
		{`[]`, "no verdict of"},
		{`{"verdict": "pass"`, "no verdict of"},
		{``, "no verdict of"},
	} {
		if err := os.WriteFile(file, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := Read(file)
		if c.err == "" && err != nil {
			t.Errorf("%s: %v", c.text, err)
		}
		if c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err) || !strings.Contains(err.Error(), file)) {
			t.Errorf("%s: %v, want %q", c.text, err, c.err)
		}
	}
	if _, err := Read(file + "x"); err == nil {
		t.Error("no error for a file that is not there")
	}
}

func TestNames(t *testing.T) {
	rows := []Row{
		{Name: "Find", Config: "goos: linux, pkg: a, cpu: X, Y"}, {Name: "Find", Config: "pkg: b"},
		{Name: "Find", Config: "pkg: b", Unit: "B/op"}, {Name: "Other", Config: "pkg: a"}, {Name: "HTTP/scenario=steady"},
	}
	want := []string{"Find (a)", "Find (b)", "Find (b)", "Other", "HTTP/scenario=steady"}
	if got := Names(rows); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		effect string
		loss   float64
		want   string
	}{
		{"ratio", 0.0712, "+7.1 %"},
		{"ratio", -0.0712, "-7.1 %"},
		{"difference", 0.0712, "+7.12 pp"},
		{"ratio", -0.0001, "+0.0 %"},
	} {
		if got := (Row{Effect: c.effect}).Format(c.loss); got != c.want {
			t.Errorf("%v as %s: %q, want %q", c.loss, c.effect, got, c.want)
		}
	}
}
