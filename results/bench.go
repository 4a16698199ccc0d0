package results

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// benchUnits are the units of bench.txt in the order of its lines, with the
// direction that is better.
var benchUnits = []struct{ name, better string }{
	{"p50-sec", "lower"}, {"p90-sec", "lower"}, {"p95-sec", "lower"}, {"p99-sec", "lower"}, {"p99.9-sec", "lower"},
	{"max-sec", "lower"}, {"mean-sec", "lower"},
	{"service-p99-sec", "lower"}, {"lag-p99-sec", "lower"}, {"conn-wait-p99-sec", "lower"},
	{"req/s", "higher"}, {"goodput/s", "higher"}, {"within-slo-ratio", "higher"},
	{"error-ratio", "lower"}, {"reject-ratio", "lower"}, {"timeout-ratio", "lower"},
	{"server-cpu-sec/op", "lower"}, {"server-B/op", "lower"}, {"server-allocs/op", "lower"},
	{"peak-RSS-bytes", "lower"}, {"peak-goroutines", "lower"},
}

// WriteBench writes the trials that count in Go benchmark format, one line per
// trial and stream, in block order, in base units. The iteration column is the
// number of recorded requests. Figures that do not exist are left out of the
// line, among them quantiles that fall among time-outs. In closed load the
// latencies are service times and open load's own figures are absent.
func WriteBench(w io.Writer, b *Bundle) error {
	out := bufio.NewWriter(w)
	for _, u := range benchUnits {
		fmt.Fprintf(out, "Unit %s better=%s\n", u.name, u.better)
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
			writeBenchLine(out, b.Manifest, &t, &t.Streams[i])
		}
	}
	return out.Flush()
}

func writeBenchLine(out *bufio.Writer, m *Manifest, t *Trial, s *StreamResult) {
	figures := Figures(m, t, s)
	fmt.Fprintf(out, "%s %d", BenchName(t, s, ServerOf(m, t, s)), s.Recorded)
	for _, u := range benchUnits {
		if v, ok := figures[u.name]; ok {
			fmt.Fprintf(out, " %s %s", strconv.FormatFloat(v, 'g', -1, 64), u.name)
		}
	}
	fmt.Fprintln(out)
}

// BenchName is the name of a stream's line in bench.txt.
func BenchName(t *Trial, s *StreamResult, server *ServerResult) string {
	var n strings.Builder
	fmt.Fprintf(&n, "BenchmarkHTTP/scenario=%s/variant=%s", t.Scenario, t.Variant)
	for _, k := range sortedKeys(t.Matrix) {
		fmt.Fprintf(&n, "/%s=%s", k, t.Matrix[k])
	}
	if len(t.Streams) > 1 {
		n.WriteString("/stream=" + s.Name)
	}
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

// Figures are a stream's numbers by unit, in base units (seconds, bytes, per
// second, ratios). What its server used is divided by all that it completed in
// the window, over all of its streams.
func Figures(m *Manifest, t *Trial, s *StreamResult) map[string]float64 {
	f := map[string]float64{}
	ns := func(name string, v *float64) {
		if v != nil {
			f[name] = *v / float64(time.Second)
		}
	}
	h := s.Headline
	ns("p50-sec", h.P50)
	ns("p90-sec", h.P90)
	ns("p95-sec", h.P95)
	ns("p99-sec", h.P99)
	ns("p99.9-sec", h.P999)
	ns("max-sec", h.Max)
	ns("mean-sec", h.Mean)
	if s.Model == ModelOpen {
		ns("service-p99-sec", s.Parts["service."+OK].P99)
		ns("lag-p99-sec", s.Parts["lag."+OK].P99)
		if s.WithinSLO != nil && s.Scheduled > 0 {
			f["within-slo-ratio"] = float64(s.WithinSLO.Count) / float64(s.Scheduled)
		}
	}
	ns("conn-wait-p99-sec", s.Parts["conn-wait."+OK].P99)
	f["req/s"], f["goodput/s"] = s.Throughput, s.Goodput
	if n := float64(s.Outcomes.Total()); n > 0 {
		f["error-ratio"] = float64(s.Outcomes.Error) / n
		f["reject-ratio"] = float64(s.Outcomes.Rejected) / n
		f["timeout-ratio"] = float64(s.Outcomes.Timeout) / n
	}
	server := ServerOf(m, t, s)
	if server == nil {
		return f
	}
	var ops float64
	for i := range t.Streams {
		if st := &t.Streams[i]; serverName(m, t, st) == server.Name {
			ops += float64(st.Completed)
		}
	}
	per := func(name string, v *float64) {
		if v != nil && ops > 0 {
			f[name] = *v / ops
		}
	}
	per("server-cpu-sec/op", server.CPU)
	per("server-B/op", server.AllocBytes)
	per("server-allocs/op", server.Allocs)
	if server.PeakRSSBytes != nil {
		f["peak-RSS-bytes"] = float64(*server.PeakRSSBytes)
	}
	if server.PeakGoroutines != nil {
		f["peak-goroutines"] = *server.PeakGoroutines
	}
	return f
}

func sortedKeys(m map[string]string) []string {
	return slices.Sorted(maps.Keys(m))
}
