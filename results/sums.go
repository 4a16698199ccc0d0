package results

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// WriteSums writes SHA256SUMS over every other file of the bundle, in the format of
// sha256sum, sorted by name.
func WriteSums(dir string) error {
	names, err := files(dir)
	if err != nil {
		return fmt.Errorf("hash bundle: %w", err)
	}
	var b bytes.Buffer
	for _, name := range names {
		sum, err := Hash(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			return fmt.Errorf("hash bundle: %w", err)
		}
		fmt.Fprintf(&b, "%s  %s\n", sum, name)
	}
	return writeOwn(filepath.Join(dir, SumsFile), b.Bytes())
}

// Unchanged returns an error if a bundle was changed since it was written: writing
// new sums would hide the change. The files named in but may be missing.
func Unchanged(dir string, but ...string) error {
	differences, err := verify(dir, but)
	switch {
	case err != nil:
		return err
	case len(differences) > 1:
		return fmt.Errorf("%w (and %d more differences)", differences[0], len(differences)-1)
	case len(differences) == 1:
		return differences[0]
	}
	return nil
}

// Verify compares the bundle with its SHA256SUMS and returns every difference: files
// that were changed, are missing or are not listed, and lines that are not sums. No
// difference and no error means that the bundle is as it was written. A slim bundle
// is also compared with the sums of the full bundle that it carries.
func Verify(dir string) (differences []error, err error) {
	return verify(dir, nil)
}

// verify compares the files of a bundle with its sums, without those in but. differences
// are what does not agree; err says that the comparison could not be made.
func verify(dir string, but []string) (differences []error, err error) {
	path := filepath.Join(dir, SumsFile)
	f, err := OpenRegular(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s: no such file: the run has not ended, or was killed; end it with --resume", path)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	listed := map[string]bool{SumsFile: true}
	s := bufio.NewScanner(f)
	for n := 1; s.Scan(); n++ {
		want, name, ok := strings.Cut(s.Text(), "  ")
		if !ok || len(want) != 2*sha256.Size || !filepath.IsLocal(filepath.FromSlash(name)) {
			differences = append(differences, fmt.Errorf("%s:%d: want a SHA-256, two spaces and a file of the bundle", path, n))
			continue
		}
		listed[name] = true
		switch sum, err := Hash(filepath.Join(dir, filepath.FromSlash(name))); {
		case errors.Is(err, os.ErrNotExist) && slices.Contains(but, name):
		case errors.Is(err, os.ErrNotExist):
			differences = append(differences, fmt.Errorf("%s:%d: %s is missing", path, n, name))
		case err != nil:
			differences = append(differences, fmt.Errorf("%s:%d: %w", path, n, err))
		case sum != want:
			differences = append(differences, fmt.Errorf("%s:%d: %s was changed: its SHA-256 is %s", path, n, name, sum))
		}
	}
	if err := s.Err(); err != nil {
		return differences, fmt.Errorf("read %s: %w", path, err)
	}
	names, err := files(dir)
	if err != nil {
		return differences, err
	}
	for _, name := range names {
		if !listed[name] {
			differences = append(differences, fmt.Errorf("%s: %s is not listed", path, name))
		}
	}
	if len(differences) == 0 && listed[ArchiveFile] {
		return verifySlim(dir)
	}
	return differences, nil
}

// verifySlim compares an unchanged slim bundle with the sums of the full bundle.
func verifySlim(dir string) ([]error, error) {
	b, err := Open(dir)
	if err != nil {
		return nil, err
	}
	if !b.Slim() {
		return nil, nil
	}
	return b.differsFromFull()
}

// files lists the regular files of a bundle by slash-separated name. It leaves out
// the sums and whatever an interrupted replacement of a file left behind.
func files(dir string) (names []string, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if name != SumsFile && !strings.HasPrefix(d.Name(), ".") {
			names = append(names, filepath.ToSlash(name))
		}
		return nil
	})
	slices.Sort(names)
	return names, err
}

// Hash returns the SHA-256 of a file, in hexadecimal.
func Hash(path string) (string, error) {
	f, err := OpenRegular(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	return hashOf(f)
}

// hashOf returns the SHA-256 of everything that a reader gives, in hexadecimal.
func hashOf(r io.Reader) (string, error) {
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
