//go:build unix

package perfcheck

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// file is a test file with functions of the given names.
func file(names ...string) []byte {
	text := "package x\n\nimport \"testing\"\n"
	for _, name := range names {
		text += "\nfunc " + name + "(b *testing.B) {}\n"
	}
	return []byte(text)
}

// The first benchmarks of a project have nothing to be compared with.
func TestFirstBenchmarks(t *testing.T) {
	if testing.Short() {
		t.Skip("the full form alone makes so many checks")
	}
	p := newProject(t)
	p.write("x/x_test.go", string(file("BenchmarkX")))
	p.commit("first")
	_, stderr := p.check(0, "--micro", "./x", "--out", "o1", "head", "first")
	want(t, "stderr", stderr, "not gated: the Go benchmarks of ./x are new in HEAD")
	if calls := p.calls(); strings.Contains(calls, " micro ") {
		t.Errorf("they were measured:\n%s", calls)
	}
	p.write("x/x.go", "package x\n")
	p.commit("second")
	p.check(0, "--micro", "./x", "--out", "o2", "first", "second")
	want(t, "calls", p.calls(), " micro --out "+p.dir+"/o2/bundle ")
}

// What --bench names is what counts, not what else there is in the packages.
func TestBenchmarksOfAName(t *testing.T) {
	old := pkgs{{"x_test.go": file("BenchmarkOld", "Benchmarks", "BenchmarkList_2")}}
	now := pkgs{{"x_test.go": file("BenchmarkOld", "Benchmarks", "BenchmarkList_2", "BenchmarkNew", "BenchmarkNewer")}}
	for _, c := range []struct {
		pattern   string
		old, head bool
	}{
		{".", true, true},
		{"Old", true, true},
		{"Old$|New$", true, true},
		{"Old/size=4|New/size=4", true, true},
		{"New/size=4|Old/size=4", true, true},
		{"New/(a|b)/[/|]|Old", true, true},
		{"^BenchmarkList_[0-9]$/a", true, true},
		{"(New|Old)/x", true, true},
		{`New/\(|Old`, true, true},
		{"New(", true, true}, // it is for the harness to say what is wrong with it
		{"Nothing", false, false},
		{"New", false, true},
		{"Newer?$", false, true},
		{"^BenchmarkNew$/Old", false, true},
		{"New/(Old|b)", false, true},
		{"New/((Old|b)|Old)", false, true},
		{"New/Old|Newer/Old", false, true},
		{"^Benchmarks$|New", false, true}, // the former is no benchmark
	} {
		matches := matcher(c.pattern)
		if a, b := len(old.measured(matches)) > 0, len(now.measured(matches)) > 0; a != c.old || b != c.head {
			t.Errorf("--bench %s: in base %v, in head %v, want %v and %v", c.pattern, a, b, c.old, c.head)
		}
	}
}

// Each side is measured by its own benchmarks, so what differs between them is
// said: in the packages that are measured, and in no others.
func TestChangedBenchmarks(t *testing.T) {
	if testing.Short() {
		t.Skip("the full form alone makes so many checks")
	}
	p := newProject(t)
	test := func(name, code string) string {
		return "package " + name + "\n\nimport \"testing\"\n\n" + code + "\n"
	}
	const bench, other = "func BenchmarkX(b *testing.B) {}", "func TestX(t *testing.T) {}"
	for _, name := range []string{"x", "y", "z"} {
		p.write(name+"/a_test.go", test(name, bench))
		p.write(name+"/help_test.go", test(name, "var _ = testing.Short"))
	}
	p.write("plain/a_test.go", test("plain", other))
	p.commit("before")
	p.write("x/x.go", "package x\n")
	p.commit("code")
	p.write("x/help_test.go", test("x", "var _ = testing.Verbose"))
	p.write("y/new_test.go", test("y", other))
	p.write("z/a_test.go", test("z", bench+"\n\n"+other)) // not measured
	p.write("plain/a_test.go", test("plain", "func TestY(t *testing.T) {}"))
	p.commit("changed")
	p.git("rm", "-q", "x/help_test.go")
	p.commit("removed")
	const said = "the Go benchmarks differ, and each side was measured by its own: "
	for i, c := range []struct{ base, head, note string }{
		{"before", "code", ""},
		{"code", "changed", said + "x/help_test.go, y/new_test.go changed in HEAD"},
		{"before", "removed", said + "x/help_test.go, y/new_test.go changed in HEAD"},
		{"changed", "removed", said + "x/help_test.go changed in HEAD"},
	} {
		out := fmt.Sprint("o", i)
		_, stderr := p.check(0, "--micro", "./x", "--micro", "./y", "--micro", "./plain", "--out", out, c.base, c.head)
		summary := read(t, filepath.Join(p.dir, out, "summary.md"))
		if c.note == "" {
			if strings.Contains(stderr+summary, said) {
				t.Errorf("%s and %s have the same benchmarks:\n%s", c.base, c.head, stderr)
			}
			continue
		}
		want(t, "stderr", stderr, c.note+"\n")
		want(t, "summary.md", strings.ReplaceAll(summary, `\_`, "_"), c.note+"\n")
	}
}

// A tree that go cannot list is none without benchmarks; one without a module is.
func TestUnlistedBenchmarks(t *testing.T) {
	if testing.Short() {
		t.Skip("the full form alone makes so many checks")
	}
	p := newProject(t)
	p.write("x/x_test.go", string(file("BenchmarkX")))
	p.commit("whole")
	mod := read(t, filepath.Join(p.dir, "go.mod"))
	p.write("go.mod", "module example.com/project\n\nno such line\n")
	p.commit("broken")
	p.git("rm", "-q", "go.mod")
	p.commit("none")
	p.write("go.mod", mod)
	p.commit("whole")
	_, stderr := p.check(2, "--micro", "./x", "--out", "o1", "broken", "whole")
	want(t, "stderr", stderr, "unknown directive: no", "go cannot list the packages ./x of BASE (broken)")
	if _, err := os.Stat(p.log); err == nil {
		t.Errorf("something was measured:\n%s", p.calls())
	}
	_, stderr = p.check(0, "--micro", "./x", "--out", "o2", "none", "whole")
	want(t, "stderr", stderr, "not gated: the Go benchmarks of ./x are new in HEAD")
}

func TestDiffering(t *testing.T) {
	a, b := []byte("a"), []byte("b")
	got := differing(pkg{"x": a, "y": a, "z": a}, pkg{"w": a, "x": a, "y": b})
	if want := []string{"w", "y", "z"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
