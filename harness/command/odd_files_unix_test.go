//go:build unix

package command

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/knownanswer"
	"github.com/assay-bench/assay/harness/internal/self"
	"github.com/assay-bench/assay/internal/inpage"
	"github.com/assay-bench/assay/internal/irregular"
)

// Every command names what is no regular file, whether it would read it or write it. None
// of these gets as far as a server: nothing listens on the port.
func TestOddFiles(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(host.LockVariable, filepath.Join(dir, ".assay.lock"))
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	scenario := write("good.yaml", "version: 1\nname: good\nserver: {url: \"http://127.0.0.1:1\"}\nvariants: [{name: v}]\n"+
		"load: {open: {rate: 10/s, duration: 1s}}\ntargets: [{path: /}]\nobjectives: [\"p99 < 1s\"]\n")
	body := write("body.yaml", "version: 1\nname: body\nserver: {url: \"http://127.0.0.1:1\"}\nvariants: [{name: v}]\n"+
		"load: {open: {rate: 10/s, duration: 1s}}\ntargets: [{path: /}]\n")
	figures := write("figures.json", "{}\n")
	const url, secure = "http://127.0.0.1:1/", "https://127.0.0.1:1/"
	rows := []irregular.Row{
		{Args: []string{"run", irregular.At}},
		{Args: []string{"run", scenario, irregular.At}},
		{Args: []string{"run", scenario, "--out", irregular.At}, Writes: irregular.Folder},
		{Args: []string{"run", scenario, "--resume", "--out", irregular.At}, Writes: irregular.Folder},
		{Args: []string{"search", irregular.At}},
		{Args: []string{"search", scenario, "--out", irregular.At}, Writes: irregular.Folder},
		{Args: []string{"validate", body, irregular.At}},
		{Args: []string{"plan", irregular.At}},
		{Args: []string{"try", irregular.At}},
		{Args: []string{"slim", irregular.At, filepath.Join(dir, "slim")}},
		{Args: []string{"slim", "../../results/testdata/v1", irregular.At}, Writes: irregular.Folder},
		{Args: []string{"micro", "--out", irregular.At, "./none"}, Writes: irregular.Folder},
		{Args: []string{"attack", url, "-d", "@" + irregular.At, "--requests", "1"}},
		{Args: []string{"attack", secure, "--ca", irregular.At, "--requests", "1"}},
		{Args: []string{"init", "--targets", irregular.At}},
		{Args: []string{"init", "--har", irregular.At}},
		{Args: []string{"init", "--openapi", irregular.At}},
		{Args: []string{"init", "--curl", "curl -d @" + irregular.At + " " + url}},
		{Args: []string{"init", "--curl", "curl --data-binary @" + irregular.At + " " + url}},
		{Args: []string{"init", url, "-o", irregular.At}, Writes: irregular.Anything},
		{Args: []string{"worker", "--seat", "a", "--config", irregular.At}},
		{Args: []string{"bench-self", "--from", irregular.At}},
		{Args: []string{"bench-self", "--from", figures, "--figures", irregular.At}, Writes: irregular.Anything},
		{Args: []string{"bench-self", "--from", figures, "--into", irregular.At}, Writes: irregular.Files},
		{Args: []string{"bench-self", "--into", irregular.At}, Writes: irregular.Files},
	}
	irregular.Complete(t, Commands(), rows, []string{
		"schema", "doctor", "worker", knownanswer.ServeCommand, self.LoadCommand, // these take no file
		"run --worker", "search --worker", // the program on another host
		"attack --unix-socket", // a socket on purpose
		"micro --variant",      // a folder in which go list runs
	})
	irregular.Check(t, func(args []string) (int, string) {
		var out, problems bytes.Buffer
		code := Run(context.Background(), args, strings.NewReader(""), &out, &problems)
		return code, problems.String()
	}, rows)
}

// A page that cannot take the table is named before anything is measured.
func TestPageIsCheckedBeforeTheMeasurement(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.md")
	for _, text := range []string{"no part\n", inpage.Begin(selfPart) + "never closed\n"} {
		if err := os.WriteFile(page, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		var out, problems bytes.Buffer
		code := Run(context.Background(), []string{"bench-self", "--vegeta", "/none", "--into", page}, strings.NewReader(""), &out, &problems)
		if code == 0 || !strings.Contains(problems.String(), "the page has no part") {
			t.Errorf("status %d: %s", code, problems.String())
		}
	}
}
