package examples

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const readme = "../.github/actions/perf-check/README.md"

// What the action's README shows is what is tested: the example's workflow, a
// scenario that is valid, every input.
func TestReadme(t *testing.T) {
	data, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(text, -1)
	if len(blocks) != 2 {
		t.Fatalf("%d blocks of YAML, want a workflow and a scenario", len(blocks))
	}
	shown, err := os.ReadFile(workflow)
	if err != nil {
		t.Fatal(err)
	}
	if blocks[0][1] != string(shown) {
		t.Errorf("the workflow is not that of %s", workflow)
	}
	file := filepath.Join(t.TempDir(), "scenario.yaml")
	if err := os.WriteFile(file, []byte(blocks[1][1]), 0o644); err != nil {
		t.Fatal(err)
	}
	scenarios := []string{file, project + "/perf/search.yaml"}
	if testing.Short() {
		scenarios = nil // the full form alone builds the program
	}
	for _, f := range scenarios {
		if out, err := exec.Command("go", "run", "../harness", "plan", f).CombinedOutput(); err != nil {
			t.Errorf("a scenario is refused: %v\n%s", err, out)
		}
	}
	for name := range readDocument(t, "../.github/actions/perf-check/action.yml").Inputs {
		if !strings.Contains(text, "`"+name+"`") {
			t.Errorf("the input %s is not explained", name)
		}
	}
}
