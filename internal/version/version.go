// Package version says which build a program is, as far as the go command wrote it
// into the program: a build without a repository, or with -buildvcs=false, knows
// neither commit nor changes.
package version

import (
	"fmt"
	"runtime/debug"
	"strings"
)

// Source is the version of the source, as it is recorded in bundles: a tag, or date
// and commit, with +dirty if there were changes; "(devel)" if it is not known.
func Source() string { return source(read()) }

// Text is for people: the version of the source, the full commit, whether the tree had
// changes that are in no commit, and the version of Go.
func Text() string { return text(read()) }

// read returns the zero value for a program that was not built with modules.
func read() *debug.BuildInfo {
	if b, ok := debug.ReadBuildInfo(); ok {
		return b
	}
	return &debug.BuildInfo{}
}

func source(b *debug.BuildInfo) string {
	if b.Main.Version == "" {
		return "(devel)"
	}
	return b.Main.Version
}

func text(b *debug.BuildInfo) string {
	settings := map[string]string{}
	for _, s := range b.Settings {
		settings[s.Key] = s.Value
	}
	var facts []string
	if commit := settings["vcs.revision"]; commit != "" {
		fact := "commit " + commit
		if settings["vcs.modified"] == "true" {
			fact += " with changes"
		}
		facts = append(facts, fact)
	}
	if b.GoVersion != "" {
		facts = append(facts, b.GoVersion)
	}
	if len(facts) == 0 {
		return source(b)
	}
	return fmt.Sprintf("%s (%s)", source(b), strings.Join(facts, ", "))
}
