package explore

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/assay-bench/assay/analysis/internal/bundletest"
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/results"
)

// Serve answers until it is interrupted, and to nobody but its own address.
func TestServe(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	bundletest.Write(t, dir, bundletest.Plan{Blocks: 6, Values: 60})
	ctx, cancel := context.WithCancel(t.Context())
	url := make(chan string, 1)
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, []string{dir}, func(u string) { url <- u }) }()
	var u string
	select {
	case u = <-url:
	case err := <-ended:
		t.Fatal(err)
	}
	if !strings.HasPrefix(u, "http://127.0.0.1:") {
		t.Errorf("served at %s", u)
	}
	for _, c := range []struct {
		method, path, host string
		status             int
	}{
		{"GET", "", "", 200}, {"GET", "progress", "", 200}, {"GET", "else", "", 404},
		{"POST", "", "", 405}, {"GET", "", "evil.example", 403}, {"GET", "progress", "localhost:1", 403},
	} {
		req, err := http.NewRequestWithContext(ctx, c.method, u+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if c.host != "" {
			req.Host = c.host
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != c.status {
			t.Errorf("%s %s from %q: status %d, want %d", c.method, c.path, c.host, res.StatusCode, c.status)
		}
		if c.status == 200 && c.path == "" && !strings.Contains(string(body), `"live":true`) {
			t.Error("the page does not follow its run")
		}
	}
	http.DefaultClient.CloseIdleConnections()
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("interrupted: %v", err)
	}
	if err := Serve(t.Context(), []string{t.TempDir()}, nil); err == nil || !strings.Contains(err.Error(), "no bundle there") {
		t.Errorf("no bundle: %v", err)
	}
}

// The page is made anew when the run has further trials, and the progress says how far
// it is.
func TestServeFollowsARun(t *testing.T) {
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole")
	bundletest.Write(t, whole, bundletest.Plan{Blocks: 6, Values: 60})
	run, err := load.OpenRun(whole)
	if err != nil {
		t.Fatal(err)
	}
	for i, trial := range run.Trials {
		run.Manifest.Plan = append(run.Manifest.Plan, results.Planned{ID: trial.ID, Order: i + 1, Block: trial.Block, Scenario: trial.Scenario, Variant: trial.Variant, Matrix: trial.Matrix})
	}
	run.Manifest.State = results.StateRunning
	growing := filepath.Join(dir, "growing")
	w, err := results.Create(growing, run.Manifest)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{dirs: []string{growing}}
	h := s.handler("here")
	get := func(path string) string {
		rec := httptest.NewRecorder()
		req := httptest.NewRequest("GET", "http://here/"+path, nil)
		h.ServeHTTP(rec, req)
		if rec.Code != 200 {
			t.Fatalf("%s: status %d: %s", path, rec.Code, rec.Body)
		}
		return rec.Body.String()
	}
	before := get("")
	for i := range 8 {
		trial := run.Trials[i]
		// The trials take a minute each.
		trial.Start, trial.Duration, trial.LogSHA256, trial.SamplesSHA256 = float64(60*i), 60, "", ""
		trial.Warnings = []string{"a warning"}
		data, err := os.ReadFile(filepath.Join(whole, results.TrialsDir, trial.ID+".hlog"))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(growing, results.TrialsDir, trial.ID+".hlog"), data, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := w.Append(trial, nil); err != nil {
			t.Fatal(err)
		}
	}
	if after := get(""); after == before {
		t.Error("the page did not grow with its run")
	}
	var all []progress
	if err := json.Unmarshal([]byte(get("progress")), &all); err != nil {
		t.Fatal(err)
	}
	p := all[0]
	left := time.Duration(28) * time.Minute
	if p.State != results.StateRunning || p.Planned != 36 || p.Finished != 8 || p.ETA == nil || *p.ETA != left.Seconds() || p.Next == "" || len(p.Latest) == 0 || len(p.Warnings) != mostWarnings {
		t.Errorf("progress %+v", p)
	}
	if err := w.Finish(results.StateComplete, ""); err != nil {
		t.Fatal(err)
	}
}
