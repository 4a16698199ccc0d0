package results

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Another implementation, hdr-histogram-js from npm, reads the logs and finds
// the same counts and percentiles.
func TestAnotherImplementationReadsLogs(t *testing.T) {
	missing := func(what string, err error) {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is needed in CI: %v", what, err)
		}
		t.Skipf("SKIPPED: no %s: %v", what, err)
	}
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			missing(program, err)
		}
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/js")); err != nil {
		t.Fatal(err)
	}
	install := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		missing("hdr-histogram-js ("+string(out)+")", err)
	}

	log := filepath.Join(dir, "trial.hlog")
	f, err := os.Create(log)
	if err != nil {
		t.Fatal(err)
	}
	w, err := NewLogWriter(f, "trial")
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	want := map[string]Quantiles{}
	for _, tag := range []string{"response.ok", "warmup.lag.ok", "a/service.error"} {
		sum := NewHistogram()
		for second := range 5 {
			h := NewHistogram()
			for range 1000 {
				v := int64(r.ExpFloat64() * 1e7)
				h.RecordValue(v)
				sum.RecordValue(v)
			}
			if err := w.Write(Interval{Tag: tag, Start: time.Duration(second) * time.Second, Length: time.Second, Hist: h}); err != nil {
				t.Fatal(err)
			}
		}
		want[tag] = Summarise(sum, 0)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}

	// Node 20 can wait for its own threads for ever when it ends (nodejs/node#54918).
	read := exec.Command("node", "--single-threaded", "read.js", log)
	read.Dir = dir
	var stderr bytes.Buffer
	read.Stderr = &stderr
	out, err := read.Output()
	if err != nil {
		t.Fatalf("node read.js: %v\n%s", err, stderr.Bytes())
	}
	var got map[string]struct {
		Count          uint64
		P50, P99, P999 float64
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) {
		t.Errorf("it finds %d tags, want %d", len(got), len(want))
	}
	for tag, q := range want {
		g := got[tag]
		if g.Count != q.Count || g.P50 != *q.At(0.50) || g.P99 != *q.At(0.99) || g.P999 != *q.At(0.999) {
			t.Errorf("%s: it reads %+v, want count %d, p50 %v, p99 %v, p99.9 %v", tag, g, q.Count, *q.At(0.50), *q.At(0.99), *q.At(0.999))
		}
	}
}
