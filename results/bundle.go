package results

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Names of the files in a bundle.
const (
	ManifestFile = "manifest.json"
	TrialsFile   = "trials.jsonl"
	TrialsDir    = "trials"
	BenchFile    = "bench.txt"
	MicroFile    = "micro.txt"
	SumsFile     = "SHA256SUMS"
	ArchiveFile  = "archive.zip" // in slim bundles only: see [Slim]
)

// Bundle is a run that was read from disk.
type Bundle struct {
	// Dir is the folder, as it was given to Open.
	Dir      string
	Manifest *Manifest // never nil after Open
	Trials   []Trial   // every finished trial, in file order, void ones included
	// Profiled are the finished trials whose servers were profiled, in the same way. They
	// are apart from Trials so that no reader can take their latencies for measured ones.
	Profiled []Trial
	Damage   []error // parts that could not be read and were left out

	archive *zip.Reader // of a slim bundle; nil if every file is in Dir
	kept    keptFiles
	cut     bool // the last line of trials.jsonl was cut short
}

// Exists reports whether dir holds a bundle.
func Exists(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, ManifestFile))
	return err == nil
}

// Open reads the manifest and the trials of a bundle. Histograms and samples are
// read on demand, and kept as they are stored, so that a bundle that is asked twice
// reads its files once. Open notes in Damage that the last line of trials.jsonl was cut
// short, and that a trial stands there twice. A line that cannot be read, or was
// changed since it was written, is an error.
func Open(dir string) (*Bundle, error) {
	m, err := readManifest(filepath.Join(dir, ManifestFile))
	if err != nil {
		return nil, err
	}
	b := &Bundle{Dir: dir, Manifest: m}
	if b.archive, err = openArchive(dir); err != nil {
		return nil, err
	}
	if err := b.readTrials(); err != nil {
		return nil, err
	}
	return b, nil
}

// readManifest reads the version first and the rest only if the version is known: what
// an unknown version means by its fields nobody can tell.
func readManifest(path string) (*Manifest, error) {
	data, err := ReadRegular(path)
	if err != nil {
		return nil, fmt.Errorf("read bundle: %w", err)
	}
	return parseManifest(path, data)
}

// parseManifest reads the content of the manifest at path. Its errors name the path, and
// the line where the JSON is wrong.
func parseManifest(path string, data []byte) (*Manifest, error) {
	var version struct {
		V *int `json:"schema_version"`
	}
	if err := json.Unmarshal(data, &version); err != nil {
		return nil, fmt.Errorf("%s: %w", jsonPlace(path, data, err), err)
	}
	if version.V == nil {
		return nil, fmt.Errorf("%s: no schema_version: not the manifest of a bundle", path)
	}
	if *version.V < SchemaVersion || *version.V > ProfiledVersion {
		return nil, fmt.Errorf("%s: schema version %d, this program reads versions %d to %d: use the release that wrote the bundle, or make the run again",
			path, *version.V, SchemaVersion, ProfiledVersion)
	}
	m := new(Manifest)
	if err := json.Unmarshal(data, m); err != nil {
		return nil, fmt.Errorf("%s: %w", jsonPlace(path, data, err), err)
	}
	return m, nil
}

// jsonPlace returns path:line:column of a JSON error, or as much of it as the error
// tells.
func jsonPlace(path string, data []byte, err error) string {
	var offset int64 = -1
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	}
	if offset < 0 || offset > int64(len(data)) {
		return path
	}
	before := data[:offset]
	line := 1 + bytes.Count(before, []byte("\n"))
	return fmt.Sprintf("%s:%d:%d", path, line, int(offset)-bytes.LastIndexByte(before, '\n'))
}

// readTrials reads the trials line by line. Only the last line can have been cut short,
// by a crash or by a kill; any other broken line means that the file was changed.
func (b *Bundle) readTrials() error {
	path := b.place(TrialsFile)
	f, err := b.open(TrialsFile)
	if errors.Is(err, os.ErrNotExist) {
		return nil // a run that was stopped before its first trial ended
	}
	if err != nil {
		return fmt.Errorf("read bundle: %w", err)
	}
	defer f.Close()
	return b.parseTrials(path, f)
}

