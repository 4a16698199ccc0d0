package perfcheck

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tree makes files of the given names below a folder, which hold what comes behind
// an equals sign, else nothing.
func tree(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		name, text, _ := strings.Cut(name, "=")
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// said are notes as sentences.
func (c chosen) said() (all []string) {
	for _, n := range c.notes {
		all = append(all, n.text())
	}
	return all
}

func TestChoose(t *testing.T) {
	const gate = "base/scenarios/gate/"
	work := tree(t, gate+"closed.yaml", gate+"open.yaml", gate+"short/open.yaml", gate+"control/open.yaml", gate+"README.md", "base/none/x",
		"head/scenarios/gate/open.yaml=easier", "head/scenarios/gate/more.yaml", "head/scenarios/gate/short/open.yaml", "head/scenarios/gate/control/open.yaml=easier")
	here := tree(t, "scenarios/gate/more.yaml")
	const (
		gone    = "scenarios/gate/closed.yaml is not in HEAD any more; both sides were measured by BASE's"
		changed = "not gated: the change of scenarios/gate/open.yaml in HEAD; both sides were measured by BASE's"
		added   = "not gated: scenarios/gate/more.yaml is new in HEAD"
	)
	for _, c := range []struct {
		paths          string
		short, control bool
		files, notes   []string
		err            string
	}{
		{"", false, false, []string{gate + "closed.yaml", gate + "open.yaml"}, []string{gone, changed, added}, ""},
		{"scenarios/gate/", false, false, []string{gate + "closed.yaml", gate + "open.yaml"}, []string{gone, changed, added}, ""},
		{"scenarios/gate/closed.yaml", false, false, []string{gate + "closed.yaml"}, []string{gone}, ""},
		{"", true, false, []string{gate + "short/open.yaml"}, nil, ""},
		{"scenarios/gate/open.yaml", true, false, []string{gate + "short/open.yaml"}, nil, ""},
		{"", false, true, []string{gate + "closed.yaml", gate + "control/open.yaml"},
			[]string{gone, "not gated: the change of scenarios/gate/control/open.yaml in HEAD; both sides were measured by BASE's", added}, ""},
		{"scenarios/gate/open.yaml ./scenarios/gate/more.yaml", false, false,
			[]string{gate + "open.yaml", here + "/scenarios/gate/more.yaml"}, []string{changed}, ""},
		{here + "/scenarios/gate", false, false, []string{here + "/scenarios/gate/more.yaml"}, nil, ""},
		{"scenarios/none", false, false, nil, nil, "BASE (v1) has no scenarios/none"},
		{"none", false, false, nil, nil, "no scenario in none: want files named *.yaml"},
		{"scenarios/gate/control", true, false, nil, nil, "no folder short in scenarios/gate/control"},
		{"scenarios/gate/closed.yaml", true, false, nil, nil, "no short/closed.yaml beside scenarios/gate/closed.yaml"},
		{"scenarios/gate/closed.yaml", false, true, nil, nil, "no folder control"},
	} {
		got, err := choose(selection{work: work, here: here, base: "v1", paths: strings.Fields(c.paths), short: c.short, control: c.control})
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%+v: error %v", c, err)
			}
			continue
		}
		if err != nil || !slices.Equal(got.files, c.files) || !slices.Equal(got.said(), c.notes) {
			t.Errorf("%+v:\nfiles %q\nnotes %q\n%v", c, got.files, got.said(), err)
		}
	}
}
