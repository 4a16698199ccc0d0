package testenv

import (
	"bytes"
	"errors"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const notInstalled = 3 // exit status of the script when PostgreSQL is missing

// Postgres starts a private PostgreSQL for the test and returns its URL. It is
// stopped when the test ends.
func Postgres(t testing.TB, maxConnections int) string {
	t.Helper()
	if _, err := exec.LookPath("sh"); err != nil {
		Missing(t, "PostgreSQL needs sh to be started")
	}
	script := filepath.Join(Root(t), "scripts", "postgres.sh")
	url, report, err := runScript(script, "start", strconv.Itoa(maxConnections))
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && exit.ExitCode() == notInstalled:
		Missing(t, report)
	case err != nil:
		t.Fatalf("start PostgreSQL: %v: %s", err, report)
	}
	t.Cleanup(func() {
		if _, report, err := runScript(script, "stop", url); err != nil {
			t.Errorf("stop PostgreSQL: %v: %s", err, report)
		}
	})
	return url
}

// runScript returns what a shell script printed on stdout and stderr.
func runScript(script string, arguments ...string) (stdout, stderr string, err error) {
	var out, report bytes.Buffer
	command := exec.Command("sh", append([]string{script}, arguments...)...)
	command.Stdout, command.Stderr = &out, &report
	err = command.Run()
	return strings.TrimSpace(out.String()), strings.TrimSpace(report.String()), err
}