// parseTrials reads the lines of trials.jsonl. A last line without an end is damage, and
// any other line that cannot be read is an error.
func (b *Bundle) parseTrials(path string, f io.Reader) error {
	r := bufio.NewReader(f)
	seen := map[string]int{} // line by id
	for n := 1; ; n++ {
		line, err := readLine(r, mostTrialLine)
		if err == io.EOF {
			if len(bytes.TrimSpace(line)) > 0 {
				b.cut = true
				b.Damage = append(b.Damage, fmt.Errorf("%s:%d: line cut short: the trial it belonged to did not finish and is left out", path, n))
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s:%d: %w", path, n, err)
		}
		t, err := decodeLine(line, b.Manifest.TrialSums)
		if err != nil {
			return fmt.Errorf("%s:%d: %w", path, n, err)
		}
		if first, again := seen[t.ID]; again {
			b.Damage = append(b.Damage, fmt.Errorf("%s:%d: trial %s stands in line %d already: this line is left out", path, n, t.ID, first))
			continue
		}
		seen[t.ID] = n
		if t.Profiled {
			b.Profiled = append(b.Profiled, t)
			continue
		}
		b.Trials = append(b.Trials, t)
	}
}

// all returns every finished trial, profiled ones after the others.
func (b *Bundle) all() []Trial { return slices.Concat(b.Trials, b.Profiled) }

// attempt names one attempt at one block of one scenario.
type attempt struct {
	scenario   string
	block, try int
}

// Valid returns the valid trials in file order: those of the block attempts in which
// no trial failed a hard check. Profiled trials are not among them.
func (b *Bundle) Valid() []Trial { return valid(b.Trials) }

// ValidProfiled returns the valid trials among the profiled ones, in the same way.
func (b *Bundle) ValidProfiled() []Trial { return valid(b.Profiled) }

// valid returns the trials of attempts at a block in which every trial is valid.
func valid(trials []Trial) []Trial {
	void := map[attempt]bool{}
	for _, t := range trials {
		if !t.Valid {
			void[attempt{t.Scenario, t.Block, t.Attempt}] = true
		}
	}
	var valid []Trial
	for _, t := range trials {
		if !void[attempt{t.Scenario, t.Block, t.Attempt}] {
			valid = append(valid, t)
		}
	}
	return valid
}

// Scenario returns the named scenario of the manifest, or nil if there is none.
func (m *Manifest) Scenario(name string) *Scenario {
	for i := range m.Scenarios {
		if m.Scenarios[i].Name == name {
			return &m.Scenarios[i]
		}
	}
	return nil
}

// Log calls yield for every interval of a trial's log. Its errors name the file and
// the line.
func (b *Bundle) Log(trial string, yield func(Interval) error) error {
	f, err := b.openTrial(logName(trial))
	if err != nil {
		return fmt.Errorf("read histograms: %w", err)
	}
	defer f.Close()
	within := b.within(trial)
	err = ReadLog(f, func(in Interval) error {
		if err := within(in.Start); err != nil {
			return err
		}
		return yield(in)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", b.place(logName(trial)), err)
	}
	return nil
}

// within returns a check of the intervals in a trial's log: none may start after the
// trial ended. The intervals of a trial whose duration is not known may start anywhere.
func (b *Bundle) within(trial string) func(start time.Duration) error {
	all := b.all()
	i := slices.IndexFunc(all, func(t Trial) bool { return t.ID == trial })
	if i < 0 || all[i].Duration <= 0 {
		return func(time.Duration) error { return nil }
	}
	lasted := all[i].Duration
	return func(start time.Duration) error {
		if start.Seconds() > lasted {
			return fmt.Errorf("the interval starts at %.3f s, and the whole trial lasted %.3f s", start.Seconds(), lasted)
		}
		return nil
	}
}

// Samples returns the server samples of a trial, oldest first. A trial without
// samples is not an error.
func (b *Bundle) Samples(trial string) ([]Sample, error) {
	path := b.place(samplesName(trial))
	f, err := b.openTrial(samplesName(trial))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read samples: %w", err)
	}
	defer f.Close()
	return parseSamples(path, f)
}

// parseSamples reads samples, one a line.
func parseSamples(path string, f io.Reader) (samples []Sample, err error) {
	r := bufio.NewReader(f)
	for n := 1; ; n++ {
		line, err := readLine(r, mostTrialLine)
		if err != nil && err != io.EOF {
			return samples, fmt.Errorf("%s:%d: %w", path, n, err)
		}
		if len(bytes.TrimSpace(line)) > 0 {
			var s Sample
			if err := json.Unmarshal(line, &s); err != nil {
				return samples, fmt.Errorf("%s:%d: %w", path, n, err)
			}
			samples = append(samples, s)
		}
		if err == io.EOF {
			return samples, nil
		}
	}
}

// Names of a trial's files in its bundle, separated by slashes.
func logName(trial string) string { return TrialsDir + "/" + trial + ".hlog" }

// samplesName is the name of the file with the samples of a trial, with slashes.
func samplesName(trial string) string { return TrialsDir + "/" + trial + ".server.jsonl" }

// logPath is the path of the log of a trial in a full bundle.
func logPath(dir, trial string) string {
	return filepath.Join(dir, filepath.FromSlash(logName(trial)))
}

// samplesPath is the path of the samples of a trial in a full bundle.
func samplesPath(dir, trial string) string {
	return filepath.Join(dir, filepath.FromSlash(samplesName(trial)))
}

// TrialID returns the name under which the files of a trial are stored. It consists
// of scenario, variant, matrix cell and block; from the second attempt on, the
// attempt is added. The name is unique in a run, because names and matrix values may
// only contain characters that need no escaping.
func TrialID(scenario, variant string, matrix map[string]string, block, try int) string {
	return trialID(scenario, variant, matrix, 'b', block, try)
}

// ProfiledID is [TrialID] of a profiled trial. Its blocks are numbered from 1 too.
func ProfiledID(scenario, variant string, matrix map[string]string, block, try int) string {
	return trialID(scenario, variant, matrix, 'p', block, try)
}

// trialID names a trial. kind is the letter before the number of the block.
func trialID(scenario, variant string, matrix map[string]string, kind byte, block, try int) string {
	var s strings.Builder
	s.WriteString(scenario + "." + variant)
	for _, k := range sortedKeys(matrix) {
		s.WriteString("." + k + "=" + matrix[k])
	}
	fmt.Fprintf(&s, ".%c%02d", kind, block)
	if try > 1 {
		fmt.Fprintf(&s, ".a%d", try)
	}
	return s.String()
}
