package version

import (
	"runtime/debug"
	"testing"
)

func TestText(t *testing.T) {
	for _, c := range []struct {
		main, commit, modified, goVersion string
		source, text                      string
	}{
		{"v1.2.3", "", "", "go1.26.1", "v1.2.3", "v1.2.3 (go1.26.1)"}, // from the module proxy
		{"v1.2.3", "abc", "false", "go1.26.1", "v1.2.3", "v1.2.3 (commit abc, go1.26.1)"},
		{"v1.2.3+dirty", "abc", "true", "go1.26.1", "v1.2.3+dirty", "v1.2.3+dirty (commit abc with changes, go1.26.1)"},
		{"(devel)", "", "", "go1.26.1", "(devel)", "(devel) (go1.26.1)"},
		{"", "", "", "", "(devel)", "(devel)"},
	} {
		b := &debug.BuildInfo{GoVersion: c.goVersion, Main: debug.Module{Version: c.main}}
		if c.commit != "" {
			b.Settings = []debug.BuildSetting{{Key: "vcs.revision", Value: c.commit}, {Key: "vcs.modified", Value: c.modified}}
		}
		if got := source(b); got != c.source {
			t.Errorf("%+v: source %q", c, got)
		}
		if got := text(b); got != c.text {
			t.Errorf("%+v: text %q", c, got)
		}
	}
}
