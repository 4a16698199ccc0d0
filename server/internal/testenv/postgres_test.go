package testenv

import (
	"errors"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Two run side by side; stopping one, or a wrong one, leaves the other alone.
func TestPostgresStopEndsOnlyWhatItNames(t *testing.T) {
	if testing.Short() {
		t.Skip("the full form alone starts several PostgreSQL servers")
	}
	first, second := Postgres(t, 10), Postgres(t, 10)
	if first == second {
		t.Fatalf("both are at %s", first)
	}
	for _, address := range []string{first, second} {
		parsed, err := url.Parse(address)
		if err != nil || parsed.Scheme != "postgres" || parsed.Hostname() != "127.0.0.1" {
			t.Errorf("%s: %v, want postgres:// on loopback", address, err)
		}
	}
	if _, report, err := runScript(script(Root(t)), "stop", "postgres://nobody@127.0.0.1:1/none"); err == nil || !strings.Contains(report, "nothing to stop") {
		t.Errorf("stop of another's: %v, %s", err, report)
	}
	if _, report, err := runScript(script(Root(t)), "stop"); err == nil || !strings.Contains(report, "several") {
		t.Errorf("stop of no one in particular: %v, %s", err, report)
	}
}

func TestPostgresScriptRefusesWrongUse(t *testing.T) {
	Command(t, "sh", "part of every Unix")
	for _, arguments := range [][]string{
		{}, {"restart"}, {"start", "0"}, {"start", "many"}, {"start", ""}, {"start", "9999999"}, {"start", "1", "2"}, {"stop", "a", "b"},
		{"serve", "1"}, {"serve", "many", "secret", "1"}, {"serve", "5432", "secret", "0"}, {"serve", "5432", "secret", "1", "0"}, {"installed", "x"},
	} {
		stdout, report, err := runScript(script(Root(t)), arguments...)
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 2 || stdout != "" || !strings.Contains(report, "usage: ") {
			t.Errorf("%q: %v, stdout %q, stderr %q", arguments, err, stdout, report)
		}
	}
}

// Where the temporary directory cannot be used nothing is left behind and the
// reason is told.
func TestPostgresStartReportsFailure(t *testing.T) {
	NeedPostgres(t)
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "missing"))
	stdout, report, err := runScript(script(Root(t)), "start")
	if err == nil || stdout != "" || !strings.Contains(report, "missing") {
		t.Errorf("%v, stdout %q, stderr %q", err, stdout, report)
	}
}

func TestShellcheck(t *testing.T) {
	shellcheck := Command(t, "shellcheck", "Debian's package shellcheck")
	if output, err := exec.Command(shellcheck, script(Root(t))).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, output)
	}
}

// CI decides between a skip and a failure, so each needs a test of its own run.
func TestMissing(t *testing.T) {
	if os.Getenv("ASSAY_TEST_MISSING") != "" {
		Command(t, "no-such-program", "nowhere")
		return
	}
	for _, test := range []struct{ ci, verdict string }{{"", "--- SKIP"}, {"true", "--- FAIL"}} {
		command := exec.Command(os.Args[0], "-test.run=^TestMissing$", "-test.v")
		command.Env = append(os.Environ(), "ASSAY_TEST_MISSING=1", "CI="+test.ci)
		output, err := command.CombinedOutput()
		if (err == nil) != (test.ci == "") || !strings.Contains(string(output), test.verdict) || !strings.Contains(string(output), "no-such-program is not installed: nowhere") {
			t.Errorf("CI=%q: %v\n%s", test.ci, err, output)
		}
	}
}
