package testenv

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const notInstalled = 3 // exit status of the script when PostgreSQL is missing

// connectSeconds is how long the tests wait for a connection. It only ends a wait
// that would never end: on a busy machine, PostgreSQL accepts connections late.
const connectSeconds = "120"

// Postgres starts a PostgreSQL for this test only and returns its URL. It is stopped
// when the test ends. Database is faster if a separate database is enough.
func Postgres(t testing.TB, maxConnections int) string {
	t.Helper()
	address := startPostgres(t, maxConnections)
	t.Cleanup(func() {
		if err := stopPostgres(address); err != nil {
			t.Error(err)
		}
	})
	return address
}

// NeedPostgres skips the test if PostgreSQL is not installed, or fails it if CI is
// set.
func NeedPostgres(t testing.TB) {
	t.Helper()
	postgres(t, "installed")
}

// startPostgres starts a PostgreSQL and returns its URL, for stopPostgres.
func startPostgres(t testing.TB, maxConnections int) string {
	t.Helper()
	return postgres(t, "start", strconv.Itoa(maxConnections)) + "&connect_timeout=" + connectSeconds
}

// stopPostgres stops the server at an address that startPostgres has returned.
func stopPostgres(address string) error {
	root, err := root()
	if err != nil {
		return err
	}
	address = strings.TrimSuffix(address, "&connect_timeout="+connectSeconds)
	if _, report, err := runScript(script(root), "stop", address); err != nil {
		return fmt.Errorf("stop PostgreSQL: %w: %s", err, report)
	}
	return nil
}

// postgres runs scripts/postgres.sh and returns what it printed.
func postgres(t testing.TB, arguments ...string) string {
	t.Helper()
	if _, err := exec.LookPath("sh"); err != nil {
		Missing(t, "PostgreSQL needs sh to be started")
	}
	printed, report, err := runScript(script(Root(t)), arguments...)
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && exit.ExitCode() == notInstalled:
		Missing(t, report)
	case err != nil:
		t.Fatalf("postgres.sh %s: %v: %s", arguments[0], err, report)
	}
	return printed
}

// script is the path of the script that starts and stops PostgreSQL.
func script(root string) string { return filepath.Join(root, "scripts", "postgres.sh") }

// runScript returns what a shell script printed on stdout and stderr.
func runScript(script string, arguments ...string) (stdout, stderr string, err error) {
	var out, report bytes.Buffer
	command := exec.Command("sh", append([]string{script}, arguments...)...)
	command.Stdout, command.Stderr = &out, &report
	err = command.Run()
	return strings.TrimSpace(out.String()), strings.TrimSpace(report.String()), err
}
