// Package version says which build a program is, from what the go command recorded
// in it. A build outside a repository, or with -buildvcs=false, knows neither its
// commit nor whether there were changes.
package version

import (
	"cmp"
	"fmt"
	"runtime/debug"
	"strings"
)

// A release is built without its repository, so that it is the same everywhere. The
// linker puts its version and its commit here; other builds leave them empty.
var release, commit string

// Source returns the version of the source, in the form that bundles record: a tag,
// or a date and a commit, followed by +dirty if there were changes. It returns
// "(devel)" if the version is not known.
func Source() string { return source(stamped(read())) }

// Text returns the version for people: the version of the source, the full commit,
// whether the tree had uncommitted changes, and the version of Go.
func Text() string { return text(stamped(read())) }

// stamped adds what the linker was given to what the go command recorded.
func stamped(b *debug.BuildInfo) *debug.BuildInfo {
	if release == "" {
		return b
	}
	with := *b
	with.Main.Version = release
	with.Settings = []debug.BuildSetting{{Key: "vcs.revision", Value: commit}}
	return &with
}

// read returns the zero value if the program was not built with modules.
func read() *debug.BuildInfo {
	if b, ok := debug.ReadBuildInfo(); ok {
		return b
	}
	return &debug.BuildInfo{}
}

// source is the version of the module, or "(devel)" for a build without one.
func source(b *debug.BuildInfo) string {
	return cmp.Or(b.Main.Version, "(devel)")
}

// text is the version with the commit and the version of Go, as far as they are known.
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
