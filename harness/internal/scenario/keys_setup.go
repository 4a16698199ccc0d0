package scenario

import "github.com/invopop/jsonschema"

// The keys of what happens before and after the load of a trial. Like those of
// keys.go, they are the source of the JSON Schema.

// fileHook is a command beside a trial: prepare or cleanup.
type fileHook struct {
	mark    `yaml:"-"`
	Command list[text] `yaml:"command" jsonschema:"required" jsonschema_description:"Program and arguments, run without a shell in the folder of the scenario file."`
	Timeout duration   `yaml:"timeout" jsonschema:"default=60s" jsonschema_description:"How long it may take."`
}

// fileStep is one request of setup.
type fileStep struct {
	mark     `yaml:"-"`
	Name     text               `yaml:"name" jsonschema:"required,pattern=^[a-z0-9][a-z0-9._-]*$" jsonschema_description:"Name of the request, for messages."`
	Server   text               `yaml:"server" jsonschema_description:"Name of the server that is asked. Default: the first."`
	Method   text               `yaml:"method" jsonschema:"default=GET,pattern=^[A-Z]+$" jsonschema_description:"HTTP method."`
	Path     text               `yaml:"path" jsonschema:"required" jsonschema_description:"Path and query."`
	Headers  pairs[text]        `yaml:"headers" jsonschema_description:"Request headers."`
	Body     text               `yaml:"body" jsonschema_description:"Request body."`
	BodyFile text               `yaml:"body_file" jsonschema_description:"File with the request body, relative to the scenario file."`
	Expect   *fileTargetExpect  `yaml:"expect" jsonschema_description:"What the answer has to be. Default: a status of 2xx or 3xx."`
	Extract  pairs[fileExtract] `yaml:"extract" jsonschema_description:"Values of the answer that later requests and targets use as ${name}."`
	Timeout  duration           `yaml:"timeout" jsonschema:"default=30s" jsonschema_description:"How long the answer may take."`
}

// fileExtract says where in an answer a value stands. Exactly one key is given.
type fileExtract struct {
	mark   `yaml:"-"`
	JSON   text `yaml:"json" jsonschema_description:"JSON path (RFC 9535) to one value of the body, like $.token."`
	Header text `yaml:"header" jsonschema_description:"Name of a header of the answer."`
	Cookie text `yaml:"cookie" jsonschema_description:"Name of a cookie that the answer sets."`
	Regexp text `yaml:"regexp" jsonschema_description:"Regular expression (RE2) with one group, for the body; the group is the value."`
}

// JSONSchemaExtend says that a body is written out or in a file.
func (fileStep) JSONSchemaExtend(s *jsonschema.Schema) {
	s.Not = &jsonschema.Schema{Required: []string{"body", "body_file"}}
}

// JSONSchemaExtend says that a value has one source.
func (fileExtract) JSONSchemaExtend(s *jsonschema.Schema) {
	s.OneOf = requiring("json", "header", "cookie", "regexp")
}
