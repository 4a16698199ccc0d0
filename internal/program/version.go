package program

import "runtime/debug"

// Version is that of the source: a tag, or date and commit.
func Version() string {
	if b, ok := debug.ReadBuildInfo(); ok && b.Main.Version != "" {
		return b.Main.Version
	}
	return "(devel)"
}
