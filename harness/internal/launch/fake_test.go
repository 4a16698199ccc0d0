package launch

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// fakeVariable names the folder of a fake kubectl, which this test program then is.
const fakeVariable = "ASSAY_TEST_KUBECTL"

func TestMain(m *testing.M) {
	if dir := os.Getenv(fakeVariable); dir != "" && filepath.Base(os.Args[0]) == "kubectl" {
		os.Exit((&fake{dir}).run(os.Args[1:]))
	}
	os.Exit(m.Run())
}

// fake is a kubectl without a cluster. It keeps what was applied, writes down every call,
// and answers as a cluster would in which all goes well, but for the answers in answers.json.
type fake struct{ dir string }

// answer replaces the answer to calls whose arguments contain When.
type answer struct {
	When, Out, Err string
	Code           int
}

// call is a call of the fake.
type call struct {
	Args  []string
	Input string
}

// newFake puts a fake kubectl first on PATH, and returns it.
func newFake(t *testing.T, answers ...answer) *fake {
	t.Helper()
	f := &fake{t.TempDir()}
	if err := os.Symlink(os.Args[0], filepath.Join(f.dir, "kubectl")); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(answers)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(f.dir, "answers.json"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv(fakeVariable, f.dir)
	t.Setenv("PATH", f.dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	return f
}

// calls returns the calls so far.
func (f *fake) calls(t *testing.T) (all []call) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(f.dir, "call-*"))
	slices.Sort(files) // by time
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var c call
		if err := json.Unmarshal(data, &c); err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	return all
}

// matching returns the calls whose arguments begin so.
func matching(all []call, begin string) (some []call) {
	for _, c := range all {
		if strings.HasPrefix(strings.Join(c.Args, " "), begin) {
			some = append(some, c)
		}
	}
	return some
}

// run is one call.
func (f *fake) run(args []string) int {
	line := strings.Join(args, " ")
	input := ""
	if args[0] == "apply" {
		data, _ := io.ReadAll(os.Stdin)
		input = string(data)
	}
	note, _ := json.Marshal(call{args, input})
	name := fmt.Sprintf("%020d-%d", time.Now().UnixNano(), os.Getpid())
	part, whole := filepath.Join(f.dir, "part-"+name), filepath.Join(f.dir, "call-"+name)
	if err := errors.Join(os.WriteFile(part, note, 0o600), os.Rename(part, whole)); err != nil {
		panic(err)
	}
	var answers []answer
	data, _ := os.ReadFile(filepath.Join(f.dir, "answers.json"))
	_ = json.Unmarshal(data, &answers)
	for _, a := range answers {
		if strings.Contains(line, a.When) {
			fmt.Print(a.Out)
			fmt.Fprint(os.Stderr, a.Err)
			return a.Code
		}
	}
	return f.obey(args, line, input)
}

// obey does what a cluster does in which all goes well: every pod of a Job runs at once.
func (f *fake) obey(args []string, line, input string) int {
	switch {
	case args[0] == "auth":
		fmt.Println("yes")
	case args[0] == "apply":
		var o struct {
			Kind     string
			Metadata struct{ Name string }
			Spec     struct{ Completions int }
		}
		_ = json.Unmarshal([]byte(input), &o)
		if o.Kind == "Job" {
			_ = os.WriteFile(f.job(o.Metadata.Name), fmt.Append(nil, o.Spec.Completions), 0o600)
		}
		fmt.Printf(`{"metadata": {"uid": "uid-of-%s"}}`, o.Metadata.Name)
	case strings.HasPrefix(line, "get --output=json pods --selector=job-name="):
		name, _, _ := strings.Cut(strings.TrimPrefix(line, "get --output=json pods --selector=job-name="), " ")
		var n int
		data, _ := os.ReadFile(f.job(name))
		_, _ = fmt.Sscan(string(data), &n)
		fmt.Print(runningPods(name, n))
	case args[0] == "get" && args[1] == "--output=json":
		fmt.Print(`{"items": []}`)
	case args[0] == "get" && strings.HasPrefix(args[2], "job/"):
		name := strings.TrimPrefix(args[2], "job/")
		if _, err := os.Stat(f.job(name)); err != nil {
			return absent(name)
		}
	case args[0] == "wait":
		name := strings.TrimPrefix(args[2], "job/")
		for range 3000 { // 30 s: a test that forgets it must end too
			if _, err := os.Stat(f.job(name)); err != nil {
				return absent(name)
			}
			time.Sleep(10 * time.Millisecond) // as kubectl waits for the cluster
		}
	case args[0] == "delete":
		_ = os.Remove(f.job(strings.TrimPrefix(args[1], "job/")))
	}
	return 0
}

// absent is the answer about a Job that is not there.
func absent(name string) int {
	fmt.Fprintf(os.Stderr, "Error from server (NotFound): jobs.batch %q not found\n", name)
	return 1
}

func (f *fake) job(name string) string { return filepath.Join(f.dir, "job-"+name) }

// jobs returns the names of the Jobs that are there.
func (f *fake) jobs() []string {
	all, _ := filepath.Glob(f.job("*"))
	return all
}

// runningPods is what kubectl says of the pods of a Job of n, which run. A server is on
// node-s, generator i on node-i.
func runningPods(job string, n int) string {
	var items []string
	for i := range n {
		node := fmt.Sprintf("node-%d", i)
		if n == 1 {
			node = "node-s"
		}
		items = append(items, fmt.Sprintf(`{"metadata": {"name": "%s-%d", "annotations": {"batch.kubernetes.io/job-completion-index": "%d"}},
			"spec": {"nodeName": %q}, "status": {"phase": "Running", "containerStatuses": [{"state": {"running": {}}}]}}`, job, i, i, node))
	}
	return `{"items": [` + strings.Join(items, ",") + `]}`
}
