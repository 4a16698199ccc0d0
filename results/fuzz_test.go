package results

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	counters "runtime/metrics"
	"testing"
)

// bounded fails if do allocates more than a file of n bytes may cost: a limit that a
// number in the file cannot raise.
func bounded(t *testing.T, n int, do func()) {
	t.Helper()
	const base, share = 64 << 20, 1000
	before := allocated()
	do()
	if got := allocated() - before; got > base+share*uint64(n) {
		t.Errorf("%d bytes took %d MiB", n, got>>20)
	}
}

func allocated() uint64 {
	s := []counters.Sample{{Name: "/gc/heap/allocs:bytes"}}
	counters.Read(s)
	return s[0].Value.Uint64()
}

// seed adds the files of the published run that match, cut to a size for fuzzing.
func seed(f *testing.F, pattern string) {
	paths, err := filepath.Glob(filepath.FromSlash("runs/published/" + pattern))
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data[:min(len(data), 16<<10)])
	}
}

// A manifest is read or refused by name, whatever is in it.
func FuzzManifest(f *testing.F) {
	seed(f, ManifestFile)
	for _, text := range []string{"", "{}", `{"schema_version": 1}`, `{"schema_version": 99}`, `{"schema_version": "1"}`, "[", "null", `{"schema_version": 1, "scenarios": [{"streams": [null]}], "plan": [{}], "trees": {"a": null}}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		bounded(t, len(data), func() {
			m, err := parseManifest("m.json", data)
			if err == nil {
				m.Scenario("s")
				return
			}
			if place := regexp.MustCompile(`^m\.json(:\d+:\d+)?: `); !place.MatchString(err.Error()) {
				t.Errorf("the error %q names no place", err)
			}
		})
	})
}

// What is read of trials.jsonl is consistent, and what is not read is named by its line.
func FuzzTrials(f *testing.F) {
	good := trial("s", "v", 1, 1, true)
	line, err := encodeLine(&good)
	if err != nil {
		f.Fatal(err)
	}
	plain, err := json.Marshal(good)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(append(line, line...), true)
	f.Add(append(append(plain, '\n'), `{"id":"s.v.b02","streams":[null],"servers":[{}]`...), false)
	f.Add([]byte(`{"id":"../x"}`+"\n"), false)
	f.Add([]byte(`{"id":"a","streams":[{"headline":{"99":1e999}}]}`+"\n\n"), false)
	f.Fuzz(func(t *testing.T, data []byte, sums bool) {
		bounded(t, len(data), func() {
			b := &Bundle{Manifest: &Manifest{TrialSums: sums}}
			err := b.parseTrials("t.jsonl", bytes.NewReader(data))
			place := regexp.MustCompile(`^t\.jsonl:\d+: `)
			for _, err := range append(b.Damage, err) {
				if err != nil && !place.MatchString(err.Error()) {
					t.Errorf("the error %q names no line", err)
				}
			}
			ids := map[string]bool{}
			for _, tr := range b.all() {
				if ids[tr.ID] || !filepath.IsLocal(tr.ID) {
					t.Errorf("trial %q", tr.ID)
				}
				ids[tr.ID] = true
				tr.Why()
			}
			b.Valid()
		})
	})
}

// Samples are read up to the first that is none, which is named by its line.
func FuzzSamples(f *testing.F) {
	f.Add([]byte(`{"at_ns":1,"server":"s","metrics":{"m":2}}` + "\n" + `{"at_ns":`))
	f.Add([]byte("null\n\n{}\n[]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		bounded(t, len(data), func() {
			samples, err := parseSamples("s.jsonl", bytes.NewReader(data))
			if err == nil {
				return
			}
			var line int
			if n, _ := fmt.Sscanf(err.Error(), "s.jsonl:%d: ", &line); n != 1 || line <= len(samples) || line > 1+bytes.Count(data, []byte("\n")) {
				t.Errorf("%d samples and the error %q", len(samples), err)
			}
		})
	})
}
