package actions

import (
	"fmt"
	"io"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/verdict"
)

// most is how many annotations of one kind GitHub shows for a step.
const most = 10

// Annotate writes one workflow command for each reason of a verdict: errors for a
// regression, warnings where it is inconclusive, and a notice for a pass.
func Annotate(w io.Writer, f verdict.File) error {
	command, title := "notice", "Performance check passed"
	switch f.Verdict {
	case verdict.Regression:
		command, title = "error", "Performance regression"
	case verdict.Inconclusive:
		command, title = "warning", "Performance check inconclusive"
	}
	said := f.Reasons
	if f.Verdict == verdict.Pass {
		said = []string{strings.Join(f.Reasons, "\n")}
	}
	if len(said) == 0 || len(said) == 1 && said[0] == "" {
		said = []string{"The job summary has the figures."}
	}
	if len(said) > most {
		rest := len(said) - most + 1
		said = append(said[:most-1:most-1], fmt.Sprintf("%d more reasons are in the job summary.", rest))
	}
	for _, s := range said {
		if _, err := fmt.Fprintf(w, "::%s title=%s::%s\n", command, property(title), message(s)); err != nil {
			return err
		}
	}
	return nil
}

// message escapes the text of a workflow command. What a pull request names its
// benchmarks must not end the command and begin another.
func message(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// property escapes a property of a workflow command.
func property(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(message(s))
}
