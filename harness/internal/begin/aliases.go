package begin

import (
	"bytes"
	"fmt"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/assay-bench/assay/harness/internal/text"
)

// maxExpanded is how many values a document may have when each of its aliases is replaced
// by what it stands for. A document of a few hundred bytes can stand for a billion.
const maxExpanded = maxValues

// expandable refuses a document in YAML whose aliases stand for too much.
func expandable(data []byte) error {
	if !bytes.ContainsRune(data, '&') || !bytes.ContainsRune(data, '*') {
		return nil
	}
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil // whoever reads the document says what is wrong with it
	}
	e := expansion{anchors: map[string]int{}}
	for _, doc := range file.Docs {
		e.size(doc.Body)
	}
	if e.at == nil {
		return nil
	}
	at := e.at.GetToken().Position
	return &text.Problem{Line: at.Line, Column: at.Column, Message: fmt.Sprintf("the aliases up to here stand for more than %d values: use fewer aliases, or smaller values", maxExpanded)}
}

// expansion counts the values of a document with all of its aliases replaced.
type expansion struct {
	anchors map[string]int // how many values each stands for
	at      ast.Node       // the first alias with which there are too many
}

// size is the number of values that a node stands for, or about maxExpanded if it is more.
func (e *expansion) size(n ast.Node) int {
	total := 1
	add := func(n ast.Node) {
		if total += e.size(n); total > maxExpanded {
			total = maxExpanded + 1
		}
	}
	switch n := n.(type) {
	case nil:
		return 0
	case *ast.AnchorNode:
		add(n.Value)
		e.anchors[n.Name.GetToken().Value] = total
	case *ast.AliasNode:
		if total += e.anchors[n.Value.GetToken().Value]; total > maxExpanded {
			total = maxExpanded + 1
		}
	case *ast.TagNode:
		add(n.Value)
	case *ast.SequenceNode:
		for _, v := range n.Values {
			add(v)
			e.over(v, total)
		}
	case *ast.MappingNode:
		for _, v := range n.Values {
			add(v)
			e.over(v, total)
		}
	case *ast.MappingValueNode:
		add(n.Key)
		add(n.Value)
	}
	return total
}

// over remembers the first place at which a document has too many values.
func (e *expansion) over(n ast.Node, total int) {
	if e.at == nil && total > maxExpanded {
		e.at = n
	}
}
