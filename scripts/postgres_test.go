//go:build unix

package scripts

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A TMPDIR of root's own is closed to the user who runs the server: the cluster is
// made elsewhere then, and stopped there.
func TestPostgresInAPrivateTMPDIR(t *testing.T) {
	if testing.Short() {
		t.Skip("the full form alone starts PostgreSQL by its script")
	}
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

// A cluster whose script was killed is removed by the next start, by its record. What
// lives, and what has no record, stays.
func TestPostgresOfKilledRunsIsRemoved(t *testing.T) {
	if testing.Short() {
		t.Skip("the full form alone kills the script of PostgreSQL")
	}
	place, err := os.MkdirTemp("/tmp", "assay-test-") // one that the owner of a cluster may enter
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(place) })
	if err := os.Chmod(place, 0o755); err != nil {
		t.Fatal(err)
	}
	postgres := func(args ...string) *exec.Cmd {
		c := exec.Command("sh", append([]string{"postgres.sh"}, args...)...)
		c.Env = append(os.Environ(), "TMPDIR="+place, "SERVER=/bin/true")
		return c
	}
	var exit *exec.ExitError
	if err := postgres("installed").Run(); errors.As(err, &exit) && exit.ExitCode() == 3 {
		t.Skip("SKIPPED: PostgreSQL is not installed")
	}
	// The script is killed when it has told by its record that it has begun.
	killed := postgres("start")
	if err := killed.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); len(made(t, place, "maker")) == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("start never made a record")
		}
	}
	killed.Process.Kill()
	_ = killed.Wait()
	dead := made(t, place, "maker")
	for name, maker := range map[string]string{
		"assay-postgres.again000": fmt.Sprintf("%d\nThu Jan 1 00:00:00 1970\n", os.Getpid()), // the number was given again
		"assay-postgres.living00": fmt.Sprintf("%d\n%s\n", os.Getpid(), birth(t)),
		"assay-postgres.unknown0": "",
	} {
		if err := os.Mkdir(filepath.Join(place, name), 0o755); err != nil {
			t.Fatal(err)
		}
		if maker != "" {
			if err := os.WriteFile(filepath.Join(place, name, "maker"), []byte(maker), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	var said bytes.Buffer
	c := postgres("start", "10")
	c.Stderr = &said
	url, err := c.Output()
	if err != nil {
		t.Fatalf("start: %v\n%s", err, &said)
	}
	for _, gone := range []string{filepath.Base(filepath.Dir(dead[0])), "assay-postgres.again000"} {
		if _, err := os.Stat(filepath.Join(place, gone)); err == nil || !strings.Contains(said.String(), gone) {
			t.Errorf("%s is still there, or was removed without a word:\n%s", gone, &said)
		}
	}
	if out, err := postgres("stop", strings.TrimSpace(string(url))).CombinedOutput(); err != nil {
		t.Errorf("stop: %v\n%s", err, out)
	}
	if left := strings.Join(names(t, place), " "); left != "assay-postgres.living00 assay-postgres.unknown0" {
		t.Errorf("left: %s", left)
	}
}

// made returns the records of a name.
func made(t *testing.T, place, name string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(place, "assay-postgres.*", name))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// birth returns when this process began, as ps says it.
func birth(t *testing.T) string {
	t.Helper()
	c := exec.Command("ps", "-o", "lstart=", "-p", fmt.Sprint(os.Getpid()))
	c.Env = append(os.Environ(), "LC_ALL=C")
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(out)), " ")
}
