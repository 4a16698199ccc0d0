package results

import (
	"bytes"
	"io"
	"io/fs"
	"sync"
)

// mostKept is how many bytes of files of trials a bundle keeps in memory. A published
// run has about ten million. A bundle with more costs time and not memory: files that
// find no room are read again.
const mostKept = 64 << 20

// keptFiles are the files of trials that were read to their end, as they are stored. A
// report asks for a trial's histograms and samples at several places: for the timelines,
// for each of a scenario's streams, for the claims of a study. The stored form is kept
// because it is small: decoded histograms take a hundred times its size.
//
// The files of a trial do not change once the trial stands in trials.jsonl.
type keptFiles struct {
	mu    sync.Mutex // trials are read on several CPUs at once
	files map[string][]byte
	bytes int // of all files
}

// get returns a file that was kept.
func (k *keptFiles) get(name string) (data []byte, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	data, ok = k.files[name]
	return data, ok
}

// put keeps a file, if there is room for it.
func (k *keptFiles) put(name string, data []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, ok := k.files[name]; ok || k.bytes+len(data) > mostKept {
		return
	}
	if k.files == nil {
		k.files = map[string][]byte{}
	}
	k.files[name] = data
	k.bytes += len(data)
}

// keeping is a file of a bundle that is kept once its reader has come to the end. A file
// that cannot be read to its end is not kept, so that every reader meets the error.
type keeping struct {
	fs.File
	name string
	into *keptFiles
	seen []byte
	over bool // the file is too large to be kept
}

// Read passes on what the file gives, and keeps a copy of it.
func (k *keeping) Read(p []byte) (n int, err error) {
	n, err = k.File.Read(p)
	if !k.over {
		k.seen = append(k.seen, p[:n]...)
		k.over = len(k.seen) > mostKept
	}
	switch {
	case k.over:
		k.seen = nil
	case err == io.EOF:
		k.into.put(k.name, bytes.Clone(k.seen)) // without the room to grow
		k.over = true                           // a reader may read past the end again
	}
	return n, err
}

// openTrial opens a file of a trial by its slash-separated name. It is read from the
// disk once, as long as there is room for it in memory.
func (b *Bundle) openTrial(name string) (io.ReadCloser, error) {
	if data, ok := b.kept.get(name); ok {
		return io.NopCloser(bytes.NewReader(data)), nil
	}
	f, err := b.open(name)
	if err != nil {
		return nil, err
	}
	return &keeping{File: f, name: name, into: &b.kept}, nil
}
