package results

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// AddMicro adds the output of Go benchmarks to a finished bundle. If the bundle was
// changed since it was written, AddMicro returns an error and writes nothing. Only
// micro.txt may be missing: it is removed to be made again.
func AddMicro(dir string, text []byte) error {
	return amend(dir, func() error { return writeOwn(filepath.Join(dir, MicroFile), text) })
}

// RecordMicro notes in a finished bundle how its Go benchmarks are made. It returns
// an error in the same cases as AddMicro.
func RecordMicro(dir string, made Micro) error {
	m, err := readManifest(filepath.Join(dir, ManifestFile))
	if err != nil {
		return err
	}
	m.Micro = &made
	return amend(dir, (&Writer{Manifest: m, dir: dir}).SaveManifest)
}

// amend changes a finished bundle. The sums are absent during the change, as they
// are during a run: resuming the run completes a bundle that was left in that state.
func amend(dir string, write func() error) error {
	if err := errSlim(dir); err != nil {
		return err
	}
	if err := Unchanged(dir, MicroFile); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(dir, SumsFile)); err != nil {
		return fmt.Errorf("amend bundle: %w", err)
	}
	return errors.Join(write(), WriteSums(dir))
}
