package results

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// WriteFile creates or replaces a file in one step: readers see either the old bytes
// or the new ones, even if this program is stopped midway. The folder has to exist. A
// link is followed. What is there and is no regular file is never read: a standard stream,
// a pipe from which somebody reads and a character device are written to, and everything
// else is refused.
func WriteFile(path string, data []byte) error {
	if err := put(path, data); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// Replaceable returns nil if there is a regular file at path that is no standard stream, or
// nothing: then WriteFile replaces it, and it can be read again later.
func Replaceable(path string) error {
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is %s, expected a regular file", path, kind(info))
	case standard(info) != nil:
		return fmt.Errorf("%s is where this program prints to, expected a file of its own", path)
	}
	return nil
}

// standard returns the standard stream that goes to a file, or nil. A second description of
// the same file would have a place of its own in it, so that what the program prints would
// land on what is written through that one.
func standard(info fs.FileInfo) *os.File {
	for _, stream := range []*os.File{os.Stdout, os.Stderr} {
		if s, err := stream.Stat(); err == nil && os.SameFile(s, info) {
			return stream
		}
	}
	return nil
}

// put is WriteFile without the path in its errors.
func put(path string, data []byte) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return replace(destination(path), data)
	case err != nil:
		return err
	}
	if stream := standard(info); stream != nil {
		_, err := stream.Write(data)
		return err
	}
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return replace(destination(path), data)
	case mode&(fs.ModeNamedPipe|fs.ModeCharDevice) != 0:
		return pour(path, data)
	}
	return fmt.Errorf("it is %s, expected a file, or a pipe from which somebody reads", kind(info))
}

// pour writes to a pipe or a character device.
func pour(path string, data []byte) error {
	// Without O_NONBLOCK, opening a pipe waits for whoever reads from it.
	f, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0)
	if errors.Is(err, syscall.ENXIO) {
		return errors.New("nobody reads from this pipe: start its reader first, or write to a file")
	}
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

// replace puts a new file in the place of what path names.
func replace(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if _, err = io.Copy(f, bytes.NewReader(data)); err != nil {
		return err
	}
	if err = f.Chmod(0o644); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// destination is where a link leads in the end, which need not be there, or path itself.
func destination(path string) string {
	for range 40 { // as many as Linux follows
		next, err := os.Readlink(path)
		if err != nil {
			break
		}
		if !filepath.IsAbs(next) {
			dir, err := filepath.EvalSymlinks(filepath.Dir(path)) // "..", if next has it, is of this folder
			if err != nil {
				break
			}
			next = filepath.Join(dir, next)
		}
		path = next
	}
	return path
}
