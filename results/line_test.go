package results

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// unfinished writes a bundle of three trials whose run was killed, and returns its
// folder and the bytes of trials.jsonl.
func unfinished(t *testing.T) (dir string, lines []byte) {
	t.Helper()
	dir = t.TempDir()
	w, err := Create(dir, manifest())
	if err != nil {
		t.Fatal(err)
	}
	for block := 1; block <= 3; block++ {
		tr := trial("s", "a", block, 1, block != 2)
		f, err := w.CreateLog(tr.ID)
		if err != nil {
			t.Fatal(err)
		}
		log, err := NewLogWriter(f, tr.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := log.Flush(); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if err := w.Append(tr, []Sample{{At: 1, Server: "server"}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.trials.Close(); err != nil {
		t.Fatal(err)
	}
	lines, err = os.ReadFile(filepath.Join(dir, TrialsFile))
	if err != nil {
		t.Fatal(err)
	}
	return dir, lines
}

func rewrite(t *testing.T, dir, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestFlippedBits flips a bit of trials.jsonl while the bundle has no SHA256SUMS. No
// flip may be read as if nothing had happened: it is an error, or the last line counts
// as cut short.
func TestFlippedBits(t *testing.T) {
	dir, lines := unfinished(t)
	r := rand.New(rand.NewPCG(1, 2))
	step := 1
	if testing.Short() {
		step = 41
	}
	for at := 0; at < len(lines); at += step {
		flipped := bytes.Clone(lines)
		flipped[at] ^= 1 << r.IntN(8)
		rewrite(t, dir, TrialsFile, flipped)
		b, err := Open(dir)
		if err == nil && (len(b.Damage) != 1 || len(b.Trials) != 2 || at != len(lines)-1) {
			t.Errorf("byte %d, %q for %q: read as %d trials, damage %v", at, flipped[at], lines[at], len(b.Trials), b.Damage)
		}
		if err != nil && !strings.Contains(err.Error(), TrialsFile+":") {
			t.Errorf("byte %d: no line is named: %v", at, err)
		}
	}
}

// TestTruncatedLines cuts trials.jsonl at every byte of its last line. The trials before
// it are read, what is missing is said, and the run can go on.
func TestTruncatedLines(t *testing.T) {
	dir, lines := unfinished(t)
	last := bytes.LastIndexByte(lines[:len(lines)-1], '\n') + 1
	step := 1
	if testing.Short() {
		step = 10
	}
	for at := last; at < len(lines); at += step {
		rewrite(t, dir, TrialsFile, lines[:at])
		b, err := Open(dir)
		if err != nil {
			t.Fatalf("cut at byte %d: %v", at, err)
		}
		if len(b.Trials) != 2 || (len(b.Damage) == 1) != (at > last) {
			t.Fatalf("cut at byte %d: %d trials, damage %v", at, len(b.Trials), b.Damage)
		}
		if at%50 != 0 {
			continue
		}
		w, err := b.Resume()
		if err != nil {
			t.Fatalf("cut at byte %d: %v", at, err)
		}
		w.trials.Close()
		if left, err := os.ReadFile(filepath.Join(dir, TrialsFile)); err != nil || !bytes.Equal(left, lines[:last]) {
			t.Fatalf("cut at byte %d: after resuming %d bytes are left, want %d (%v)", at, len(left), last, err)
		}
	}
}

// TestDamagedRunsAreNotContinued damages a bundle whose run was killed. New sums at the
// end of a resumed run would call it intact.
func TestDamagedRunsAreNotContinued(t *testing.T) {
	const first = `{"id":"s.a.b01"`
	plain := func(lines []byte) []byte { // as the first version wrote them
		var out []byte
		for line := range bytes.Lines(lines) {
			out = append(append(out, line[:bytes.LastIndex(line, []byte(sumKey))]...), "}\n"...)
		}
		return out
	}
	replace := func(old, new string) func([]byte) []byte {
		return func(lines []byte) []byte { return bytes.Replace(plain(lines), []byte(old), []byte(new), 1) }
	}
	for _, c := range []struct {
		name   string
		lines  func([]byte) []byte
		remove string // a file
		old    bool   // the manifest is of the first version
		want   string // in the error; none if empty
	}{
		{name: "nothing", lines: bytes.Clone},
		{name: "of the first version", lines: plain, old: true},
		{name: "no checksums", lines: plain, want: "it has no SHA-256 at its end"},
		{name: "a trial twice", lines: func(l []byte) []byte { return append(l, l[:bytes.IndexByte(l, '\n')+1]...) }, want: "trial s.a.b01 stands in line 1 already"},
		{name: "a trial twice, and a line cut short", lines: func(l []byte) []byte { return append(append(l, l[:bytes.IndexByte(l, '\n')+1]...), "{"...) }, want: "trial s.a.b01 stands in line 1 already"},
		{name: "no log", lines: bytes.Clone, remove: "trials/s.a.b02.hlog", want: "s.a.b02.hlog: no such file"},
		{name: "no samples", lines: bytes.Clone, remove: "trials/s.a.b02.server.jsonl", want: "s.a.b02.server.jsonl: no such file"},
		{name: "no log, of the first version", lines: plain, old: true, remove: "trials/s.a.b02.hlog", want: "s.a.b02.hlog: no such file"},
		{name: "another name, of the first version", lines: replace(first, `{"id":"s.a.b09"`), old: true, want: "trial s.a.b09 says that it is s.a.b01"},
		{name: "a name that leaves the folder", lines: replace(first, `{"id":"../s.a.b01"`), old: true, want: `trial "../s.a.b01": not the name of a trial`},
		{name: "void for no reason, of the first version", lines: replace(`"valid":true`, `"valid":false`), old: true, want: "trial s.a.b01 is void, and no reason is recorded"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, lines := unfinished(t)
			rewrite(t, dir, TrialsFile, c.lines(lines))
			if c.remove != "" {
				if err := os.Remove(filepath.Join(dir, filepath.FromSlash(c.remove))); err != nil {
					t.Fatal(err)
				}
			}
			if c.old {
				m, err := os.ReadFile(filepath.Join(dir, ManifestFile))
				if err != nil {
					t.Fatal(err)
				}
				rewrite(t, dir, ManifestFile, bytes.Replace(m, []byte(`"trial_sums": true`), []byte(`"trial_sums": false`), 1))
			}
			w, err := resume(dir)
			if c.want == "" {
				if err == nil {
					err = w.Finish(StateComplete, "")
				}
				if err == nil {
					err = Unchanged(dir)
				}
				if err != nil {
					t.Errorf("not resumed: %v", err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
			if _, err := os.Stat(filepath.Join(dir, SumsFile)); err == nil {
				t.Error("the bundle has sums")
			}
		})
	}
}

// TestChangedLogsAreFound changes a byte of a file whose trial has ended.
func TestChangedLogsAreFound(t *testing.T) {
	for _, name := range []string{"trials/s.a.b01.hlog", "trials/s.a.b03.server.jsonl"} {
		dir, _ := unfinished(t)
		path := filepath.Join(dir, filepath.FromSlash(name))
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		data[len(data)/2] ^= 1
		rewrite(t, dir, name, data)
		if _, err := resume(dir); err == nil || !strings.Contains(err.Error(), filepath.Base(name)+" was changed since its trial ended") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
