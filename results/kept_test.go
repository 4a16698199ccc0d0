package results

import (
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/iotest"
)

// file is a file with a content that fails in the end, if it has an error.
type file struct {
	fs.File
	io.Reader
}

func (f file) Read(p []byte) (int, error) { return f.Reader.Read(p) }

func TestOnlyWholeFilesAreKept(t *testing.T) {
	broken := errors.New("checksum error")
	for _, c := range []struct {
		name   string
		reader io.Reader
		read   int64 // bytes; -1 for all
		kept   bool
	}{
		{"whole", strings.NewReader("abc"), -1, true},
		{"byte by byte", iotest.OneByteReader(strings.NewReader("abc")), -1, true},
		{"the end comes with the last byte", iotest.DataErrReader(strings.NewReader("abc")), -1, true},
		{"empty", strings.NewReader(""), -1, true},
		{"given up before its end", strings.NewReader("abc"), 2, false},
		{"broken", io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(broken)), -1, false},
	} {
		var k keptFiles
		f := &keeping{File: file{Reader: c.reader}, name: "x", into: &k}
		if c.read < 0 {
			io.Copy(io.Discard, f)
			f.Read(make([]byte, 1)) // as bufio may, past the end
		} else {
			io.CopyN(io.Discard, f, c.read)
		}
		if data, ok := k.get("x"); ok != c.kept || ok && c.name != "empty" && string(data) != "abc" {
			t.Errorf("%s: kept %v %q, want %v", c.name, ok, data, c.kept)
		}
	}
}

// A file that finds no room is left out, and a smaller one after it is kept.
func TestKeptFilesHaveALimit(t *testing.T) {
	var k keptFiles
	k.put("large", make([]byte, mostKept-2))
	k.put("no room", make([]byte, 3))
	k.put("small", make([]byte, 2))
	k.put("small", make([]byte, 2))
	for name, want := range map[string]bool{"large": true, "no room": false, "small": true} {
		if _, ok := k.get(name); ok != want {
			t.Errorf("%s: kept %v, want %v", name, ok, want)
		}
	}
	if k.bytes != mostKept {
		t.Errorf("%d bytes are kept, want %d", k.bytes, mostKept)
	}
}
