package load

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/perf/benchfmt"

	"github.com/assay-bench/assay/results"
)

// Text is a file in Go benchmark format.
type Text struct {
	path, label string
	reader      benchfmt.Reader
	problems    []error

	whole bool // the file was read
	kept  kept
	err   error // error in reading, after the observations that are kept
}

// Open opens the input that path names: a bundle if it is a folder, otherwise text
// in Go benchmark format. A text file may be given as label=path.
func Open(path string) (Source, error) {
	info, err := os.Stat(path)
	label := path
	if err != nil {
		if l, p, ok := strings.Cut(path, "="); ok {
			label, path = l, p
			info, err = os.Stat(path)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open input: %w", err)
	}
	if info.IsDir() {
		run, err := OpenRun(path)
		if err != nil {
			return nil, err
		}
		run.label = label
		return run, nil
	}
	return &Text{path: path, label: label}, nil
}

// Path returns the path of the file.
func (t *Text) Path() string { return t.path }

// Label returns the name of the file as it was given.
func (t *Text) Label() string { return t.label }

// Problems returns the lines that could not be read, with the reasons.
func (t *Text) Problems() []error { return t.problems }

// Units returns the metadata of the units that have been read so far.
func (t *Text) Units() benchfmt.UnitMetadataMap { return t.reader.Units() }

// Each yields the results of the file in order. It returns an error if the file
// cannot be read to its end, or has no result: an empty input must not look like one
// in which nothing changed. The file is read once, and its content is kept.
func (t *Text) Each(yield func(Observation) error) error {
	if !t.whole {
		t.whole, t.err = true, t.open()
	}
	if err := t.kept.each(yield); err != nil {
		return err
	}
	return t.err
}

// open opens and reads the file.
func (t *Text) open() error {
	f, err := results.OpenRegular(t.path)
	if err != nil {
		return fmt.Errorf("read benchmarks: %w", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Size() > results.MostWhole {
		return fmt.Errorf("read benchmarks: %s has %d bytes, and at most %d are read", t.path, info.Size(), results.MostWhole)
	}
	return t.read(f, t.kept.add)
}

// read yields the results of the text. What cannot be read is noted in problems and left
// out; an error ends the reading.
func (t *Text) read(r io.Reader, yield func(Observation) error) error {
	t.problems = nil
	in := newInspector(r, t.path)
	if err := in.encoding(); err != nil {
		return err
	}
	t.reader.Reset(in, t.path, ".file", t.label)
	found := 0
	for t.reader.Scan() {
		switch rec := t.reader.Result().(type) {
		case *benchfmt.SyntaxError:
			t.problems = append(t.problems, rec)
		case *benchfmt.Result:
			if dropped := measuredValues(rec); dropped != nil {
				_, line := rec.Pos()
				t.problems = append(t.problems, fmt.Errorf("%s:%d: no measurement: %s", t.path, line, strings.Join(dropped, ", ")))
			}
			lateQuantiles(rec)
			found++
			if err := yield(Observation{Result: rec}); err != nil {
				return err
			}
		}
	}
	t.problems = append(t.problems, in.problems...)
	switch err := t.reader.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return fmt.Errorf("%s:%d: the line is longer than 64 KiB, which benchmark format does not allow", t.path, in.line)
	case err != nil:
		return fmt.Errorf("read %s: %w", t.path, err)
	case found == 0 && len(t.problems) > 0:
		return fmt.Errorf("%s: no benchmark results; %w", t.path, t.problems[0])
	case found == 0:
		return fmt.Errorf("%s: no benchmark results: want lines like \"BenchmarkName 100 12.5 ns/op\"", t.path)
	case !in.ended:
		t.problems = append(t.problems, fmt.Errorf("%s: the last line has no end: the file may have been cut short", t.path))
	}
	return nil
}
