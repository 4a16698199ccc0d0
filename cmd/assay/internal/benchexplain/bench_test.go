//go:build unix

package benchexplain

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/internal/program"
)

// stub stands in for assay. The run with the number in the file fail leaves a bundle that
// is not complete.
const stub = `#!/bin/sh
dir=$(dirname "$0")
echo "$*" >>"$dir/calls"
[ "$1" = run ] || exit 0
mkdir -p "$3" && touch "$3/manifest.json"
[ "$(grep -c ^run "$dir/calls")" -ne "$(cat "$dir/fail")" ] || exit "$(cat "$dir/status")"
`

// series runs the command in a folder, and returns its exit status, its output, and the
// calls of assay that it made.
func series(t *testing.T, dir, fail, status string, args ...string) (code int, output, calls string) {
	t.Helper()
	self := filepath.Join(dir, "assay")
	for name, text := range map[string]string{"assay": stub, "fail": fail, "status": status, "calls": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cmd := command(func() (string, error) { return self, nil })
	root := program.New("assay", "A test", []*cobra.Command{cmd})
	var out bytes.Buffer
	args = append([]string{"bench-explain", "--runs", filepath.Join(dir, "runs"), "--records", "R", "--page", "P", "--scenario", "S"}, args...)
	code = program.Run(context.Background(), root, args, strings.NewReader(""), &out, &out)
	text, err := os.ReadFile(filepath.Join(dir, "calls"))
	if err != nil {
		t.Fatal(err)
	}
	return code, out.String(), strings.ReplaceAll(string(text), dir+"/", "")
}

// A series goes on where it stopped, within a round too, and makes nothing twice.
func TestSeriesGoesOn(t *testing.T) {
	const publish = "explained R --record runs\nexplained R --into P\n"
	dir := t.TempDir()
	code, output, calls := series(t, dir, "2", "1", "--rounds", "3")
	if want := "run --out runs/round-01.part --profile 8 --foreign-limit 20% S\n" + publish + "run --out runs/round-02.part --profile 8 --foreign-limit 20% S\n"; code != 1 || calls != want {
		t.Errorf("exit status %d, calls\n%swant\n%s%s", code, calls, want, output)
	}
	if !strings.Contains(output, "bench-explain: assay run: exit status 1") {
		t.Errorf("it says\n%s", output)
	}
	code, output, calls = series(t, dir, "0", "0", "--rounds", "2")
	if want := "run --out runs/round-02.part --profile 8 --foreign-limit 20% --resume S\n" + publish; code != 0 || calls != want {
		t.Errorf("exit status %d, calls\n%swant\n%s%s", code, calls, want, output)
	}
	code, output, calls = series(t, dir, "0", "0", "--rounds", "2")
	if code != 0 || calls != publish || !strings.Contains(output, "The figures are in P") {
		t.Errorf("nothing was missing: exit status %d, calls\n%s%s", code, calls, output)
	}
}

// A run that a signal ended ends the series, and says how to go on.
func TestInterrupted(t *testing.T) {
	code, output, _ := series(t, t.TempDir(), "1", "130")
	if code != interrupted || !strings.Contains(output, "interrupted; start it again to go on") {
		t.Errorf("exit status %d:\n%s", code, output)
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{"--rounds", "-1"}, {"--rounds", "100"}, {"--rounds", "x"}, {"more"}} {
		if code, output, calls := series(t, t.TempDir(), "0", "0", args...); code != 2 || calls != "" {
			t.Errorf("%v: exit status %d, calls %q:\n%s", args, code, calls, output)
		}
	}
}
