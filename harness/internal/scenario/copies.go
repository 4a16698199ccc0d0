package scenario

import (
	"fmt"

	"github.com/goccy/go-yaml/ast"
)

// maxCopied is how many values the aliases of a file may stand for, all together. A file
// without aliases has no room for as many.
const maxCopied = 200_000

// copies counts what the aliases of a file stand for. Each alias is as much work as if its
// value were written out, and an alias takes three bytes.
type copies struct {
	sizes map[ast.Node]int // of values that aliases refer to
	made  int
	said  bool
}

// tooMany counts one more copy of a value.
func (c *copies) tooMany(of ast.Node) bool {
	size, known := c.sizes[of]
	if !known {
		ast.Walk(counter{&size}, of)
		if c.sizes == nil {
			c.sizes = map[ast.Node]int{}
		}
		c.sizes[of] = size
	}
	c.made = min(c.made+size, maxCopied+1)
	return c.made > maxCopied
}

// tooManyCopies reports that the aliases stand for too much, at the first that does.
func (d *decoder) tooManyCopies(at mark) {
	if !d.copies.said {
		d.copies.said = true
		d.report(at, fmt.Sprintf("the aliases up to here stand for more than %d values", maxCopied), "use fewer aliases, or smaller values")
	}
}

// counter counts the nodes of a tree.
type counter struct{ n *int }

// Visit counts a node and goes on to those below it.
func (c counter) Visit(ast.Node) ast.Visitor {
	*c.n++
	return c
}
