package command

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/assay-bench/assay/internal/hostlab"
	"github.com/assay-bench/assay/results"
)

// The first runs on several hosts that the documentation shows work as they stand there, on
// hosts of the names that they have there. Only the load is made smaller, and the programs
// are the test's own.
func TestDocumentedFirstRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: a part of the full form: make test-all")
	}
	text, err := os.ReadFile("../../docs/hosts.md")
	if err != nil {
		t.Fatal(err)
	}
	scenario := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindSubmatch(text)
	commands := regexp.MustCompile(`(?m)^(?:[A-Z_]+=\S+ )?assay run .*--on (\w+) .*$`).FindAllSubmatch(text, -1)
	if scenario == nil || len(commands) < 3 {
		t.Fatalf("the page shows %d first runs", len(commands))
	}
	for _, c := range commands {
		line, engine := string(c[0]), string(c[1])
		t.Run(engine, func(t *testing.T) {
			if engine == "kubernetes" {
				t.Skip("SKIPPED: make test-kubernetes has a cluster")
			}
			s := newSite(t, engine, hostlab.Config{Hosts: 5})
			programs := filepath.Join(s.dir, "programs")
			s.script(t, "programs/assay", `case "$*" in *"--on local"*) exec `+s.dir+`/harness "$@";; *) exec `+s.dir+`/harness "$@" --worker `+s.dir+`/harness;; esac`)
			for _, name := range []string{"db", "api"} {
				s.script(t, "orders/"+name, `exec `+s.dir+`/testserver "${1#-listen=}"`)
			}
			file := strings.NewReplacer("/opt/orders", filepath.Join(s.dir, "orders"), "20000/s", "200/s", "connections: 400", "connections: 8").Replace(string(scenario[1]))
			if err := os.WriteFile(filepath.Join(s.dir, "orders.yaml"), []byte(file), 0o600); err != nil {
				t.Fatal(err)
			}
			bundle := filepath.Join(s.dir, "bundle")
			run := s.Hosts[0].Command("sh", "-c", line+" --quick --blocks 1 --no-progress --out "+bundle)
			run.Dir = s.dir
			run.Env = append(append(run.Env, s.env...), "PATH="+programs+":"+pathOf(s.env))
			out, err := run.CombinedOutput()
			if err != nil {
				t.Fatalf("%s\n%v\n%s", line, err, out)
			}
			b, err := results.Open(bundle)
			if err != nil {
				t.Fatal(err)
			}
			if top := b.Manifest.Topology; len(b.Valid()) != 1 || top == nil || top.Engine != engine || top.Generators != 2 || len(top.Hosts) != 4 {
				t.Errorf("%d trials count, topology %+v\n%s", len(b.Valid()), top, out)
			}
			s.quiet(t)
		})
	}
}

// script writes a shell script of the test.
func (s *site) script(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, fmt.Appendf(nil, "#!/bin/sh\n%s\n", text), 0o755); err != nil {
		t.Fatal(err)
	}
}

// pathOf returns where programs are found in an environment.
func pathOf(env []string) string {
	for _, v := range (&exec.Cmd{Env: append(os.Environ(), env...)}).Environ() {
		if path, ok := strings.CutPrefix(v, "PATH="); ok {
			return path
		}
	}
	return hostlab.Path()
}
