package gate

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/bundletest"
	"github.com/assay-bench/assay/analysis/internal/load"
)

// A control that the input lacks is nothing to speak of; one that it has and
// that cannot be read must not be passed over.
func TestUnreadableControl(t *testing.T) {
	for name, c := range map[string]struct{ copied, want string }{
		"readable":         {"a", ""},
		"no row in common": {"b/size=2", ""},
		"an odd name":      {"c+1", `control c+1-aa: usage: "c+1" is not the name of a variant`},
	} {
		variant, rest, _ := strings.Cut(c.copied, "/")
		if rest != "" {
			rest = "/" + rest
		}
		var text strings.Builder
		for range 10 {
			for _, v := range []string{"a", "b", variant} {
				text.WriteString("BenchmarkP/variant=" + v + " 10 200 ns/op\n")
			}
			text.WriteString("BenchmarkP/variant=" + variant + "-aa" + rest + " 10 200 ns/op\n")
		}
		path := filepath.Join(t.TempDir(), "bench.txt")
		if err := os.WriteFile(path, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		source, err := load.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if _, err := Collect([]load.Source{source}, Options{Base: "a", Head: "b"}); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: error %q, want %q", name, got, c.want)
		}
	}
}

// Two bundles are gated if they measured the same thing, and refused if not.
func TestOtherSetups(t *testing.T) {
	dir := t.TempDir()
	bundle := func(name string, seconds int) load.Source {
		path := filepath.Join(dir, name)
		bundletest.Write(t, path, bundletest.Plan{Blocks: 6, Seconds: seconds, Values: 100})
		s, err := load.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if _, err := Collect([]load.Source{bundle("old", 1), bundle("new", 1)}, Options{}); err != nil {
		t.Errorf("alike: %v", err)
	}
	_, err := Collect([]load.Source{bundle("short", 1), bundle("long", 3)}, Options{})
	if err == nil || !strings.Contains(err.Error(), "did not measure the same thing:\nsteady, naive: duration 1s, 3s\nmeasure both alike") {
		t.Errorf("a longer window: %v", err)
	}
}

// A benchmark file that says itself that it is not whole is refused, and a head with
// fewer results than base does not pass.
func TestFailedBenchmarks(t *testing.T) {
	dir := t.TempDir()
	write := func(name, before string, n int, after string) load.Source {
		var text strings.Builder
		text.WriteString(before)
		for i := range n {
			fmt.Fprintf(&text, "BenchmarkA-8 100 %d ns/op\n", 1000+i*7%5)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text.String()+after), 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := load.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	base := write("old.txt", "", 10, "PASS\n")
	for _, c := range []struct {
		name, before string
		n            int
		after        string
		want         string // verdict, or part of the error
	}{
		{"whole", "", 10, "PASS\n", Pass},
		{"more results", "", 12, "PASS\n", Pass},
		{"fewer results", "", 8, "PASS\n", "new.txt has 8 results and"},
		{"a benchmark failed", "--- FAIL: BenchmarkA-8\n", 10, "", "the run says that it failed"},
		{"a panic after all results", "", 10, "panic: index out of range\n", "the run says that it failed"},
		{"a result behind other text", "warming up...BenchmarkA-8 100 1000 ns/op\n", 10, "", "stands behind other text"},
		{"a byte order mark", "\ufeff", 10, "", Pass},
		{"UTF-16", "\xff\xfeB\x00", 0, "", "the file is in UTF-16"},
	} {
		in, err := Collect([]load.Source{base, write("new.txt", c.before, c.n, c.after)}, Options{})
		got := fmt.Sprint(err)
		if err == nil {
			v := Judge(in)
			got = strings.Join(append([]string{v.Verdict}, v.Explain()...), "; ")
		}
		if !strings.Contains(got, c.want) || c.want != Pass && strings.HasPrefix(got, Pass) {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// A suffix tells no direction. A unit that is neither Go's nor ours nor declared is not
// judged, which way it goes, and is named with the line that declares it.
func TestUndeclaredUnits(t *testing.T) {
	dir := t.TempDir()
	write := func(name, declared, values string) load.Source {
		path := filepath.Join(dir, name)
		line := "BenchmarkA-8 100 50 ns/op " + values + "\n"
		if err := os.WriteFile(path, []byte(declared+strings.Repeat(line, 10)), 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := load.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for _, c := range []struct{ name, unit, declared, base, head, want string }{
		{"more hits", "hit-ratio", "", "0.60", "0.80", Pass},
		{"fewer hits", "hit-ratio", "", "0.80", "0.60", Pass},
		{"more hits per operation", "hits/op", "", "10", "12", Pass},
		{"more drops", "drops/s", "", "10", "12", Pass},
		{"more drops, declared", "drops/s", "Unit drops/s better=lower\n", "10", "12", Regression},
		{"more hits, declared", "hit-ratio", "Unit hit-ratio better=higher\n", "0.60", "0.80", Pass},
		{"fewer hits, declared", "hit-ratio", "Unit hit-ratio better=higher\n", "0.80", "0.60", Regression},
		{"less compression, declared", "compression-ratio", "Unit compression-ratio better=higher\n", "3", "2.5", Regression},
	} {
		in, err := Collect([]load.Source{write("old.txt", c.declared, c.base+" "+c.unit), write("new.txt", c.declared, c.head+" "+c.unit)}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		v := Judge(in)
		var text strings.Builder
		if err := Text(&text, in, v); err != nil || v.Verdict != c.want {
			t.Errorf("%s: %s, %v, want %s", c.name, v.Verdict, err, c.want)
		}
		named := strings.Contains(text.String(), "every row, "+c.unit+": not judged, because nobody says which way is better: add a line \"Unit "+c.unit+" better=lower\"")
		if named != (c.declared == "") || strings.Contains(text.String(), "300") {
			t.Errorf("%s: the unit is named: %v\n%s", c.name, named, &text)
		}
	}
}
