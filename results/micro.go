package results

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// AddMicro gives a finished bundle the output of Go benchmarks. It is an error,
// and nothing is written, if the bundle is not as it was left; only micro.txt
// may have been removed, to be made anew.
func AddMicro(dir string, text []byte) error {
	return amend(dir, func() error { return WriteFile(filepath.Join(dir, MicroFile), text) })
}

// RecordMicro notes in a finished bundle what its Go benchmarks are made with.
// Its errors are those of AddMicro.
func RecordMicro(dir string, made Micro) error {
	m, err := readManifest(filepath.Join(dir, ManifestFile))
	if err != nil {
		return err
	}
	m.Micro = &made
	return amend(dir, (&Writer{Manifest: m, dir: dir}).SaveManifest)
}

// amend changes a finished bundle. Meanwhile there are no sums, as in a run: a
// bundle that is left like that is ended by going on with its run.
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
