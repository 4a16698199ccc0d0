package command

import (
	"bytes"
	"encoding/binary"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/assay-bench/assay/analysis/internal/bundletest"
	"github.com/assay-bench/assay/results"
)

// A report reads every file of its bundle once for its hash, and once for its content,
// however often it needs that. The kernel counts how often a file was opened, so nothing
// in the program can hide another time.
func TestReportReadsABundleOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bundle")
	bundletest.Write(t, dir, bundletest.Plan{Blocks: 6, Seconds: 1, Values: 50, AA: true, Micro: true})
	opened := watchOpens(t, dir, filepath.Join(dir, results.TrialsDir))
	out := t.TempDir()
	if code, _, stderr := call(t, "report", dir, "-o", filepath.Join(out, "report.md")); code != 0 {
		t.Fatalf("status %d: %s", code, stderr)
	}
	times := opened()
	logs := 0
	for _, name := range slices.Sorted(maps.Keys(times)) {
		if times[name] > 2 {
			t.Errorf("%s was opened %d times", name, times[name])
		}
		if strings.HasSuffix(name, ".hlog") {
			logs++
		}
	}
	// Three variants of a burst, and three with a copy of an open load.
	if want := (3 + 4) * 6; logs != want || times[results.ManifestFile] == 0 || times[results.MicroFile] == 0 {
		t.Errorf("%d logs were opened, want %d, and the manifest and the Go benchmarks: %v", logs, want, times)
	}
}

// watchOpens watches the files in some folders. The returned function says how often each
// was opened since then, by name.
func watchOpens(t *testing.T, dirs ...string) func() map[string]int {
	t.Helper()
	fd, err := unix.InotifyInit1(unix.IN_NONBLOCK | unix.IN_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	for _, dir := range dirs {
		if _, err := unix.InotifyAddWatch(fd, dir, unix.IN_OPEN|unix.IN_ONLYDIR); err != nil {
			t.Fatal(err)
		}
	}
	return func() map[string]int {
		times := map[string]int{}
		buffer := make([]byte, 64<<10)
		for {
			n, err := unix.Read(fd, buffer)
			if err == unix.EAGAIN {
				return times
			}
			if err != nil {
				t.Fatal(err)
			}
			for b := buffer[:n]; len(b) > 0; {
				mask := binary.NativeEndian.Uint32(b[4:])
				size := unix.SizeofInotifyEvent + int(binary.NativeEndian.Uint32(b[12:]))
				if mask&unix.IN_Q_OVERFLOW != 0 {
					t.Fatal("the kernel lost count")
				}
				if mask&unix.IN_ISDIR == 0 {
					times[string(bytes.TrimRight(b[unix.SizeofInotifyEvent:size], "\x00"))]++
				}
				b = b[size:]
			}
		}
	}
}
