package results

import (
	"archive/zip"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// FullSums is the archive's copy of the SHA256SUMS of the full bundle.
const FullSums = "FULL-SHA256SUMS"

// Slim makes a slim bundle from a finished one: the smallest form from which the
// analysis makes the same report. It only reads the finished bundle. Manifest,
// bench.txt and micro.txt stay as they are. Everything else is in archive.zip, which
// any tool can unpack. The archive holds
//
//   - trials.jsonl, the samples of the servers and their profiles, unchanged;
//   - the headline part of every log: response under open load, service under
//     closed load. Requests that were answered ok keep their one-second
//     intervals, warm-up included, and so does every outcome under a load with
//     stages. Any other outcome becomes one interval for the whole window;
//   - FULL-SHA256SUMS: the sums of the bundle that it was made from.
//
// The logs keep no other part, and nothing of single targets: the report takes those
// figures from the quantiles in trials.jsonl. [VerifyFull] compares the two forms.
//
// The folder slim appears only when it is complete. Slim returns an error if that
// folder exists, or if the full bundle was changed since it was written, is slim
// itself, or holds anything but regular files. The longest line of a log bounds the
// memory that Slim uses.
func Slim(full, slim string) error {
	if err := errSlim(full); err != nil {
		return fmt.Errorf("slim bundle: %w", err)
	}
	if _, err := os.Lstat(slim); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("slim bundle: %s exists already", slim)
	}
	if err := onlyRegular(full); err != nil {
		return fmt.Errorf("slim bundle: %w", err)
	}
	if err := Unchanged(full); err != nil {
		return fmt.Errorf("slim bundle: %w", err)
	}
	b, err := Open(full)
	if err != nil {
		return fmt.Errorf("slim bundle: %w", err)
	}
	parent, name := filepath.Split(filepath.Clean(slim))
	made, err := os.MkdirTemp(filepath.Clean(parent+"."), "."+name+".*")
	if err != nil {
		return fmt.Errorf("slim bundle: %w", err)
	}
	defer os.RemoveAll(made) // removes a partial archive after an error
	if err := b.writeSlim(made); err != nil {
		return fmt.Errorf("slim bundle: %w", err)
	}
	if err := errors.Join(os.Chmod(made, 0o755), os.Rename(made, slim)); err != nil {
		return fmt.Errorf("slim bundle: %w", err)
	}
	return nil
}

// onlyRegular refuses links, pipes and devices: the writer of a bundle makes none,
// and what a link leads to is not part of the bundle.
func onlyRegular(dir string) error {
	names, err := files(dir)
	if err != nil {
		return err
	}
	for _, name := range append(names, SumsFile) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		info, err := os.Lstat(path)
		if errors.Is(err, os.ErrNotExist) {
			continue // the run has not ended; the check of the sums explains it better
		}
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			return fmt.Errorf("%s is not a regular file", path)
		}
	}
	return nil
}

// kept are the files that a slim bundle keeps unchanged, beside the archive.
var kept = []string{ManifestFile, BenchFile, MicroFile}

// writeSlim writes the files of the slim form. The sums come last: a folder with them
// is complete.
func (b *Bundle) writeSlim(dir string) error {
	for _, name := range kept {
		data, err := ReadRegular(filepath.Join(b.Dir, name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if err := writeOwn(filepath.Join(dir, name), data); err != nil {
			return err
		}
	}
	archive := filepath.Join(dir, ArchiveFile)
	if err := own(archive); err != nil {
		return err
	}
	f, err := os.Create(archive)
	if err != nil {
		return err
	}
	if err := errors.Join(b.writeArchive(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	return WriteSums(dir)
}

// writeArchive writes the records of the trials, their logs and samples, under the
// names that they have in a full bundle.
func (b *Bundle) writeArchive(w io.Writer) error {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.BestCompression)
	})
	if err := b.addAsItIs(z, SumsFile, FullSums); err != nil {
		return err
	}
	if err := b.addAsItIs(z, TrialsFile, TrialsFile); err != nil {
		return err
	}
	for _, t := range b.all() {
		t := &t
		if err := b.addLog(z, t); err != nil {
			return err
		}
		if err := b.addAsItIs(z, samplesName(t.ID), samplesName(t.ID)); err != nil {
			return err
		}
		for _, p := range t.Profiles {
			if err := b.addAsItIs(z, p.Name(), p.Name()); err != nil {
				return err
			}
		}
	}
	return z.Close()
}

// addAsItIs adds a file unchanged, under a name. It skips a file that does not
// exist: a server without metrics has no samples.
func (b *Bundle) addAsItIs(z *zip.Writer, name, as string) error {
	f, err := b.open(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	w, err := z.Create(as)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, f)
	return err
}

// addLog adds the log of a trial, with the parts that a report needs.
func (b *Bundle) addLog(z *zip.Writer, t *Trial) error {
	f, err := b.open(logName(t.ID))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	w, err := z.Create(logName(t.ID))
	if err != nil {
		return err
	}
	if err := b.slimLog(w, f, t); err != nil {
		return fmt.Errorf("%s: %w", b.place(logName(t.ID)), err)
	}
	return nil
}
