// Package gobench knows how Go benchmarks are named and selected. It does not run
// them.
package gobench

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Functions returns the part of a -bench expression that has to match the names of
// functions: for each alternative, the text before the first slash outside brackets.
// The rest applies to names of b.Run, which are not known in advance.
func Functions(bench string) string {
	var kept []byte
	square, round, rest := 0, 0, false
	for i := 0; i < len(bench); i++ {
		c := bench[i : i+1]
		switch {
		case c == `\` && i+1 < len(bench):
			i++
			c = bench[i-1 : i+1]
		case c == "[":
			square++
		case c == "]":
			square = max(square-1, 0)
		case square > 0:
		case c == "(":
			round++
		case c == ")":
			round--
		case round > 0:
		case c == "/":
			rest = true
		case c == "|":
			rest = false
		}
		if !rest {
			kept = append(kept, c...)
		}
	}
	return string(kept)
}

// Names returns the benchmark functions of a Go source file. For a file with syntax
// errors, it returns those before the error, as far as they can be read.
func Names(source []byte) []string {
	file, err := parser.ParseFile(token.NewFileSet(), "", source, parser.SkipObjectResolution)
	if file == nil || err != nil && file.Name == nil {
		return nil
	}
	var names []string
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && IsName(f.Name.Name) {
			names = append(names, f.Name.Name)
		}
	}
	return names
}

// IsName reports whether go test treats a function with the name as a benchmark: the
// text after "Benchmark" must not begin with a lower-case letter.
func IsName(name string) bool {
	rest, ok := strings.CutPrefix(name, "Benchmark")
	first, _ := utf8.DecodeRuneInString(rest)
	return ok && !unicode.IsLower(first)
}
