//go:build unix

package scripts

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A TMPDIR of root's own is closed to the user who runs the server: the cluster is
// made elsewhere then, and stopped there.
func TestPostgresInAPrivateTMPDIR(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("SKIPPED: only root's clusters belong to another user")
	}
	private := filepath.Join(t.TempDir(), "private")
	if err := os.Mkdir(private, 0o700); err != nil {
		t.Fatal(err)
	}
	postgres := func(args ...string) (stdout string, err error) {
		c := exec.Command("sh", append([]string{"postgres.sh"}, args...)...)
		c.Env = append(os.Environ(), "TMPDIR="+private)
		out, err := c.Output()
		return strings.TrimSpace(string(out)), err
	}
	var exit *exec.ExitError
	if _, err := postgres("installed"); errors.As(err, &exit) && exit.ExitCode() == 3 {
		t.Skip("SKIPPED: " + string(exit.Stderr))
	} else if err != nil {
		t.Fatal(err)
	}
	url, err := postgres("start", "10")
	if errors.As(err, &exit) {
		t.Fatalf("start: %v\n%s", err, exit.Stderr)
	}
	if _, err := postgres("stop", url); errors.As(err, &exit) {
		t.Errorf("stop: %v\n%s", err, exit.Stderr)
	}
	if left := names(t, private); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}
