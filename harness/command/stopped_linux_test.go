package command

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/results"
)

// A harness that is stopped in the middle of an attack, as by Ctrl-Z or by a machine
// that is suspended, makes no trial that counts.
func TestAStoppedHarnessVoidsTheBlock(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv(host.LockVariable, filepath.Join(dir, "lock"))
	// The length of the stop is the fault, and nothing waits for it to have passed.
	const stop = 3 * time.Second
	pid := make(chan int, 1)
	var once sync.Once
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/work" {
			return
		}
		once.Do(func() { // the first request of the attack
			n := <-pid
			if err := syscall.Kill(n, syscall.SIGSTOP); err != nil {
				t.Error(err)
			}
			time.AfterFunc(stop, func() { _ = syscall.Kill(n, syscall.SIGCONT) })
		})
	}))
	defer srv.Close()
	file := filepath.Join(dir, "s.yaml")
	if err := os.WriteFile(file, fmt.Appendf(nil, `version: 1
name: s
server: {url: "%s"}
load: {closed: {clients: 2, duration: 2s}}
targets: [{path: /work}]
warmup: 0s
`, srv.URL), 0o600); err != nil {
		t.Fatal(err)
	}
	bundle := filepath.Join(dir, "bundle")
	c := &exec.Cmd{Path: os.Args[0], Args: []string{"harness", "run", "--quick", "--blocks", "1", "--out", bundle, file}, Env: os.Environ()}
	var log strings.Builder
	c.Stdout, c.Stderr = &log, &log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	pid <- c.Process.Pid
	await(t, "the end of the first trial", func() bool {
		text, _ := os.ReadFile(filepath.Join(bundle, results.TrialsFile))
		return strings.Contains(string(text), "\n")
	})
	// The block would be repeated, which is no part of this test.
	_ = c.Process.Signal(syscall.SIGINT)
	_ = c.Wait()
	b, err := results.Open(bundle)
	if err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	if len(b.Trials) == 0 {
		t.Fatalf("no trial\n%s", log.String())
	}
	first := b.Trials[0]
	if why := strings.Join(first.Invalid, "; "); first.Valid || !strings.Contains(why, "the generator did not run for") {
		t.Errorf("the stopped trial: valid %v, %q\n%s", first.Valid, why, log.String())
	}
}
