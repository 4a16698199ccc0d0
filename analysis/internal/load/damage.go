package load

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
)

// inspector passes a file in Go benchmark format on, line by line. It finds what a
// parser of the format silently ignores: lines in which the run itself says that it
// failed, and results that the parser does not see. It removes byte order marks,
// which are left wherever files were concatenated.
type inspector struct {
	path     string
	in       *bufio.Reader
	line     int // number of the current line
	rest     []byte
	ended    bool // the last byte was the end of a line
	problems []error
}

// longestLine is somewhat more than the longest line that the benchmark format
// allows.
const longestLine = 128 << 10

// newInspector reads a text file and notes where it is damaged.
func newInspector(r io.Reader, path string) *inspector {
	return &inspector{path: path, in: bufio.NewReaderSize(r, longestLine), ended: true}
}

// encoding returns an error that names the encoding of a file that is not in UTF-8,
// such as files that PowerShell writes. Nothing here could read the lines of such a
// file.
func (i *inspector) encoding() error {
	head, err := i.in.Peek(64)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read %s: %w", i.path, err)
	}
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) || bytes.IndexByte(head, 0) >= 0 {
		return fmt.Errorf("%s: the file is in UTF-16, and benchmark format is in UTF-8: convert it, for example with `iconv -f UTF-16 -t UTF-8`", i.path)
	}
	return nil
}

// Read passes on what has been inspected.
func (i *inspector) Read(p []byte) (int, error) {
	if len(i.rest) == 0 {
		begins := i.ended
		line, err := i.in.ReadSlice('\n')
		if len(line) == 0 {
			return 0, err
		}
		i.ended = line[len(line)-1] == '\n'
		if begins {
			i.line++
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
			i.look(bytes.TrimRight(line, "\r\n"))
		}
		i.rest = line
	}
	n := copy(p, i.rest)
	i.rest = i.rest[n:]
	return n, nil
}

var (
	// failed matches the lines with which go test and the Go runtime end a run, or a
	// benchmark, that failed.
	failed = regexp.MustCompile(`^(\s*--- FAIL: .*|FAIL(\s.*)?|exit status [1-9].*|panic: .*|fatal error: .*)$`)
	// result matches a result from its name on: iterations, and a value with its
	// unit.
	result = regexp.MustCompile(`Benchmark[^\sa-z]\S*\s+\d+\s+[0-9.eE+-]+ [^\s\d]\S*(\s|$)`)
	// nameless matches what follows the name of a result on its line.
	nameless = regexp.MustCompile(`^\s*\d+\s+[0-9.eE+-]+ ns/op(\s|$)`)
)

// look reports a problem for a line that contains more than the parser reads.
func (i *inspector) look(line []byte) {
	say := func(format string, args ...any) {
		i.problems = append(i.problems, fmt.Errorf("%s:%d: "+format, append([]any{i.path, i.line}, args...)...))
	}
	switch {
	case failed.Match(line):
		say("the run says that it failed: %q", line)
	case bytes.HasPrefix(line, []byte("Benchmark")):
	case nameless.Match(line):
		say("a result without its name, which other output has parted from it")
	default:
		if at := result.FindIndex(line); at != nil {
			say("a result stands behind other text and is not read: %q: keep other output out of the file", line[:at[0]])
		}
	}
}
