package command

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-bench/assay/internal/program"
)

func TestTrend(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for day := range 16 {
		loss := 0.0
		if day >= 8 {
			loss = 0.3
		}
		write(fmt.Sprintf("202601%02dT000000Z-abc.json", day+1),
			fmt.Sprintf(`{"verdict": "pass", "rows": [{"name": "steady/with|bar", "unit": "p99-sec", "effect": "ratio", "loss": %v}]}`, loss))
	}
	write("20260109T120000Z-broken.json", "{")
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"trend", dir}, []string{"worse since 20260109T000000Z-abc, +0.0 % before and +30.0 % after", "▁▁▁▁▁▁▁▁████████"}},
		{[]string{"trend", "--markdown", dir}, []string{"- steady/with|bar p99-sec: worse", `| steady/with\|bar | p99-sec | 16 | +30.0 % |`}},
	} {
		code, stdout, stderr := call(t, c.args...)
		if code != 0 || !strings.Contains(stderr, "broken.json") {
			t.Errorf("%q: status %d, stderr %q: want 0 and a warning of the broken file", c.args, code, stderr)
		}
		for _, want := range c.want {
			if !strings.Contains(stdout, want) {
				t.Errorf("%q: %q is missing from\n%s", c.args, want, stdout)
			}
		}
	}
	for _, args := range [][]string{{"trend", filepath.Join(dir, "20260109T120000Z-broken.json")}, {"trend", t.TempDir()}} {
		if code, _, stderr := call(t, args...); code != program.Failed || stderr == "" {
			t.Errorf("%q: status %d, stderr %q", args, code, stderr)
		}
	}
	if code, _, _ := call(t, "trend"); code != program.Wrong {
		t.Errorf("no argument: status %d", code)
	}
}
