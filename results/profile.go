package results

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// Kinds of profiles, under the names that Go's net/http/pprof serves them. A CPU profile
// is taken over a time. The others are counted since the server started, and stored as
// the difference between the ends of that time.
const (
	ProfileCPU    = "cpu"
	ProfileAllocs = "allocs" // memory that was allocated, whether or not it is still in use
	ProfileMutex  = "mutex"  // time that locks made goroutines wait
	ProfileBlock  = "block"  // time that goroutines waited for channels, locks and the like
)

// Profile is a profile of one server in a profiled trial. Its file is in the format of
// pprof, and `go tool pprof` opens it.
type Profile struct {
	Server string `json:"server"` // name of the server in the scenario
	Kind   string `json:"kind"`   // one of the kinds above
	// File is the name of the file in the bundle's folder of trials.
	File   string `json:"file"`
	SHA256 string `json:"sha256"` // of the file, in hexadecimal
	// Seconds is how long the profile was taken.
	Seconds float64 `json:"seconds"`
}

// ProfileData is a profile that was taken: what the record says of it, and the file.
type ProfileData struct {
	Profile
	Data []byte // the file's bytes
}

// Name returns the name of the file in the bundle, separated by slashes.
func (p Profile) Name() string { return TrialsDir + "/" + p.File }

// ProfileFile returns the name of the file of a profile. The server is a part of it if
// several servers of the trial are profiled.
func ProfileFile(trial, server, kind string, several bool) string {
	if several {
		kind = server + "." + kind
	}
	return trial + "." + kind + ".pprof"
}

// mostProfileBytes limits how much of the file of a profile is read. That of a large
// program takes a few megabytes.
const mostProfileBytes = 256 << 20

// ReadProfile returns the file of a profile as it is stored.
func (b *Bundle) ReadProfile(p Profile) ([]byte, error) {
	// The name comes from a file that others may have written.
	if filepath.Base(p.File) != p.File || !filepath.IsLocal(p.File) || strings.Contains(p.File, `\`) {
		return nil, fmt.Errorf("read profile: %q is not the name of a file in %s", p.File, TrialsDir)
	}
	f, err := b.open(p.Name())
	if err != nil {
		return nil, fmt.Errorf("read profile: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, mostProfileBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read profile %s: %w", b.place(p.Name()), err)
	}
	if len(data) > mostProfileBytes {
		return nil, fmt.Errorf("read profile %s: larger than %d MiB", b.place(p.Name()), mostProfileBytes>>20)
	}
	return data, nil
}

// saveProfiles writes the profiles of a trial, and notes them in its record.
func (w *Writer) saveProfiles(t *Trial, profiles []ProfileData) error {
	for _, p := range profiles {
		if err := writeOwn(filepath.Join(w.dir, filepath.FromSlash(p.Name())), p.Data); err != nil {
			return err
		}
		sum := sha256.Sum256(p.Data)
		p.SHA256 = hex.EncodeToString(sum[:])
		t.Profiles = append(t.Profiles, p.Profile)
	}
	return nil
}

// version returns the version of the layout that the bundle needs.
func (m *Manifest) version() int {
	if len(m.ProfilePlan) > 0 {
		return ProfiledVersion
	}
	return SchemaVersion
}

// PlannedID returns the name of the trial in the plan, which is that of its first
// attempt.
func (t *Trial) PlannedID() string { return t.id(1) }

// id returns the name that the trial has as that attempt at its block.
func (t *Trial) id(try int) string {
	if t.Profiled {
		return ProfiledID(t.Scenario, t.Variant, t.Matrix, t.Block, try)
	}
	return TrialID(t.Scenario, t.Variant, t.Matrix, t.Block, try)
}

// Attempt returns the name of the planned trial as that attempt at its block.
func (p Planned) Attempt(try int) string {
	t := Trial{Scenario: p.Scenario, Variant: p.Variant, Matrix: p.Matrix, Block: p.Block, Profiled: p.Profiled}
	return t.id(try)
}
