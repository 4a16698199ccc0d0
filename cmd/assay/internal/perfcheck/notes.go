package perfcheck

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/assay-bench/assay/internal/plain"
	"github.com/assay-bench/assay/results"
)

// Files that a check writes beside the folder bundle/.
const (
	VerdictFile = "verdict.json"
	SummaryFile = "summary.md"
)

// note is something that readers of the verdict have to know: a sentence with a list
// of names, which may come from a pull request.
type note struct {
	format string
	names  []string
}

// about makes a note.
func about(format string, names ...string) note { return note{format, names} }

// text is the note for a log, and markdown the note for a page, in which names must not
// become links or mentions.
func (n note) text() string { return fmt.Sprintf(n.format, strings.Join(n.names, ", ")) }

// markdown is the note with its names as Markdown shows them: they come from the commits
// that are checked.
func (n note) markdown() string {
	names := make([]string, len(n.names))
	for i, name := range n.names {
		names[i] = plain.Markdown(name)
	}
	return fmt.Sprintf(n.format, strings.Join(names, ", "))
}

// note prints a note at once, and keeps it for the summary.
func (c *Check) note(n note) {
	c.notes = append(c.notes, n)
	c.say("%s", n.text())
}

// leave writes the results. It writes the verdict last, so that if there is a
// verdict, the rest is complete.
func (c *Check) leave(j judgement) error {
	if err := results.WriteFile(filepath.Join(c.Out, SummaryFile), c.summary(j)); err != nil {
		return failf("the verdict could not be written; the bundle in %s is complete: %v", c.Out, err)
	}
	if err := results.WriteFile(filepath.Join(c.Out, VerdictFile), j.saved); err != nil {
		return failf("the verdict could not be written; the bundle in %s is complete: %v", c.Out, err)
	}
	if _, err := c.Stdout.Write([]byte(plain.Text(string(j.text)))); err != nil {
		return failf("print the verdict: %v", err)
	}
	c.say("bundle, %s and %s are in %s", VerdictFile, SummaryFile, c.Out)
	return nil
}

// summary returns the verdict as a page.
func (c *Check) summary(j judgement) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "Base `%s` (%s), head `%s` (%s).\n\n", c.base, plain.Markdown(c.Base), c.head, plain.Markdown(c.Head))
	for _, n := range c.notes {
		fmt.Fprintf(&b, "- %s\n", n.markdown())
	}
	b.WriteString("\n")
	b.Write(j.markdown)
	return b.Bytes()
}
