package gate

import (
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
