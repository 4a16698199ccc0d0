//go:build unix

package explore

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/assay-bench/assay/analysis/internal/load"
)

// TestFollowARealRun serves the page of a run that is under way, and opens it: it shows
// how far the run is, what is left and the latest trials as a curve, and at the end that
// the run is over and what is new. The bundle is as the run left it.
func TestFollowARealRun(t *testing.T) {
	if testing.Short() {
		t.Skip("the full form alone makes a run; the short form follows one that is written")
	}
	b := startBrowser(t)
	subject := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") }))
	t.Cleanup(subject.Close)
	dir := t.TempDir()
	assay := filepath.Join(dir, "assay")
	if out, err := exec.Command("go", "build", "-o", assay, "../../../cmd/assay").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	scenario := filepath.Join(dir, "short.yaml")
	text := fmt.Sprintf("version: 1\nname: short\nserver: {url: %q}\nvariants: [{name: one}, {name: two}]\nload: {open: {rate: 200/s, duration: 1s}}\ntargets: [{path: /}]\nwarmup: 1s\nblocks: 6\n", subject.URL)
	if err := os.WriteFile(scenario, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	bundle := filepath.Join(dir, "run")
	var said bytes.Buffer
	// Other measurements on this machine, and a machine that is not quiet, do no harm here.
	run := exec.Command(assay, "run", "--no-progress", "--foreign-limit", "1000%", "--out", bundle, scenario)
	run.Env = append(os.Environ(), "ASSAY_LOCK="+filepath.Join(dir, "lock"))
	run.Stdout, run.Stderr = &said, &said
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- run.Wait() }()
	t.Cleanup(func() { _ = run.Process.Kill() })
	// The run has begun when its bundle can be read.
	for end := time.Now().Add(hang); ; time.Sleep(10 * time.Millisecond) {
		if _, err := load.OpenRun(bundle); err == nil {
			break
		}
		select {
		case err := <-ended:
			t.Fatalf("the run: %v\n%s", err, said.String())
		default:
		}
		if time.Now().After(end) {
			t.Fatal("the run does not begin")
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	url, served := make(chan string, 1), make(chan error, 1)
	go func() {
		served <- Serve(ctx, []string{bundle}, func(u string) { url <- u })
		close(served)
	}()
	defer func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	}()
	b.size(1280, 900)
	select {
	case u := <-url:
		b.visit(u)
	case err := <-served:
		t.Fatal(err)
	}
	b.wait(`/^run: trial \d+ of 12/.test((document.querySelector(".strip p") || {}).textContent)`)
	b.wait(`/ left; now short /.test(document.querySelector(".strip p").textContent) && document.querySelector(".strip progress").value > 0`)
	b.wait(`document.querySelectorAll(".strip .sparks circle").length > 1`)
	// A run that fails is an end, too.
	err := <-ended
	t.Logf("the run: %v\n%s", err, said.String())
	before := contents(t, bundle)
	b.wait(`/^run: the run is (complete|failed), \d+ trials?$/.test(document.querySelector(".strip p").textContent)`)
	b.wait(`[...document.querySelectorAll(".strip button")].some((e) => /^Show \d+ new results?$/.test(e.textContent))`)
	b.eval(`document.body.dataset.ready = "old"; [...document.querySelectorAll(".strip button")].find((e) => /^Show/.test(e.textContent)).click()`, nil)
	b.settle()
	b.turn("short")
	if n := b.count(".trials tbody tr"); n == 0 {
		t.Error("the page has no trials of the run")
	}
	if n := b.count("[id='short/latency'] canvas"); n != 1 {
		t.Errorf("the page has %d plots of percentiles", n)
	}
	b.turn("overview")
	if n := b.count("[id='overview/checks'] tbody tr"); n == 0 {
		t.Error("the page has no checks")
	}
	if after := contents(t, bundle); after != before {
		t.Error("the bundle was changed")
	}
	b.complain("the page that is served")
}

// contents names every file of a folder, with its size and when it was written.
func contents(t *testing.T, dir string) (all string) {
	t.Helper()
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil {
			all += fmt.Sprintln(path, info.Size(), info.ModTime().UnixNano())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
