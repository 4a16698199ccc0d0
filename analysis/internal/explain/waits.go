package explain

import (
	"maps"
	"slices"
	"strings"

	"github.com/assay-bench/assay/results"
)

// waits compares where the time of a request goes, and which endpoint takes it. All of
// it comes from the measured blocks.
type waits struct {
	blocks    int
	service   *Row   // what the server takes for a request, by stream the first one's
	parts     []*Row // what the server says of itself (Server-Timing), and the ledger's parts
	endpoints []*Row // of streams with several targets
}

// ledger are the parts of a request that do not come from the server. They are shown, and
// are no reason within it.
var ledger = []string{results.PartLag, results.PartConnWait, results.PartHandling, results.PartDial, results.PartHandshake}

// timeOf compares the measured trials of two variants. Only requests that were answered
// ok count, of streams that load the server.
func timeOf(m *results.Manifest, trials []results.Trial, sides []side, server string) *waits {
	byBlock := map[int]*[2]map[string]float64{}
	var order []string // of the names
	for i := range trials {
		t := &trials[i]
		if byBlock[t.Block] == nil {
			byBlock[t.Block] = new([2]map[string]float64)
		}
		got := partsOf(m, t, server)
		byBlock[t.Block][sides[i]] = got
		for _, name := range slices.Sorted(maps.Keys(got)) {
			if !slices.Contains(order, name) {
				order = append(order, name)
			}
		}
	}
	w := &waits{}
	for _, name := range order {
		var blocks []int
		var base, head []float64
		for _, b := range slices.Sorted(maps.Keys(byBlock)) {
			x, ok := byBlock[b][atBase][name]
			y, ok2 := byBlock[b][atHead][name]
			if ok && ok2 {
				blocks, base, head = append(blocks, b), append(base, x), append(head, y)
			}
		}
		if len(blocks) == 0 {
			continue
		}
		w.blocks = max(w.blocks, len(blocks))
		w.add(name, blocks, base, head)
	}
	return w
}

// add puts a quantity where it belongs by its name.
func (w *waits) add(name string, blocks []int, base, head []float64) {
	kind, label, _ := strings.Cut(name, "\n")
	_, part, several := strings.Cut(label, "/")
	if !several {
		part = label
	}
	switch {
	case kind == CountsEndpoint:
		w.endpoints = append(w.endpoints, newRow(label, CountsEndpoint, blocks, base, head))
	case part == results.PartService:
		r := newRow(label, CountsTotal, blocks, base, head)
		if w.service == nil {
			w.service = r
		}
	default:
		w.parts = append(w.parts, newRow(label, CountsPart, blocks, base, head))
	}
}

// partsOf returns the mean times of one trial in seconds. A name has what it is, a line
// feed, and the part or the target, after its stream if there are several.
func partsOf(m *results.Manifest, t *results.Trial, server string) map[string]float64 {
	all := map[string]float64{}
	for i := range t.Streams {
		s := &t.Streams[i]
		if of := results.ServerOf(m, t, s); of == nil || of.Name != server {
			continue
		}
		prefix := ""
		if len(t.Streams) > 1 {
			prefix = s.Name + "/"
		}
		for key, q := range s.Parts {
			part, ok := strings.CutSuffix(key, "."+results.OK.String())
			if !ok || q.Mean == nil || part == results.PartResponse {
				continue
			}
			all[CountsPart+"\n"+prefix+part] = *q.Mean / 1e9
		}
		if rest := restOf(s); rest > 0 {
			all[CountsPart+"\n"+prefix+restPart] = rest
		}
		for k := range s.Targets {
			target := &s.Targets[k]
			if mean := target.Part(results.PartService, results.OK).Mean; mean != nil {
				all[CountsEndpoint+"\n"+prefix+target.Name] = *mean / 1e9
			}
		}
	}
	return all
}

// The phase that holds the others by convention, and what is left of it without them. A
// whole grows with each of its parts, and so explains nothing.
const (
	wholePart = "total"
	restPart  = "rest of total"
)

