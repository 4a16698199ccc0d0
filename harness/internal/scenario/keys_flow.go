package scenario

import "github.com/invopop/jsonschema"

// The keys of a flow. Like those of keys.go, they are the source of the JSON Schema.

// fileFlowStep is one entry of a flow: a request, or a pause between two requests.
type fileFlowStep struct {
	mark        `yaml:"-"`
	fileRequest `yaml:",inline"`
	Path        text               `yaml:"path" jsonschema_description:"Path and query."`
	Extract     pairs[fileExtract] `yaml:"extract" jsonschema_description:"Values of the answer that later steps of the same run use as ${name}."`
	Repeat      count              `yaml:"repeat" jsonschema:"default=1,minimum=1" jsonschema_description:"How many times the step is made, one after the other."`
	Pause       duration           `yaml:"pause" jsonschema_description:"How long the client waits before the next step; a pause is an entry of its own."`
}

// target returns what the step asks for, in the form of a target.
func (f *fileFlowStep) target() fileTarget {
	return fileTarget{mark: f.mark, fileRequest: f.fileRequest, Path: f.Path}
}

// JSONSchemaExtend says that an entry is a request or a pause, and that a body is written
// out or in a file.
func (fileFlowStep) JSONSchemaExtend(s *jsonschema.Schema) {
	s.OneOf = requiring("path", "pause")
	one := uint64(1)
	s.OneOf[1].MaxProperties = &one
	s.Not = &jsonschema.Schema{Required: []string{"body", "body_file"}}
}

// asked returns the key under which a load says what is sent, and the requests there. Of a
// flow these are its steps.
func (f *streamSpec) asked() (key string, all []fileTarget) {
	if !f.Flow.given() {
		return "targets", f.Targets.items
	}
	for i := range f.Flow.items {
		if step := &f.Flow.items[i]; !step.Pause.given() {
			all = append(all, step.target())
		}
	}
	return "flow", all
}
