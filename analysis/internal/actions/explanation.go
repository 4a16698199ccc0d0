package actions

import (
	"fmt"
	"net/url"
	"path"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/explain"
	"github.com/assay-bench/assay/analysis/internal/verdict"
	"github.com/assay-bench/assay/internal/plain"
)

// mostCauses is how many causes are told, and mostText the length of a name, a sentence
// or a reason: all of them may come from a stranger.
const (
	mostCauses = 3
	mostText   = 600
)

// Explanation says why head is slower: the functions and the endpoint that explain most,
// as text or as Markdown. source is the address of the files of head, to which functions
// are linked; without one, or with one that is none, there are no links. The text is empty
// if nobody looked for a cause.
func Explanation(e *verdict.Explanation, markdown bool, source string) string {
	if e == nil {
		return ""
	}
	show, heading, item := plain.Line, "Why it is slower:", "  %d. %s\n"
	if markdown {
		show, heading, item = plain.Literal, "#### Why it is slower\n", "%d. %s\n"
	}
	var b strings.Builder
	if e.Missing != "" {
		fmt.Fprintf(&b, "The cause was not looked for: %s.\n", show(strings.TrimSuffix(cut(e.Missing), ".")))
		return b.String()
	}
	fmt.Fprintf(&b, "%s\n", heading)
	if e.Summary != "" {
		fmt.Fprintf(&b, "%s\n", show(cut(e.Summary)))
		if markdown {
			b.WriteString("\n")
		}
	}
	for i, c := range shown(e.Causes) {
		fmt.Fprintf(&b, item, i+1, show(cut(worded(c)))+where(c, markdown, source))
	}
	if e.Endpoint != nil {
		if markdown {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s\n", show(cut(grown(e.Endpoint))))
	}
	return b.String()
}

func shown(all []verdict.Cause) []verdict.Cause { return all[:min(len(all), mostCauses)] }

// cut shortens text.
func cut(s string) string {
	if r := []rune(s); len(r) > mostText {
		return string(r[:mostText]) + "…"
	}
	return s
}

// worded is a cause in the words of `assay explain`, without its source. For a
// function outside of the repository it adds the caller inside.
func worded(c verdict.Cause) string {
	said := explain.Cause{Kind: c.Kind, Name: c.Name, What: c.What, Unit: c.Unit, Difference: c.Difference, Low: c.Low, High: c.High, PAdjusted: c.PAdjusted}
	text := said.Line()
	if c.Caller != "" && inRepository(c) {
		text += ", called by " + explain.Short(c.Caller)
	}
	return text
}

// grown is an endpoint in the words of `assay explain`.
func grown(e *verdict.Endpoint) string {
	s := explain.Section{Endpoint: &explain.Row{Name: e.Name, Base: e.Base, Difference: e.Difference, Low: e.Low, High: e.High, PAdjusted: e.PAdjusted}}
	return s.EndpointLine()
}

// where says at which line a cause stands. A link is made of an address from the caller
// and of a path that cannot leave the repository.
func where(c verdict.Cause, markdown bool, source string) string {
	if !inRepository(c) {
		if c.Source == "" {
			return ""
		}
		if markdown {
			return ", " + plain.Code(cut(c.Source))
		}
		return ", " + plain.Line(cut(c.Source))
	}
	at := fmt.Sprintf("%s:%d", c.File, c.Line)
	switch {
	case !markdown:
		return ", " + plain.Line(cut(at))
	case !address(source):
		return ", " + plain.Code(cut(at))
	}
	segments := strings.Split(c.File, "/")
	for i, s := range segments {
		segments[i] = strings.NewReplacer("(", "%28", ")", "%29", "'", "%27").Replace(url.PathEscape(s))
	}
	return fmt.Sprintf(", [%s](%s/%s#L%d)", plain.Code(cut(at)), strings.TrimSuffix(source, "/"), strings.Join(segments, "/"), c.Line)
}

// inRepository reports whether a cause stands at a line of a file of the repository.
func inRepository(c verdict.Cause) bool {
	return c.File != "" && c.Line > 0 && len(c.File) <= mostText && path.Clean(c.File) == c.File && !path.IsAbs(c.File) &&
		c.File != ".." && !strings.HasPrefix(c.File, "../") && !strings.ContainsRune(c.File, '\\')
}

// causes are workflow commands with the causes of a verdict, each at its line, and one
// with the endpoint.
func causes(e *verdict.Explanation) (said []string) {
	if e == nil || e.Missing != "" {
		return nil
	}
	const title = "Why it is slower"
	for _, c := range shown(e.Causes) {
		at := ""
		if inRepository(c) {
			at = fmt.Sprintf("file=%s,line=%d,", property(c.File), c.Line)
		}
		said = append(said, fmt.Sprintf("::notice %stitle=%s::%s\n", at, property(title), message(cut(worded(c)))))
	}
	if e.Endpoint != nil {
		said = append(said, fmt.Sprintf("::notice title=%s::%s\n", property(title), message(cut(grown(e.Endpoint)))))
	}
	return said
}
