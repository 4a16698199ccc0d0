package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

const testVersion, testCommit = "v0.2.0", "0123456789abcdef0123456789abcdef01234567"

// built makes a release of this source tree, as it is, or of a copy of it.
func built(t *testing.T, source string, platforms []platform, env ...string) string {
	t.Helper()
	r := release{
		version: testVersion, commit: testCommit, at: time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC),
		source: source, out: filepath.Join(t.TempDir(), "release"), platforms: platforms, env: env, log: io.Discard,
	}
	if err := r.make(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r.out
}

var every = flag.Bool("every", false, "build for every platform, which takes half an hour on 2 busy cores")

// The same source gives the same bytes twice, in another folder, and with nothing compiled
// before. The test builds for two systems, whose archives are of different kinds; with the
// flag -every, and in the workflow that makes a release, for all platforms.
func TestReproducible(t *testing.T) {
	if testing.Short() {
		t.Skip("the full form alone builds archives")
	}
	all := []platform{here, {"windows", "amd64"}}
	switch {
	case *every:
		all = platforms
	case runtime.GOOS == "windows":
		all[1] = platform{"linux", "amd64"}
	}
	first := built(t, "../..", all)
	copied := copyOfTree(t)
	same(t, first, built(t, copied, all))
	part := built(t, copied, []platform{here}, "GOCACHE="+t.TempDir())
	sums := read1(t, filepath.Join(first, "SHA256SUMS"))
	for line := range strings.Lines(read1(t, filepath.Join(part, "SHA256SUMS"))) {
		if !strings.Contains(sums, line) {
			t.Errorf("compiled anew, this differs: %s", line)
		}
	}
	for _, p := range all {
		contents(t, first, p)
	}
	runsFromArchive(t, first, here)
}

// same requires two releases to be the same.
func same(t *testing.T, a, b string) {
	t.Helper()
	if x, y := read1(t, filepath.Join(a, "SHA256SUMS")), read1(t, filepath.Join(b, "SHA256SUMS")); x != y {
		t.Errorf("two builds differ:\n%s\n%s", x, y)
	}
}

func read1(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// copyOfTree copies the source tree, as git lists it, to a folder without a repository.
func copyOfTree(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	list := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = "../.."
	out, err := list.Output()
	if err != nil {
		t.Skipf("the files of the tree are not known: %v", err)
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		data, err := os.ReadFile(filepath.Join("../..", name))
		if os.IsNotExist(err) {
			continue // removed, and not committed yet
		}
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// unpack returns the files of an archive by name, without the folder that they are in.
func unpack(t *testing.T, archive string) map[string][]byte {
	t.Helper()
	data := []byte(read1(t, archive))
	files := map[string][]byte{}
	add := func(name string, r io.Reader) {
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		folder, inside, _ := strings.Cut(name, "/")
		if folder+".zip" != filepath.Base(archive) && folder+".tar.gz" != filepath.Base(archive) {
			t.Errorf("%s: %s is not in the folder of the archive", archive, name)
		}
		files[inside] = content
	}
	if strings.HasSuffix(archive, ".zip") {
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			add(f.Name, r)
		}
		return files
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Uid != 0 || h.Uname != "" {
			t.Errorf("%s: %s belongs to a user", archive, h.Name)
		}
		add(h.Name, r)
	}
}

// contents checks what an archive holds.
func contents(t *testing.T, dir string, p platform) {
	t.Helper()
	archive := filepath.Join(dir, "assay_"+testVersion+"_"+p.String())
	name := "assay"
	if p.os == "windows" {
		name, archive = "assay.exe", archive+".zip"
	} else {
		archive += ".tar.gz"
	}
	files := unpack(t, archive)
	for _, want := range []string{
		name, "LICENSE", "README.md", "CHANGELOG.md", "THIRD-PARTY.txt", "sbom.cdx.json", "man/man1/assay.1", "man/man1/assay-run.1",
		"completion/assay.bash", "completion/_assay", "completion/assay.fish", "completion/assay.ps1",
	} {
		if len(files[want]) == 0 {
			t.Errorf("%s: %s is missing or empty", archive, want)
		}
	}
	var bom struct {
		Metadata   struct{ Component struct{ Version string } }
		Components []struct{ Name, Version, PURL string }
	}
	if err := json.Unmarshal(files["sbom.cdx.json"], &bom); err != nil {
		t.Errorf("%s: %v", archive, err)
	}
	listed := map[string]string{}
	for _, c := range bom.Components {
		listed[c.Name] = c.PURL
		if c.Name != "std" && !bytes.Contains(files["THIRD-PARTY.txt"], []byte("======== "+c.Name+" "+c.Version+"\n")) {
			t.Errorf("%s: the licence of %s is missing", archive, c.Name)
		}
	}
	if bom.Metadata.Component.Version != testVersion || !strings.HasPrefix(listed["github.com/spf13/cobra"], "pkg:golang/github.com/spf13/cobra@v") || listed["std"] == "" {
		t.Errorf("%s: the list of contents is of %+v", archive, bom.Metadata)
	}
	if p.os != "linux" {
		return
	}
	for line := range strings.Lines(string(files["Containerfile"])) {
		f := strings.Fields(line)
		if len(f) == 0 || f[0] != "COPY" {
			continue
		}
		for _, from := range f[1 : len(f)-1] {
			if files[from] == nil {
				t.Errorf("the Containerfile copies %s, which is not in the archive", from)
			}
		}
	}
}

// A release needs a version, a section of the change log, and a folder that is not there.
func TestRefusals(t *testing.T) {
	there := t.TempDir()
	for _, c := range []struct{ version, out, want string }{
		{"0.2.0", "new", `version "0.2.0": want one like v0.2.0`},
		{"v0.2.0;x", "new", "want one like v0.2.0"},
		{"v99.0.0", "new", `CHANGELOG.md has no section "## 99.0.0"`},
		{"v0.2.0-rc.1", there, "file exists"},
	} {
		r := release{version: c.version, source: "../..", out: c.out, log: io.Discard}
		if err := r.make(context.Background()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	for _, args := range [][]string{{}, {"-version", "v0.2.0"}, {"-out", "x", "y"}, {"-nonsense"}} {
		if err := run(t.Context(), args, io.Discard); err == nil {
			t.Errorf("%q is accepted", args)
		}
	}
}
