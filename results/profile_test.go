package results

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// profiledBundle writes a finished bundle with one measured and one profiled trial.
func profiledBundle(t *testing.T) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "full")
	m := manifest()
	m.ProfileBlocks, m.ProfilePlan = 1, []Planned{{Scenario: "s", Variant: "v", Block: 1, Order: 1, Profiled: true}}
	w, err := Create(dir, m)
	if err != nil {
		t.Fatal(err)
	}
	profiled := trial("s", "v", 1, 1, true)
	profiled.ID, profiled.Profiled = ProfiledID("s", "v", nil, 1, 1), true
	data := ProfileData{Data: []byte("pprof"), Profile: Profile{
		Server: "server", Kind: ProfileCPU, File: ProfileFile(profiled.ID, "server", ProfileCPU, false), Seconds: 2,
	}}
	if err := w.Append(trial("s", "v", 1, 1, true), nil); err != nil {
		t.Fatal(err)
	}
	if err := w.Append(profiled, nil, data); err != nil {
		t.Fatal(err)
	}
	if err := w.Finish(StateComplete, ""); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Profiled trials are nowhere among the measured ones, neither in a full bundle nor in
// a slim one, and their files are covered by the sums.
func TestProfiledTrialsAreApart(t *testing.T) {
	full := profiledBundle(t)
	slim := filepath.Join(t.TempDir(), "slim")
	if err := Slim(full, slim); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{full, slim} {
		b, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		if len(b.Trials) != 1 || len(b.Valid()) != 1 || len(b.Profiled) != 1 || len(b.ValidProfiled()) != 1 {
			t.Fatalf("%s: %d trials, %d of them profiled", dir, len(b.Trials), len(b.Profiled))
		}
		p := b.Profiled[0]
		if p.ID != "s.v.p01" || p.PlannedID() != p.ID || len(p.Profiles) != 1 {
			t.Errorf("%s: %s with %d profiles", dir, p.ID, len(p.Profiles))
		}
		if data, err := b.ReadProfile(p.Profiles[0]); err != nil || string(data) != "pprof" {
			t.Errorf("%s: %q, %v", dir, data, err)
		}
		bench, err := os.ReadFile(filepath.Join(dir, BenchFile))
		if err != nil || strings.Count(string(bench), "BenchmarkHTTP") != 1 {
			t.Errorf("%s: %v\n%s", dir, err, bench)
		}
		if b.Manifest.SchemaVersion != ProfiledVersion {
			t.Errorf("%s: schema version %d: a reader that does not know profiled trials would take them for measured ones", dir, b.Manifest.SchemaVersion)
		}
	}
	if d, err := VerifyFull(slim, full); err != nil || len(d) > 0 {
		t.Errorf("the slim bundle differs: %v, %v", d, err)
	}
	if err := os.WriteFile(filepath.Join(full, TrialsDir, "s.v.p01.cpu.pprof"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if d, err := Verify(full); err != nil || len(d) != 1 {
		t.Errorf("a profile that was changed: %v, %v", d, err)
	}
}

// The name of a profile's file comes from the bundle, which others may have written.
func TestReadProfileStaysInTheBundle(t *testing.T) {
	b, err := Open(profiledBundle(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "..", "../manifest.json", "/etc/hostname", `..\x`, "missing"} {
		if _, err := b.ReadProfile(Profile{File: name}); err == nil {
			t.Errorf("%q was read", name)
		}
	}
}
