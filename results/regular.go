package results

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

const (
	// MostWhole is the size of the largest file that is read as a whole, in bytes: many
	// times a manifest of a thousand trials, and of the output of their benchmarks.
	MostWhole = 256 << 20
	// mostTrialLine is the length of the longest line of trials.jsonl, in bytes. A trial
	// with many streams has some tens of thousands.
	mostTrialLine = 16 << 20
)

// OpenRegular opens a file for reading, and refuses everything that is no regular file:
// a pipe may never be opened, and a device never ends. A link to a regular file is
// followed.
func OpenRegular(path string) (*os.File, error) {
	// Without O_NONBLOCK, opening a named pipe waits for whoever writes to it.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is %s and not a regular file: only regular files are read", path, kind(info))
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// kind names what is no regular file, for messages.
func kind(info fs.FileInfo) string {
	switch mode := info.Mode(); {
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeNamedPipe != 0:
		return "a pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "no regular file"
}

// ReadRegular reads a regular file of at most MostWhole bytes.
func ReadRegular(path string) ([]byte, error) {
	f, err := OpenRegular(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	// The size is asked before anything is read: a sparse file is as long as it says.
	if info, err := f.Stat(); err != nil {
		return nil, err
	} else if info.Size() > MostWhole {
		return nil, fmt.Errorf("%s has %d bytes, and at most %d are read", path, info.Size(), MostWhole)
	}
	return io.ReadAll(io.LimitReader(f, MostWhole))
}

// readLine reads a line with its line feed. The last line may lack it; then the error is
// io.EOF. A line of more than most bytes is an error.
func readLine(r *bufio.Reader, most int) (line []byte, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if line = append(line, part...); len(line) > most {
			return nil, fmt.Errorf("a line has more than %d bytes", most)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}