// restOf returns the mean time in seconds that a server spends on a request of a stream
// outside of the phases that it reports, but within their total. It is 0 if there is no
// total, nothing beside it, or if the phases overlap.
func restOf(s *results.StreamResult) (rest float64) {
	ok := "." + results.OK.String()
	total := s.Parts[wholePart+ok].Mean
	if total == nil {
		return 0
	}
	rest = *total
	several := false
	for _, key := range slices.Sorted(maps.Keys(s.Parts)) { // so that the sum is the same each time
		q := s.Parts[key]
		part, answered := strings.CutSuffix(key, ok)
		if !answered || q.Mean == nil || part == wholePart || part == results.PartService || part == results.PartResponse || slices.Contains(ledger, part) {
			continue
		}
		rest -= *q.Mean
		several = true
	}
	if !several {
		return 0
	}
	return max(0, rest/1e9)
}

// grown chooses among rows the one that explains most of the growth of the service time:
// of those that explain about as much as the best, the smallest, because a phase holds
// others. It returns nil if nothing grew by a share of the whole that is worth a mention.
func grown(rows []*Row, whole *Row) (best *Row) {
	sure, largest := 0.0, 0.0
	for _, r := range rows {
		if r.Verdict == Grew {
			sure, largest = max(sure, *r.Low), max(largest, r.Difference)
		}
	}
	enough := max(ofSure*sure, ofLargest*largest)
	for _, r := range rows {
		if r.Verdict != Grew || r.Difference < enough || whole != nil && r.Difference < worth*whole.Base {
			continue
		}
		if best == nil || r.Head < best.Head {
			best = r
		}
	}
	return best
}

// growth is by how much the service time grew, or, if that is not known to have grown,
// the phase that grew most; 0: nothing did.
func (w *waits) growth() (grew float64) {
	if w.service != nil && w.service.Verdict == Grew {
		return w.service.Difference
	}
	for _, r := range w.parts {
		if r.Verdict == Grew && !r.outside() {
			grew = max(grew, r.Difference)
		}
	}
	return grew
}

// base is the service time of base, or 0 if it is not known.
func (w *waits) base() float64 {
	if w.service == nil {
		return 0
	}
	return w.service.Base
}

// part is the name of a part of the time of requests without its stream, which stands
// before a slash if there are several.
func (r *Row) part() string { return r.Name[strings.LastIndexByte(r.Name, '/')+1:] }

// outside reports whether a part of the time of requests is spent outside the server.
func (r *Row) outside() bool { return slices.Contains(ledger, r.part()) }

// whole reports whether a part of the time of requests is a whole, or what is left of it.
func (r *Row) whole() bool { return r.part() == wholePart || r.part() == restPart }

// phase returns the part of the server's own time that explains most of the growth.
func (w *waits) phase() *Row {
	return w.grown(func(r *Row) bool { return !r.outside() && !r.whole() })
}

// unnamed returns what grew of the server's own time outside of the phases that it
// reports, or nil.
func (w *waits) unnamed() *Row { return w.grown((*Row).whole) }

// outside returns the part of a request outside the server that grew most, or nil.
func (w *waits) outside() *Row { return w.grown((*Row).outside) }

// grown chooses among some of the parts.
func (w *waits) grown(among func(*Row) bool) *Row {
	var some []*Row
	for _, r := range w.parts {
		if among(r) {
			some = append(some, r)
		}
	}
	return grown(some, w.service)
}

// endpoint returns the endpoint that grew most, or nil.
func (w *waits) endpoint() (best *Row) {
	for _, r := range w.endpoints {
		if r.Verdict == Grew && r.Difference >= worth*r.Base && (best == nil || r.Difference > best.Difference) {
			best = r
		}
	}
	return best
}

// overhead is what the profiler costs: the server's CPU time for an answer in measured
// trials, and in profiled ones. A time that is not known is 0.
type overhead struct {
	Measured, Profiled float64 // seconds of CPU for an answer, mean of base and head
}

// costOf compares the CPU time of a server in profiled and in measured trials.
func costOf(m *results.Manifest, measured, profiled []results.Trial, server string) overhead {
	perAnswer := func(trials []results.Trial) float64 {
		var all []float64
		for i := range trials {
			t := &trials[i]
			for k := range t.Servers {
				s := &t.Servers[k]
				if s.Name != server || s.CPU == nil {
					continue
				}
				for j := range t.Streams {
					rate := answersPerSecond(m, t, server) * t.Streams[j].Window.Seconds()
					if rate > 0 {
						all = append(all, *s.CPU/rate)
					}
					break
				}
			}
		}
		return mean(all)
	}
	return overhead{perAnswer(measured), perAnswer(profiled)}
}
