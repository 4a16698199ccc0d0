package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/plot"
)

// story reports whether what the server used over time is the point of a group:
// its load has a spike, or a scenario has further servers, such as a database.
func (s *study) story(i int) bool {
	return len(s.spec.Servers) > 1 || s.groups[i].cells[0].recovery != nil
}

// usedPlots shows a story's goroutines, memory and store connections.
func (p *page) usedPlots(s *study, i int) error {
	if !s.story(i) {
		return nil
	}
	var markup []string
	for _, draw := range []func(*study, int) (string, error){p.goroutinePlot, p.memoryPlot, p.connectionPlot} {
		m, err := draw(s, i)
		if err != nil {
			return err
		}
		if m != "" {
			markup = append(markup, m)
		}
	}
	if len(markup) > 0 {
		p.line("<p>%s</p>\n", strings.Join(markup, "\n"))
	}
	return nil
}

func (p *page) goroutinePlot(s *study, i int) (string, error) {
	return p.usedPlot(s, i, "goroutines", "goroutines of the server", usedGoroutines, 1)
}

func (p *page) memoryPlot(s *study, i int) (string, error) {
	return p.usedPlot(s, i, "memory", "resident memory of the server, MiB", usedMemory, 1.0/(1<<20))
}

func (p *page) connectionPlot(s *study, i int) (string, error) {
	return p.usedPlot(s, i, "connections", "store connections of the server, idle ones too", usedConnections, 1)
}

// fewestReadings is how many seconds a plot of what a server used has at least.
// One is read each second, so that a shorter burst may peak between two of them
// and one server look smaller than another that used less.
const fewestReadings = 5

// usedPlot draws what the servers used over time. Where none used any, or the
// load is a short burst, there is nothing to draw.
func (p *page) usedPlot(s *study, i int, file, title string, kind int, factor float64) (string, error) {
	g := s.groups[i]
	var lines []plot.Line
	longest, highest := 0, 0.0
	for _, c := range g.cells {
		l := over(c.time.used[kind], factor)
		l.Name, l.Slot = c.Variant, c.slot
		longest = max(longest, len(l.X))
		for _, y := range l.Y {
			highest = max(highest, y)
		}
		lines = append(lines, l)
	}
	if longest < fewestReadings || highest == 0 {
		return "", nil
	}
	axes := plot.Axes{Title: title + ", one reading a second", X: "seconds since the attack began", Shade: g.warmup(), Note: "warm-up", Event: g.event(), EventNote: "spike"}
	alt := fmt.Sprintf("%s over time: %s, one reading a second, medians over trials with intervals, for %s", s.spec.Name, title, names(g))
	return p.picture(s.plotName(i, file), alt, func(w io.Writer, t plot.Theme) error { return plot.Lines(w, t, axes, lines) })
}
