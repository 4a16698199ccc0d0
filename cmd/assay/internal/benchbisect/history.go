package benchbisect

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/assay-bench/assay/cmd/assay/internal/child"
	"github.com/assay-bench/assay/cmd/assay/internal/gitrepo"
	"github.com/assay-bench/assay/results"
)

// commits is how many commits come after the fast one.
const commits = 12

// The work of one call before and after the slow commit, in rounds.
const (
	fastRounds = 100000
	slowRounds = fastRounds + fastRounds/10
)

// made is a repository whose slow commit is known.
type made struct {
	dir             string
	good, bad, slow string // full names
}

// build makes the repository of a search, always the same for a number. It has last
// commits after the first. Neither the user's configuration of git nor the time goes
// into a commit, so that its name is the same on every machine.
func build(ctx context.Context, run *child.Runner, dir string, number, last int) (m made, err error) {
	random := rand.New(rand.NewPCG(uint64(number), 2))
	slow := 1 + random.IntN(last)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return m, err
	}
	init := exec.Command("git", "init", "--quiet", "--initial-branch=main", dir)
	if err := run.Run(ctx, init); err != nil {
		return m, fmt.Errorf("make a repository: %w", err)
	}
	repo, err := gitrepo.Open(ctx, run, dir)
	if err != nil {
		return m, err
	}
	repo.Env = []string{"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=bench", "GIT_AUTHOR_EMAIL=bench@example.com",
		"GIT_COMMITTER_NAME=bench", "GIT_COMMITTER_EMAIL=bench@example.com", "GIT_AUTHOR_DATE=2026-01-01T00:00:00Z", "GIT_COMMITTER_DATE=2026-01-01T00:00:00Z"}
	m.dir = dir
	rounds := fastRounds
	for i := range last + 1 {
		if i == slow {
			rounds = slowRounds
		}
		if err := write(dir, i, rounds, random); err != nil {
			return m, err
		}
		if _, err := repo.Git(ctx, "add", "-A"); err != nil {
			return m, err
		}
		if _, err := repo.Git(ctx, "commit", "--quiet", "-m", fmt.Sprintf("change %d", i)); err != nil {
			return m, err
		}
		full, err := repo.Commit(ctx, "HEAD")
		if err != nil {
			return m, err
		}
		switch i {
		case 0:
			m.good = full
		case slow:
			m.slow = full
		}
		m.bad = full
	}
	return m, nil
}

// write writes the files of a commit. Beside the work, each has something harmless that
// is new: a comment, a function that nobody calls, or a constant.
func write(dir string, i, rounds int, random *rand.Rand) error {
	var other strings.Builder
	other.WriteString("package main\n")
	for k := range i {
		switch random := rand.New(rand.NewPCG(uint64(k), 3)); random.IntN(3) {
		case 0:
			fmt.Fprintf(&other, "\n// Remark %d says nothing that a compiler reads.\n", k)
		case 1:
			fmt.Fprintf(&other, "\n// unused%d is called by nobody.\nfunc unused%[1]d(x int) int { return x * %d }\n\nvar _ = unused%[1]d\n", k, random.IntN(100))
		default:
			fmt.Fprintf(&other, "\n// setting%d is read by nobody.\nconst setting%[1]d = %d\n", k, random.IntN(100))
		}
	}
	for name, text := range map[string]string{
		"go.mod":          "module example.com/made\n\ngo 1.24\n",
		"main.go":         mainText,
		"work.go":         fmt.Sprintf(workText, rounds),
		"work_test.go":    testText,
		"other.go":        other.String(),
		"perf/short.yaml": scenarioText,
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := results.WriteFile(path, []byte(text)); err != nil {
			return err
		}
	}
	return nil
}

const workText = `package main

// rounds is how long one piece of work is.
const rounds = %d

// work mixes a number.
func work(x uint64) uint64 {
	for range rounds {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}
`

const testText = `package main

import "testing"

var sink uint64

func BenchmarkWork(b *testing.B) {
	for range b.N {
		sink += work(uint64(b.N))
	}
}
`

const mainText = `// Command made answers every request after some work.
package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"
	_ "net/http/pprof"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "address")
	flag.Parse()
	http.HandleFunc("GET /work", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, work(uint64(len(r.URL.Path)))) })
	http.HandleFunc("GET /health", func(http.ResponseWriter, *http.Request) {})
	log.Fatal(http.ListenAndServe(*addr, nil))
}
`

const scenarioText = `version: 1
name: work
server:
  build:
    command: [go, build, -trimpath, "-ldflags=-randlayout=${layout}", -o, "${binary}", .]
    dir: "${tree}"
  command: ["${binary}", "-addr=127.0.0.1:${port}"]
  ready: {path: /health, timeout: 30s}
  profile: /debug/pprof/profile
variants:
  - {name: base, params: {tree: base}}
  - {name: head, params: {tree: head}}
aa: base
load:
  open: {rate: 997/s, duration: 2s}
  connections: 20
targets:
  - {method: GET, path: /work}
warmup: 500ms
blocks: 10
objectives: ["p99 < 100ms"]
`
