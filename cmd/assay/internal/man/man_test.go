package man

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func TestWrite(t *testing.T) {
	root := &cobra.Command{Use: "prog", Short: "Do things"}
	do := func(*cobra.Command, []string) {}
	root.AddCommand(
		&cobra.Command{Use: "try FILE", Short: "Try a file", Example: "  prog try a", Run: do},
		&cobra.Command{Use: "inner", Short: "Not for people", Hidden: true, Run: do},
	)
	dir := t.TempDir()
	if err := Write(root, dir); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(dir, "prog-try.1"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Try a file", "prog try a", `prog\-try`} {
		if !strings.Contains(string(page), want) && !strings.Contains(string(page), strings.ReplaceAll(want, `\-`, "-")) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "prog-inner.1")); err == nil {
		t.Error("a hidden command has a page")
	}
}
