package actions

import (
	"fmt"
	"io"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/verdict"
)

// most is how many annotations of one kind GitHub shows for a step.
const most = 10

// Annotate writes workflow commands: an error for each row that regressed, a
// warning with the reasons of an inconclusive verdict, a notice for a pass, a notice for
// each cause at the line where it stands, and a warning for a positive control that found
// nothing.
func Annotate(w io.Writer, f verdict.File) error {
	var said []string
	say := func(command, title, text string) {
		said = append(said, fmt.Sprintf("::%s title=%s::%s\n", command, property(title), message(text)))
	}
	switch f.Verdict {
	case verdict.Pass:
		say("notice", "Performance check passed", fmt.Sprintf("In each of %d rows a loss beyond the margin is excluded.", len(f.Rows)))
	case verdict.Inconclusive:
		say("warning", "Performance check inconclusive", strings.Join(f.Reasons, "\n"))
	case verdict.Regression:
		var worse []verdict.Row
		names := verdict.Names(f.Rows)
		for i, r := range f.Rows {
			if r.Verdict == verdict.Regression {
				r.Name = names[i]
				worse = append(worse, r)
			}
		}
		shown := worse
		if len(worse) > most {
			shown = worse[:most-1]
		}
		for _, r := range shown {
			say("error", "Performance regression", fmt.Sprintf("%s, %s: %s; the margin is %s", r.Name, r.Unit, r.Worse(), r.Format(r.Margin)))
		}
		if rest := len(worse) - len(shown); rest > 0 {
			say("error", "Performance regression", fmt.Sprintf("%d more rows are in the job summary.", rest))
		}
	}
	said = append(said, causes(f.Explanation)...)
	for _, c := range f.Controls {
		if c.Kind == verdict.Positive && !c.Fired {
			outcome := "was not found"
			if !c.Judged {
				outcome = "could not be judged"
			}
			say("warning", "Positive control not found", fmt.Sprintf("A known slowdown, %s against %s, %s: today a regression of this size could have gone unseen.", c.Head, c.Base, outcome))
		}
	}
	for _, s := range said {
		if _, err := io.WriteString(w, s); err != nil {
			return err
		}
	}
	return nil
}

// message escapes the text of a workflow command. A pull request chooses the names of its
// benchmarks, and such a name must not end the command and begin another one.
func message(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// property escapes a property of a workflow command.
func property(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(message(s))
}
