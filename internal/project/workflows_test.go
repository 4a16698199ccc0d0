package project

import (
	"maps"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// workflow is what a workflow may do.
type workflow struct {
	Permissions map[string]string `yaml:"permissions"`
	Jobs        map[string]struct {
		Permissions map[string]string `yaml:"permissions"`
		Timeout     int               `yaml:"timeout-minutes"`
		Steps       []struct {
			Uses string         `yaml:"uses"`
			Run  string         `yaml:"run"`
			With map[string]any `yaml:"with"`
		} `yaml:"steps"`
	} `yaml:"jobs"`
}

// mayWrite are the only jobs with a token that can write, and what they can write. A job
// that is named here runs none of the commands of the repository.
var mayWrite = map[string]map[string]string{
	".github/workflows/release.yml: publish":      {"contents": "write", "id-token": "write", "attestations": "write"},
	".github/workflows/perf-comment.yml: comment": {"contents": "read", "actions": "read", "pull-requests": "write"},
}

// A workflow can read the repository and nothing else, except the jobs that are named.
// What it uses from elsewhere is pinned by its commit, and no step leaves a token behind.
func TestWorkflowsHaveLeastPrivilege(t *testing.T) {
	pinned := regexp.MustCompile(`uses: \S+@[0-9a-f]{40} # v\d+(\.\d+){0,2}\b`)
	seen := map[string]bool{}
	sources(t, ".yml", func(name, text string) {
		if !strings.Contains(name, ".github/workflows/") && !strings.Contains(name, ".github/actions/") {
			return
		}
		for _, line := range strings.Split(text, "\n") {
			if strings.Contains(line, "uses: ") && !strings.Contains(line, "uses: ./") && !pinned.MatchString(line) {
				t.Errorf("%s: %q is not pinned by its commit, with the version beside it", name, strings.TrimSpace(line))
			}
		}
		if !strings.Contains(name, "/workflows/") {
			return
		}
		var w workflow
		if err := yaml.Unmarshal([]byte(text), &w); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !maps.Equal(w.Permissions, map[string]string{"contents": "read"}) {
			t.Errorf("%s: permissions %v, want contents: read", name, w.Permissions)
		}
		if strings.Contains(text, "pull_request_target") {
			t.Errorf("%s: pull_request_target runs what a fork brings with the rights of the repository", name)
		}
		for job, j := range w.Jobs {
			key := name + ": " + job
			seen[key] = true
			if want := mayWrite[key]; !maps.Equal(j.Permissions, want) {
				t.Errorf("%s: permissions %v, want %v", key, j.Permissions, want)
			}
			if j.Timeout == 0 {
				t.Errorf("%s: no timeout-minutes", key)
			}
			for _, s := range j.Steps {
				if strings.HasPrefix(s.Uses, "actions/checkout@") && s.With["persist-credentials"] != false {
					t.Errorf("%s: a checkout leaves its token behind", key)
				}
				if strings.Contains(s.Run, "${{") {
					t.Errorf("%s: a text from outside is pasted into a script: %q", key, s.Run)
				}
				if mayWrite[key]["contents"] == "write" && (strings.HasPrefix(s.Uses, "actions/checkout@") || strings.HasPrefix(s.Uses, "./")) {
					t.Errorf("%s: a job that can write the repository runs code of it", key)
				}
			}
		}
	})
	for key := range mayWrite {
		if !seen[key] {
			t.Errorf("there is no job %s", key)
		}
	}
}
