package examples

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The pull request that the example project shows was checked for real. It is checked
// again on a quiet machine, in about five minutes, by
//
//	go test ./examples -run PullRequest -timeout 30m -check-pull-request
var checkAgain = flag.Bool("check-pull-request", false, "make the check of the example's pull request again, and keep what it says")

const (
	pullRequest = project + "/pull-request"
	// source is where GitHub has the files of a pull request.
	source = "https://github.com/example/prefix-search/blob/HEAD"
)

// slower makes a repository with the project, and the pull request as its last commit.
func slower(t *testing.T) repository {
	t.Helper()
	r := newRepository(t)
	if err := os.CopyFS(r.dir, os.DirFS(project)); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(r.dir, "pull-request")); err != nil {
		t.Fatal(err)
	}
	r.commit("a search by prefix")
	patch, err := filepath.Abs(pullRequest + "/slower.patch")
	if err != nil {
		t.Fatal(err)
	}
	r.git("apply", patch)
	r.commit("Find: look at every word")
	return r
}

// The pull request is one that people would merge: its tests pass. What is kept of its
// check is what the program says of the kept verdict, and the lines that it names are
// those that the pull request changed.
func TestPullRequest(t *testing.T) {
	if testing.Short() {
		t.Skip("the full form alone builds the program and tests the pull request")
	}
	r := slower(t)
	test := exec.Command("go", "test", "-vet=off", ".")
	test.Dir = r.dir
	if out, err := test.CombinedOutput(); err != nil {
		t.Fatalf("the pull request's own tests: %v\n%s", err, out)
	}
	assay := filepath.Join(t.TempDir(), "assay")
	if out, err := exec.Command("go", "build", "-o", assay, "../cmd/assay").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	if *checkAgain {
		checkPullRequest(t, assay, r)
	}
	said := func(args ...string) string {
		t.Helper()
		var out bytes.Buffer
		cmd := exec.Command(assay, append(append([]string{"annotate"}, args...), pullRequest+"/verdict.json")...)
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Run(); err != nil {
			t.Fatalf("annotate: %v\n%s", err, &out)
		}
		return out.String()
	}
	for file, text := range map[string]string{"annotations.txt": said(), "comment.md": said("--comment", "--source="+source)} {
		path := filepath.Join(pullRequest, file)
		if *checkAgain {
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		kept, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(kept) != text {
			t.Errorf("%s: kept is\n%s\nand the program says\n%s", file, kept, text)
		}
	}
	namesChangedLine(t, r, said())
}

// namesChangedLine fails unless the function that is named first is annotated at a line
// of the function that the pull request changed.
func namesChangedLine(t *testing.T, r repository, annotations string) {
	t.Helper()
	place := regexp.MustCompile(`file=index\.go,line=(\d+)`).FindStringSubmatch(annotations)
	if place == nil {
		t.Fatalf("no line of index.go is annotated in\n%s", annotations)
	}
	line, err := strconv.Atoi(place[1])
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(r.dir, "index.go"))
	if err != nil {
		t.Fatal(err)
	}
	before := strings.Join(strings.SplitAfter(string(text), "\n")[:line], "")
	if at := strings.LastIndex(before, "\nfunc "); at < 0 || !strings.HasPrefix(before[at:], "\nfunc (x *Index) Find(") {
		t.Errorf("index.go:%d is not in Find, which the pull request made slower", line)
	}
}

// checkPullRequest makes the check for real and keeps its verdict, its summary and its
// flame graph.
func checkPullRequest(t *testing.T, assay string, r repository) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "check")
	cmd := exec.Command(assay, "perf-check", "--scenarios", "perf/search.yaml", "--micro", "./...", "--out", out, "HEAD~1", "HEAD")
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "GOFLAGS=")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	err := cmd.Run()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != 1 {
		t.Fatalf("perf-check: %v, expected exit status 1, a regression", err)
	}
	for _, name := range []string{"verdict.json", "summary.md", "explain.svg"} {
		data, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(pullRequest, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
		fmt.Printf("kept %s, %d bytes\n", name, len(data))
	}
}
