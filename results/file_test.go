package results

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "page.md")
	for _, text := range []string{"first", "second, longer", ""} {
		if err := WriteFile(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Errorf("the file holds %q, %v, want %q", got, err, text)
		}
	}
	if all, err := os.ReadDir(dir); err != nil || len(all) != 1 {
		t.Errorf("beside the file there is more: %v, %v", all, err)
	}
	err := WriteFile(filepath.Join(dir, "none", "page.md"), nil)
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "page.md") {
		t.Errorf("without a folder: %v", err)
	}
}

// A link such as /dev/stdout stays one.
func TestWriteFileThroughALink(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege")
	}
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(link, []byte("text")); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(target); err != nil || string(got) != "text" {
		t.Errorf("the target holds %q, %v", got, err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link became a %v, %v", info.Mode(), err)
	}
}

// What goes to the file of a standard stream goes through the stream: it comes after what was
// printed before, and nothing that is printed later lands on it.
func TestWriteFileToAStandardStream(t *testing.T) {
	path := filepath.Join(t.TempDir(), "printed")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	stdout := os.Stdout
	os.Stdout = f
	defer func() { os.Stdout = stdout }()
	if err := Replaceable(path); err == nil {
		t.Error("a standard stream would be replaced")
	}
	f.WriteString("before\n")
	if err := WriteFile(path, []byte("text\n")); err != nil {
		t.Fatal(err)
	}
	f.WriteString("after\n")
	if got, err := os.ReadFile(path); err != nil || string(got) != "before\ntext\nafter\n" {
		t.Errorf("the file has %q, %v", got, err)
	}
	if err := Replaceable(filepath.Join(filepath.Dir(path), "none")); err != nil {
		t.Error(err)
	}
}
