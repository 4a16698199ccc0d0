package results

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// ErrExists is the error of Create if the folder already holds a bundle.
var ErrExists = errors.New("holds a bundle already")

// Writer writes one bundle. It must not be used by several goroutines at once.
type Writer struct {
	// Manifest may be changed while the run goes on; SaveManifest writes it.
	Manifest *Manifest
	dir      string
	trials   *os.File
	done     []Trial
	profiled []Trial
}

// Create starts a bundle in dir, and creates the folder if necessary. Its error is
// ErrExists if dir holds a bundle.
func Create(dir string, m *Manifest) (*Writer, error) {
	if Exists(dir) {
		return nil, fmt.Errorf("%s: %w", dir, ErrExists)
	}
	if err := own(filepath.Join(dir, TrialsDir)); err != nil {
		return nil, fmt.Errorf("create bundle: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(dir, TrialsDir), 0o755); err != nil {
		return nil, fmt.Errorf("create bundle: %w", err)
	}
	m.SchemaVersion, m.TrialSums = m.version(), true
	m.State = StateRunning
	w := &Writer{Manifest: m, dir: dir}
	if err := w.openTrials(); err != nil {
		return nil, err
	}
	return w, w.SaveManifest()
}

// Resume returns a writer that adds trials to a bundle that was opened. Nobody may
// have written to the bundle since. Resume removes the rest of a line that a crash
// cut short. A bundle with sums is finished: Resume returns an error and leaves the
// bundle untouched if it differs from its sums; only micro.txt may be missing. It
// returns an error for a slim bundle too, and for one in which a finished trial was
// doubled, contradicts itself, or lost its log: the new sums would hide that.
func (b *Bundle) Resume() (*Writer, error) {
	dir := b.Dir
	if err := errSlim(dir); err != nil {
		return nil, fmt.Errorf("resume bundle: %w", err)
	}
	if _, err := os.Stat(filepath.Join(dir, SumsFile)); !errors.Is(err, os.ErrNotExist) {
		if err := Unchanged(dir, MicroFile); err != nil {
			return nil, fmt.Errorf("resume bundle: it was changed since its run ended: %w: restore the files as they were measured, or start a new bundle", err)
		}
	}
	if err := own(filepath.Join(dir, TrialsDir)); err != nil {
		return nil, fmt.Errorf("resume bundle: %w", err)
	}
	if err := b.mayGoOn(); err != nil {
		return nil, fmt.Errorf("resume bundle: %w: a run cannot be continued from trials that are damaged; start a new bundle", err)
	}
	w := &Writer{Manifest: b.Manifest, dir: dir, done: b.Trials, profiled: b.Profiled}
	if b.cut {
		if err := cutLastLine(filepath.Join(dir, TrialsFile)); err != nil {
			return nil, err
		}
	}
	if err := os.Remove(filepath.Join(dir, SumsFile)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("resume bundle: %w", err)
	}
	m := w.Manifest
	m.State, m.Failure, m.FailureKind, m.Ended = StateRunning, "", "", time.Time{}
	if err := w.openTrials(); err != nil {
		return nil, err
	}
	return w, w.SaveManifest()
}

// mayGoOn returns what is wrong with the finished trials of a bundle.
func (b *Bundle) mayGoOn() error {
	if damage := b.Damage; b.cut {
		return errors.Join(errors.Join(damage[:len(damage)-1]...), b.damaged())
	}
	return errors.Join(errors.Join(b.Damage...), b.damaged())
}

// cutLastLine removes a last line without an end. The trial that it belongs to did not
// finish, and the next line must not be appended to it.
func cutLastLine(path string) error {
	data, err := ReadRegular(path)
	if err != nil {
		return fmt.Errorf("resume bundle: %w", err)
	}
	return os.Truncate(path, int64(bytes.LastIndexByte(data, '\n')+1))
}

// openTrials opens the file for appending, so that no trial that is in it can be lost.
func (w *Writer) openTrials() (err error) {
	path := filepath.Join(w.dir, TrialsFile)
	if err := own(path); err != nil {
		return err
	}
	w.trials, err = os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return fmt.Errorf("open bundle: %w", err)
	}
	return nil
}

// Done returns the trials written so far, including void ones. Profiled trials are not
// among them.
func (w *Writer) Done() []Trial { return w.done }

// Profiled returns the profiled trials written so far, including void ones.
func (w *Writer) Profiled() []Trial { return w.profiled }

// Dir returns the folder of the bundle.
func (w *Writer) Dir() string { return w.dir }

// CreateLog creates the interval log of a trial. The caller closes it before Append.
func (w *Writer) CreateLog(trial string) (*os.File, error) {
	path := logPath(w.dir, trial)
	if err := own(path); err != nil {
		return nil, err
	}
	return os.Create(path)
}

// Append makes one finished trial durable. It writes the log, the samples and the
// profiles first and the trial's line last, so that a line on disk always has its files.
func (w *Writer) Append(t Trial, samples []Sample, profiles ...ProfileData) error {
	if len(samples) > 0 {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		for _, s := range samples {
			if err := e.Encode(s); err != nil {
				return fmt.Errorf("write samples of %s: %w", t.ID, err)
			}
		}
		if err := writeOwn(samplesPath(w.dir, t.ID), b.Bytes()); err != nil {
			return err
		}
		sum := sha256.Sum256(b.Bytes())
		t.SamplesSHA256 = hex.EncodeToString(sum[:])
	}
	switch sum, err := syncedHash(logPath(w.dir, t.ID)); {
	case err == nil:
		t.LogSHA256 = sum
	case !errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("write histograms of %s: %w", t.ID, err)
	}
	if err := w.saveProfiles(&t, profiles); err != nil {
		return err
	}
	line, err := encodeLine(&t)
	if err != nil {
		return fmt.Errorf("write trial %s: %w", t.ID, err)
	}
	if _, err := w.trials.Write(line); err != nil {
		return fmt.Errorf("write trial %s: %w", t.ID, err)
	}
	if err := w.trials.Sync(); err != nil {
		return fmt.Errorf("write trial %s: %w", t.ID, err)
	}
	if t.Profiled {
		w.profiled = append(w.profiled, t)
		return nil
	}
	w.done = append(w.done, t)
	return nil
}

// SaveManifest replaces the manifest on disk in one step.
func (w *Writer) SaveManifest() error {
	w.Manifest.SchemaVersion = w.Manifest.version()
	data, err := json.MarshalIndent(w.Manifest, "", "  ")
	if err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	return writeOwn(filepath.Join(w.dir, ManifestFile), append(data, '\n'))
}

// SaveBench rewrites bench.txt from the valid trials so far.
func (w *Writer) SaveBench() error {
	b := &Bundle{Dir: w.dir, Manifest: w.Manifest, Trials: w.done}
	var out bytes.Buffer
	if err := WriteBench(&out, b); err != nil {
		return err
	}
	return writeOwn(filepath.Join(w.dir, BenchFile), out.Bytes())
}

// Finish ends the run in the given state: it writes bench.txt, the manifest and the
// sums.
func (w *Writer) Finish(state, failure string) error {
	w.Manifest.State, w.Manifest.Failure = state, failure
	return errors.Join(w.trials.Close(), w.SaveBench(), w.SaveManifest(), WriteSums(w.dir))
}

// syncedHash writes a file through to the disk, so that it outlives a crash of the
// machine, and returns its SHA-256.
func syncedHash(path string) (string, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if err := f.Sync(); err != nil {
		return "", err
	}
	return hashOf(f)
}
