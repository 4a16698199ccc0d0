package results

import (
	"archive/zip"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// openArchive opens the archive of a slim bundle. It returns nil if dir holds a full
// bundle. Members are read from the archive one by one, so that a large archive
// takes no memory. The garbage collector closes the file.
func openArchive(dir string) (*zip.Reader, error) {
	path := filepath.Join(dir, ArchiveFile)
	info, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read bundle: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("read bundle: %s is not a regular file", path)
	}
	f, err := OpenRegular(path)
	if err != nil {
		return nil, fmt.Errorf("read bundle: %w", err)
	}
	z, err := zip.NewReader(f, info.Size())
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("read bundle: %s: %w", path, err)
	}
	return z, nil
}

// Slim reports whether the bundle is in its slim form.
func (b *Bundle) Slim() bool { return b.archive != nil }

// open opens a file of the bundle by its slash-separated name. In a slim bundle
// the trials stand in the archive.
func (b *Bundle) open(name string) (fs.File, error) {
	if b.archive != nil {
		return b.archive.Open(name)
	}
	return OpenRegular(filepath.Join(b.Dir, filepath.FromSlash(name)))
}

// place says where a file of the bundle is stored. Error messages use it.
func (b *Bundle) place(name string) string {
	if b.archive != nil {
		return filepath.Join(b.Dir, ArchiveFile) + ": " + name
	}
	return filepath.Join(b.Dir, filepath.FromSlash(name))
}

// errSlim is the error for an attempt to add something to a slim bundle.
func errSlim(dir string) error {
	if _, err := os.Lstat(filepath.Join(dir, ArchiveFile)); err != nil {
		return nil
	}
	return fmt.Errorf("%s is a slim bundle, to which nothing can be added: take the bundle that it was made from", dir)
}
