package results

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// WriteBench writes the valid trials in Go benchmark format, one line per trial and
// stream, in block order and in base units. After the line of a stream with several
// targets comes a line of each target. The iteration column is the number of
// recorded requests. Figures that do not exist are left out of the line; quantiles
// that fall among time-outs are among them. Under closed load the latencies are
// service times, and the figures that only open load has are absent.
func WriteBench(w io.Writer, b *Bundle) error {
	out := bufio.NewWriter(w)
	for _, row := range metrics {
		fmt.Fprintf(out, "Unit %s better=%s\n", row.Unit, row.Better)
	}
	fmt.Fprintln(out)
	trials := b.Valid()
	slices.SortStableFunc(trials, func(x, y Trial) int {
		if x.Block != y.Block {
			return x.Block - y.Block
		}
		return x.Order - y.Order
	})
	for _, t := range trials {
		for i := range t.Streams {
			s := &t.Streams[i]
			server := ServerOf(b.Manifest, &t, s)
			writeBenchLine(out, BenchName(&t, s, server), s.Recorded, Figures(b.Manifest, &t, s))
			for k := range s.Targets {
				target := &s.Targets[k]
				if figures := TargetFigures(target); len(figures) > 0 { // else it was never drawn
					writeBenchLine(out, TargetBenchName(&t, s, target, server), target.Recorded, figures)
				}
			}
		}
	}
	return out.Flush()
}

// writeBenchLine writes one line of Go benchmark format. The number of recorded
// requests stands where go test has its iterations.
func writeBenchLine(out *bufio.Writer, name string, recorded uint64, figures map[string]float64) {
	fmt.Fprintf(out, "%s %d", name, recorded)
	for _, row := range metrics {
		if v, ok := figures[row.Unit]; ok {
			fmt.Fprintf(out, " %s %s", strconv.FormatFloat(v, 'g', -1, 64), row.Unit)
		}
	}
	fmt.Fprintln(out)
}

// BenchName is the name of a stream's line in bench.txt.
func BenchName(t *Trial, s *StreamResult, server *ServerResult) string {
	return benchName(t, s, "", server)
}

// TargetBenchName is the name of the line of one of a stream's targets in bench.txt.
func TargetBenchName(t *Trial, s, target *StreamResult, server *ServerResult) string {
	return benchName(t, s, "/target="+target.Name, server)
}

// benchName is the name of a line. Its parts stand in a fixed order, and those of the
// matrix are sorted, so that the same trial has the same name in every run.
func benchName(t *Trial, s *StreamResult, target string, server *ServerResult) string {
	var n strings.Builder
	fmt.Fprintf(&n, "BenchmarkHTTP/scenario=%s/variant=%s", t.Scenario, t.Variant)
	for _, k := range sortedKeys(t.Matrix) {
		fmt.Fprintf(&n, "/%s=%s", k, t.Matrix[k])
	}
	if len(t.Streams) > 1 {
		n.WriteString("/stream=" + s.Name)
	}
	n.WriteString(target)
	if server != nil && server.Procs > 0 {
		fmt.Fprintf(&n, "-%d", server.Procs)
	}
	return n.String()
}

// ServerOf is the result of the server that the stream was sent to, or nil.
func ServerOf(m *Manifest, t *Trial, s *StreamResult) *ServerResult {
	name := serverName(m, t, s)
	for i := range t.Servers {
		if t.Servers[i].Name == name {
			return &t.Servers[i]
		}
	}
	return nil
}

// serverName is the name of the server that a stream loads.
func serverName(m *Manifest, t *Trial, s *StreamResult) string {
	if sc := m.Scenario(t.Scenario); sc != nil {
		for _, st := range sc.Streams {
			if st.Name == s.Name {
				return st.Server
			}
		}
	}
	return ""
}

// sortedKeys gives a map the order in which names and files are made from it.
func sortedKeys(m map[string]string) []string {
	return slices.Sorted(maps.Keys(m))
}
