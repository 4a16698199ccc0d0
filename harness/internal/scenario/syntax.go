package scenario

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	plain "github.com/assay-bench/assay/harness/internal/text"
)

const (
	maxFile  = 256 << 10 // largest size of a scenario file, in bytes
	maxDepth = 100       // of nested values
)

// parse parses YAML and returns the root of the only document. It returns nil after
// it has reported errors.
func (d *decoder) parse(source []byte) ast.Node {
	if len(source) > maxFile {
		d.report(mark{1, 1}, fmt.Sprintf("the file has more than %d bytes", maxFile), "put long values into body_file or a vars file")
		return nil
	}
	source, encoding := plain.Decode(source)
	if encoding != nil {
		d.report(mark{encoding.Line, encoding.Column}, encoding.Message, encoding.Suggestion)
		return nil
	}
	if at, bad := unreadable(source); bad != nil {
		d.report(at, bad.message, bad.suggestion)
		return nil
	}
	tokens := lexer.Tokenize(d.quote(string(source)))
	if d.tooDeep(tokens) || d.tagged(tokens) {
		return nil
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		d.syntax(source, err)
		return nil
	}
	d.tabsBefore(tokens, source)
	var root ast.Node
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil:
		case root != nil:
			d.report(markOf(doc.Body), "the file holds a second document, expected one scenario per file", "put it into a file of its own")
		default:
			root = doc.Body
		}
	}
	if root == nil {
		d.report(mark{1, 1}, "the file is empty, expected a scenario", "begin with version: 1")
	}
	return root
}

// tooDeep rejects input on which the parser, which is recursive, would take very
// long or crash.
func (d *decoder) tooDeep(tokens token.Tokens) bool {
	brackets, dashes, line := 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			dashes, line = 0, t.Position.Line
		}
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			brackets++
		case token.MappingEndType, token.SequenceEndType:
			brackets--
		case token.SequenceEntryType, token.MappingKeyType:
			dashes++ // "- - -" and "? ? ?" nest within one line
		}
		if brackets > maxDepth || dashes > maxDepth || t.Position.IndentNum > 10*maxDepth {
			d.report(mark{line, t.Position.Column}, "the file is nested too deeply", "")
			return true
		}
	}
	return false
}

// tagged reports every tag, because scenarios do not use tags.
func (d *decoder) tagged(tokens token.Tokens) bool {
	found := false
	for _, t := range tokens {
		if t.Type == token.TagType {
			d.report(mark{t.Position.Line, t.Position.Column}, fmt.Sprintf("tag %s is not supported", t.Value), "delete it")
			found = true
		}
	}
	return found
}

// syntax reports an error of the YAML parser, in the wording of syntaxErrors.
func (d *decoder) syntax(source []byte, err error) {
	var e yaml.Error
	if !errors.As(err, &e) || e.GetToken() == nil || e.GetToken().Position == nil {
		d.report(mark{1, 1}, "not valid YAML: "+err.Error(), "")
		return
	}
	message := e.GetMessage()
	if strings.ContainsAny(message, "\t") || strings.Contains(message, "tab character") {
		if d.tabs(source) {
			return
		}
	}
	at := mark{e.GetToken().Position.Line, e.GetToken().Position.Column}
	suggestion := ""
	for _, known := range syntaxErrors {
		if strings.Contains(message, known.part) {
			message, suggestion = known.message, known.suggestion
			break
		}
	}
	d.report(at, "not valid YAML: "+message, suggestion)
}

// tabsBefore reports lines whose indentation contains a tab. The parser accepts
// them, but other readers of YAML reject them. Lines inside a text are not checked.
func (d *decoder) tabsBefore(tokens token.Tokens, source []byte) {
	lines := strings.Split(string(source), "\n")
	seen := 0
	for i, t := range tokens {
		line := t.Position.Line
		if line <= seen || line > len(lines) || i > 0 && isBlockHeader(tokens[i-1]) {
			continue
		}
		seen = line
		if column := strings.IndexByte(indentation(lines[line-1]), '\t'); column >= 0 {
			d.tab(line, column)
		}
	}
}

// isBlockHeader reports whether t is the | or > before a text of several lines.
func isBlockHeader(t *token.Token) bool {
	return t.Type == token.LiteralType || t.Type == token.FoldedType
}

// indentation returns the spaces and tabs at the beginning of a line.
func indentation(line string) string {
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}

// tab reports a line that is indented with a tab.
func (d *decoder) tab(line, column int) {
	d.report(mark{line, column + 1}, "the line is indented with a tab, which YAML does not allow", "use spaces")
}

// tabs reports every line that is indented with a tab.
func (d *decoder) tabs(source []byte) bool {
	found := false
	for i, line := range strings.Split(string(source), "\n") {
		if column := strings.IndexByte(indentation(line), '\t'); column >= 0 {
			d.tab(i+1, column)
			found = true
		}
	}
	return found
}

// syntaxErrors rewords messages of the parser to say what was expected.
var syntaxErrors = []struct{ part, message, suggestion string }{
	{"',' or ']' must be specified", "expected , or ] in a list", "close the list with ], or quote the value"},
	{"',' or '}' must be specified", "expected , or } in a mapping", "close the mapping with }, or quote the value"},
	{"flow mapping end token", "{ is never closed", "close it with }"},
	{"sequence end token", "[ is never closed", "close it with ]"},
	{"could not find '['", "] without [", "quote the value if the ] belongs to it"},
	{"could not find '{'", "} without {", "quote the value if the } belongs to it"},
	{"end character of double-quoted", `the text has no closing "`, `close it with "`},
	{"end character of single-quoted", "the text has no closing '", "close it with '"},
	{"mapping value is not allowed", "a second : in one line", "quote the value if the : belongs to it"},
	{"invalid key for this map", "expected a key", "quote the value if the : belongs to it"},
	{"unexpected key name", "expected key: value", "put a space after the :"},
	{"reserved character", "a value may not begin with @ or `", "quote it"},
	{"unexpected directive", "a value may not begin with %", "quote it"},
	{"unknown escape character", `unknown escape in a text in "..."`, `write \\ for \, or use '...'`},
	{"value is not allowed in this context", "unexpected value", "check the indentation and the quotes of this line"},
}

// unreadable finds the first control character that is not allowed in a scenario.
func unreadable(source []byte) (mark, *problem) {
	at := mark{1, 1}
	for len(source) > 0 {
		r, size := utf8.DecodeRune(source)
		switch {
		case r < ' ' && !strings.ContainsRune("\t\n\r", r) || r == 0x7f:
			return at, &problem{fmt.Sprintf("the file holds a control character, %U", r), fmt.Sprintf(`write "\x%02X", in quotes`, r)}
		case r == '\n':
			at = mark{at.line + 1, 1}
		default:
			at.column++
		}
		source = source[size:]
	}
	return at, nil
}
