package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// Every command shows how it is used: one line that says what it does, and at least
// two examples that the program itself understands.
func TestHelp(t *testing.T) {
	all := visible(root())
	if len(all) < 15 {
		t.Fatalf("only %d commands are visible", len(all))
	}
	for _, c := range all {
		if c.Short == "" || strings.HasSuffix(c.Short, ".") || strings.Contains(c.Short, "\n") {
			t.Errorf("%s: the sentence is %q", c.CommandPath(), c.Short)
		}
		examples, err := assayCalls(c.Example)
		if err != nil {
			t.Errorf("%s: the examples are no shell: %v\n%s", c.CommandPath(), err, c.Example)
		}
		of := 0
		for _, args := range examples {
			if strings.HasPrefix("assay "+strings.Join(args, " ")+" ", c.CommandPath()+" ") {
				of++
			}
			if err := parses(args); err != nil {
				t.Errorf("%s: example %q: %v", c.CommandPath(), args, err)
			}
		}
		if of < 2 {
			t.Errorf("%s: %d examples of it, want 2:\n%s", c.CommandPath(), of, c.Example)
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Usage == "" {
				t.Errorf("%s: --%s says nothing", c.CommandPath(), f.Name)
			}
		})
	}
}

// Wrong command lines are told apart from failures, by any command, in the name of
// this program.
func TestUsage(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"nonsense"}, "assay: unknown command \"nonsense\": `assay --help` lists them\n"},
		{[]string{"run"}, "assay: no scenario file given (see `assay run --help`)\n"},
		{[]string{"gate"}, "assay: gate: accepts between 1 and 2 arg(s), received 0; see `assay gate --help`\n"},
		{[]string{"report", "--nonsense"}, "assay: unknown flag: --nonsense (see `assay report --help`)\n"},
		{[]string{"compare", "--csv", "--json", "a"}, "assay: if any flags in the group [markdown csv json] are set none of the others can be; [csv json] were all set\n"},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(context.Background(), c.args, strings.NewReader(""), &stdout, &stderr); code != 2 || stderr.String() != c.want || stdout.Len() > 0 {
			t.Errorf("%q: status %d, want 2; stderr %q, want %q", c.args, code, &stderr, c.want)
		}
	}
}

func TestManHasEveryCommand(t *testing.T) {
	dir := t.TempDir()
	var stderr bytes.Buffer
	if code := run(context.Background(), []string{"man", dir}, nil, &stderr, &stderr); code != 0 {
		t.Fatalf("status %d: %s", code, &stderr)
	}
	for _, c := range append(visible(root()), root()) {
		if c.Name() == "help" {
			continue
		}
		page := strings.ReplaceAll(c.CommandPath(), " ", "-") + ".1"
		if _, err := os.Stat(filepath.Join(dir, "man1", page)); err != nil {
			t.Error(err)
		}
	}
}

func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		var stdout, stderr bytes.Buffer
		if code := run(context.Background(), []string{"completion", shell}, nil, &stdout, &stderr); code != 0 || !strings.Contains(stdout.String(), "assay") {
			t.Errorf("%s: status %d: %s", shell, code, &stderr)
		}
	}
}

func TestVersion(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := run(context.Background(), []string{"--version"}, nil, &stdout, &stderr); code != 0 || !strings.HasPrefix(stdout.String(), "assay ") {
		t.Errorf("status %d: %q %s", code, &stdout, &stderr)
	}
}
