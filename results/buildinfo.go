package results

// BuildInfo is what a started program says of its own build. Only programs in Go do.
type BuildInfo struct {
	Go string `json:"go"` // version of the compiler
	// Settings are those of the build that can change what the program does or how fast:
	// flags of compiler and linker, tags, CGO, the architecture. The commit and the seed of
	// a code layout are not among them.
	Settings map[string]string `json:"settings,omitempty"`
	// Modules are the versions of the modules in the program, without its own.
	Modules map[string]string `json:"modules,omitempty"`
}

// BuildKey names the program of one server for one variant in [Manifest.Builds].
func BuildKey(scenario, variant, server string) string {
	return scenario + "/" + variant + "/" + server
}
