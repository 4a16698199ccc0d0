//go:build unix

package scenario

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A named pipe does not stop the reader, and a file that is too big is not read.
func TestInputThatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "users.csv")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skipf("this system makes no named pipe here: %v", err)
	}
	check := func(want string) {
		t.Helper()
		_, err := Parse(filepath.Join(dir, "f"), []byte(withTable), Options{})
		if err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	check("f:5:20: vars.user.csv: users.csv is not a regular file (every trial needs the same content: write it into a file)")
	if err := os.Remove(pipe); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(pipe, []byte("id,name\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(pipe, maxInput+1); err != nil {
		t.Fatal(err)
	}
	check("f:5:20: vars.user.csv: users.csv has more than 67108864 bytes")
}
