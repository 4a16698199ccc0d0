package examples

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// runner does what GitHub's does with a workflow, as far as ours need it: it runs
// the steps of a job and of the composite actions in it, in order, with inputs in
// the environment and outputs in files. Actions of others are stood in for.
type runner struct {
	t         *testing.T
	workspace string // the checkout
	action    string // folder of the performance action
	temp      string
	cache     string // folder of folders by key
	vars      values // of the repository and the event
	with      values // inputs of the performance action that replace the workflow's

	log      bytes.Buffer // what steps print, where annotations are found
	summary  string
	artifact string // folder that was uploaded
	failed   bool
}

type step struct {
	ID, If, Uses, Run, Shell string
	With, Env                map[string]any
}

type document struct {
	Jobs map[string]struct {
		If    string
		Steps []step
	}
	Inputs map[string]struct{ Default any }
	// Outputs of an action.
	Outputs map[string]struct{ Value string }
	Runs    struct{ Steps []step }
}

func readDocument(t *testing.T, file string) document {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var d document
	if err := yaml.Unmarshal(text, &d); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return d
}

// job runs one job of a workflow.
func (r *runner) job(workflow, name string) {
	r.t.Helper()
	job, found := readDocument(r.t, workflow).Jobs[name]
	if !found || len(job.Steps) == 0 {
		r.t.Fatalf("%s: no job %s", workflow, name)
	}
	if wanted, err := r.vars.evaluate(cmp.Or(job.If, "'true'")); err != nil || !truth(wanted) {
		r.t.Fatalf("%s: %s does not run if %s: %v", workflow, name, job.If, err)
	}
	r.steps(job.Steps, r.vars, "")
}

// steps runs steps that see the given values; outputs are added to those.
func (r *runner) steps(steps []step, seen values, action string) {
	seen = maps.Clone(seen)
	seen["cancelled()"] = "false"
	seen["runner.temp"] = r.temp
	seen["github.action_path"] = action
	for _, s := range steps {
		condition, err := seen.evaluate(strings.TrimSuffix(strings.TrimPrefix(cmp.Or(s.If, "'true'"), "${{"), "}}"))
		if err != nil {
			r.t.Fatalf("if: %s: %v", s.If, err)
		}
		whatever := strings.Contains(s.If, "cancelled()") // else a step asks for success
		if !truth(condition) || r.failed && !whatever {
			continue
		}
		switch {
		case s.Run != "":
			r.run(s, seen, action)
		case strings.Contains(s.Uses, "/.github/actions/perf-check"):
			r.composite(s, seen)
		default:
			r.standIn(s, r.expand(s.With, seen))
		}
	}
}

func (r *runner) expand(m map[string]any, seen values) values {
	r.t.Helper()
	expanded := values{}
	for k, v := range m {
		text, err := seen.expand(fmt.Sprint(v))
		if err != nil {
			r.t.Fatalf("%s: %v", k, err)
		}
		expanded[k] = text
	}
	return expanded
}

// run runs a script as a runner does: bash, which stops at the first error.
func (r *runner) run(s step, seen values, action string) {
	r.t.Helper()
	if strings.Contains(s.Run, "${{") {
		r.t.Errorf("a script holds ${{ }}, through which others could write it: %s", s.Run)
	}
	if strings.Contains(strings.TrimSpace(s.Run), "\n") {
		r.t.Errorf("a step is more than one line that a person can run: %s", s.Run)
	}
	dir := r.t.TempDir()
	outputs, summary := filepath.Join(dir, "outputs"), filepath.Join(dir, "summary")
	cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", s.Run)
	cmd.Dir = r.workspace
	cmd.Env = append(os.Environ(), "GITHUB_OUTPUT="+outputs, "GITHUB_STEP_SUMMARY="+summary, "RUNNER_TEMP="+r.temp, "GITHUB_ACTION_PATH="+action)
	for k, v := range r.expand(s.Env, seen) {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	cmd.Stdout, cmd.Stderr = &r.log, &r.log
	if err := cmd.Run(); err != nil {
		fmt.Fprintf(&r.log, "step: %v\n", err)
		r.failed = true
	}
	text, _ := os.ReadFile(outputs)
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		seen["steps."+s.ID+".outputs."+name] = value
	}
	more, _ := os.ReadFile(summary)
	r.summary += string(more)
}

// composite runs the performance action.
func (r *runner) composite(s step, seen values) {
	r.t.Helper()
	action := readDocument(r.t, filepath.Join(r.action, "action.yml"))
	given := r.expand(s.With, seen)
	inner := values{}
	for name, input := range action.Inputs {
		inner["inputs."+name] = fmt.Sprint(input.Default)
	}
	maps.Copy(given, r.with)
	for name, value := range given {
		if _, known := action.Inputs[name]; !known {
			r.t.Errorf("the action has no input %s", name)
		}
		inner["inputs."+name] = value
	}
	r.steps(action.Runs.Steps, inner, r.action)
}

var pinned = regexp.MustCompile(`^[a-z-]+/[a-z-]+(/[a-z-]+)?@[0-9a-f]{40}$`)

// standIn does what matters here of an action of others.
func (r *runner) standIn(s step, with values) {
	r.t.Helper()
	if !pinned.MatchString(s.Uses) {
		r.t.Errorf("%s: not pinned to a commit", s.Uses)
	}
	name, _, _ := strings.Cut(s.Uses, "@")
	switch name {
	case "actions/checkout":
		if with["persist-credentials"] != "false" {
			r.t.Error("checkout leaves a token behind")
		}
	case "actions/setup-go":
		if _, err := os.Stat(with["go-version-file"]); err != nil {
			r.t.Error(err)
		}
	case "actions/cache/restore":
		keys, err := filepath.Glob(filepath.Join(r.cache, with["restore-keys"]+"*"))
		if err == nil && len(keys) > 0 {
			err = os.CopyFS(with["path"], os.DirFS(keys[len(keys)-1]))
		}
		if err != nil {
			r.t.Error(err)
		}
	case "actions/cache/save":
		if err := os.CopyFS(filepath.Join(r.cache, with["key"]), os.DirFS(with["path"])); err != nil {
			r.t.Error(err)
		}
	case "actions/upload-artifact":
		r.artifact = with["path"]
		if files, err := fs.Glob(os.DirFS(r.artifact), "*"); err != nil || len(files) == 0 {
			r.t.Errorf("the artifact is empty: %v", err)
		}
	default:
		r.t.Errorf("nothing stands in for %s", s.Uses)
	}
}
