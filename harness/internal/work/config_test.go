package work

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What a worker has to know is one line, and what comes after it is left unread.
func TestConfig(t *testing.T) {
	want := Config{URL: "https://127.0.0.1:1", CA: "a\nb", Token: "t"}
	var b bytes.Buffer
	if err := want.Write(&b); err != nil {
		t.Fatal(err)
	}
	b.WriteString("rest")
	got, err := ReadConfig(&b)
	if rest := b.String(); err != nil || got != want || rest != "rest" {
		t.Errorf("%+v, %v, rest %q", got, err, rest)
	}
	for _, text := range []string{"", "{}\n", "secret text\n", strings.Repeat("x", 2*mostConfig)} {
		if _, err := ReadConfig(strings.NewReader(text)); err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "run --on") {
			t.Errorf("error %v", err)
		}
	}
}

// The offset of the shortest exchange counts, and is right to within half of it.
func TestBestExchange(t *testing.T) {
	const offset = 1000 * time.Second
	at := func(sent, out, back time.Duration) exchange {
		return exchange{sent, sent + out + offset, sent + out + back}
	}
	c := best([]exchange{at(0, 9, 1), at(100, 2, 4), at(200, 50, 7)})
	if c.Error != 3 || (c.Offset-offset).Abs() > c.Error {
		t.Errorf("%+v", c)
	}
}

// The files of another host never leave their folder.
func TestUnpackStaysInItsFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "in")
	s := Shipment{Files: map[string][]byte{"/../../escaped": []byte("x")}}
	if err := s.unpack(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "escaped")); err != nil {
		t.Error(err)
	}
	if err := (&Shipment{Files: map[string][]byte{"relative": nil}}).unpack(dir); err == nil {
		t.Error("a relative name was accepted")
	}
}

// A file that other users could read is refused, without a word of what is in it.
func TestConfigFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config")
	want := Config{URL: "https://h", CA: "ca", Token: "secret"}
	var text strings.Builder
	if err := want.Write(&text); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadConfigFile(path); err != nil || got != want {
		t.Errorf("%+v, error %v", got, err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadConfigFile(path); err == nil || !strings.Contains(err.Error(), "has mode 0640") || strings.Contains(err.Error(), "secret") {
		t.Errorf("error %v", err)
	}
	if _, err := ReadConfigFile(path + "-missing"); err == nil || !strings.Contains(err.Error(), "shares with the coordinator") {
		t.Errorf("error %v", err)
	}
}
