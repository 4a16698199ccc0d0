package examples

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// adminKey is the secret of the shop in tests.
const adminKey = "an-administrator's-key/+1"

// shop is a copy of the example with short windows, and the program that measures it.
type shop struct {
	t     *testing.T
	dir   string // of the copy
	assay string
}

// newShop copies the example, and makes its scenarios short: one block of small windows.
func newShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{t: t, dir: filepath.Join(t.TempDir(), "shop"), assay: filepath.Join(t.TempDir(), "assay")}
	if err := os.CopyFS(s.dir, os.DirFS("shop")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.dir, "go.mod"), []byte("module shop\n\ngo 1.26\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"shop.yaml", "shop-zipf.yaml"} {
		text, err := os.ReadFile(filepath.Join(s.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, change := range [][2]string{{"duration: 15s", "duration: 500ms"}, {"connections: 100", "connections: 20"}, {"warmup: 2s", "warmup: 100ms"}, {"blocks: 10", "blocks: 1"}} {
			if !bytes.Contains(text, []byte(change[0])) {
				t.Fatalf("%s does not hold %q", name, change[0])
			}
			text = bytes.Replace(text, []byte(change[0]), []byte(change[1]), 1)
		}
		if err := os.WriteFile(filepath.Join(s.dir, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("go", "build", "-o", s.assay, "../cmd/assay").CombinedOutput(); err != nil {
		t.Fatalf("build assay: %v\n%s", err, out)
	}
	return s
}

// run runs assay in the folder of the shop, and returns what it printed on stdout. Its exit
// status must be one of ok.
func (s *shop) run(ok string, args ...string) string {
	s.t.Helper()
	cmd := exec.Command(s.assay, args...)
	cmd.Dir = s.dir
	// The lock is not the machine's: another measurement does not matter here.
	cmd.Env = append(os.Environ(), "SHOP_ADMIN_KEY="+adminKey, "ASSAY_LOCK="+filepath.Join(s.dir, "lock"))
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if cmd.ProcessState == nil || !strings.Contains(ok, string(rune('0'+cmd.ProcessState.ExitCode()))) {
		s.t.Fatalf("assay %s: %v\n%s%s", strings.Join(args, " "), err, out.String(), errs.String())
	}
	return out.String()
}

// The example runs with all that it has: prepare, setup, secrets, flow and checks. Each step
// has its results, and the flow as a whole.
func TestShop(t *testing.T) {
	if testing.Short() {
		t.Skip("the full form alone makes runs of the example")
	}
	s := newShop(t)
	s.run("0", "validate", "shop.yaml", "shop-zipf.yaml")
	tried := s.run("0", "try", "shop.yaml")
	for _, want := range []string{"setup open ", "login  ", "; token: 26 characters from json", "cookies set: 1", "order: 1 from json", "receipt  ", "flow              made in "} {
		if !strings.Contains(tried, want) {
			t.Errorf("try does not say %q:\n%s", want, tried)
		}
	}
	s.run("0", "run", "--quick", "--out", "bundle", "shop.yaml", "shop-zipf.yaml")
	s.run("0", "verify", "bundle")
	s.run("0", "report", "bundle", "-o", "report.md")
	s.run("013", "check", "bundle")
	compared := s.run("0", "compare", "bundle", "--base", "no-cache", "--head", "cache")
	report, err := os.ReadFile(filepath.Join(s.dir, "report.md"))
	if err != nil {
		t.Fatal(err)
	}
	lines, err := os.ReadFile(filepath.Join(s.dir, "bundle", "bench.txt"))
	if err != nil {
		t.Fatal(err)
	}
	pages := string(report) + s.pages()
	for _, step := range []string{"login", "list", "product", "basket", "order", "receipt", "flow"} {
		if n := len(regexp.MustCompile(`(?m)/variant=\S+/target=`+step+`(-\d+)? [1-9]\d* .* p50-sec `).FindAll(lines, -1)); n != 4 {
			t.Errorf("bench.txt has %d lines of %s with latencies, want one of each variant of both scenarios:\n%s", n, step, lines)
		}
		if !strings.Contains(pages, "`"+step+"`") || !strings.Contains(compared, "target="+step) {
			t.Errorf("report or comparison do not show %s:\n%s", step, compared)
		}
	}
	if bytes.Contains(lines, []byte("error-ratio 1 ")) {
		t.Errorf("nothing was answered:\n%s", lines)
	}
	if _, err := os.Stat(filepath.Join(s.dir, "shop.db")); err == nil {
		t.Error("cleanup left the database")
	}
	s.hidesSecrets()
}

// pages returns the pages of the report beside the first one.
func (s *shop) pages() (all string) {
	names, _ := filepath.Glob(filepath.Join(s.dir, "report*", "*.md"))
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			s.t.Fatal(err)
		}
		all += string(text)
	}
	return all
}

// hidesSecrets checks that no file of the bundle or report holds the key.
func (s *shop) hidesSecrets() {
	s.t.Helper()
	err := filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if bytes.Contains(text, []byte(adminKey)) {
			s.t.Errorf("%s holds the secret", path)
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}
