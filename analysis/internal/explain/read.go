package explain

import (
	"errors"
	"fmt"

	"github.com/google/pprof/profile"

	"github.com/assay-bench/assay/results"
)

// metric is a quantity of a kind of profile.
type metric struct {
	kind  string  // of the profile
	value string  // type of the samples
	unit  string  // of the result, for one answer
	scale float64 // from the unit of the samples
	what  string  // for readers
}

// metrics are the quantities that are compared, in the order in which they are shown.
var metrics = []metric{
	{results.ProfileCPU, "cpu", "sec", 1e-9, "CPU time"},
	{results.ProfileAllocs, "alloc_space", "B", 1, "memory allocated"},
	{results.ProfileAllocs, "alloc_objects", "objects", 1, "objects allocated"},
	{results.ProfileMutex, "delay", "sec", 1e-9, "time that others waited for a lock"},
	{results.ProfileBlock, "delay", "sec", 1e-9, "time waited for locks, channels and the like"},
}

// Places of the metrics in the list.
const (
	cpuMetric = iota
	bytesMetric
	objectsMetric
	lockMetric
	waitMetric
	metricCount
)

// function is a function of a profile.
type function struct {
	name string
	file string
}

// reading is a profile in the form in which it is summed up. Functions have numbers that
// are their own in every reading until [index] gives them those of all.
type reading struct {
	functions []function
	frames    [][]frame // of every location, from the innermost one
	stacks    []stack
}

// frame is a function at a line. Several frames of one location were inlined.
type frame struct {
	function int32
	line     int32
}

// stack is one sample.
type stack struct {
	locations []int32 // from the innermost one
	group     group
	values    []float64 // by metric of the profile's kind, in the order of the list
}

// errUnnamed says that a profile has addresses instead of functions.
var errUnnamed = errors.New("its functions have no names: the server's profiles have to be symbolised")

// digest takes from a profile what is compared: the values of the metrics of its kind.
func digest(p *profile.Profile, kind string) (*reading, error) {
	columns, scales, err := columnsOf(p, kind)
	if err != nil {
		return nil, err
	}
	r := &reading{}
	ids := make(map[*profile.Function]int32, len(p.Function))
	byName := map[string]int32{}
	classes := []class{}
	idOf := func(f *profile.Function) int32 {
		if id, ok := ids[f]; ok {
			return id
		}
		id, ok := byName[f.Name]
		if !ok {
			id = int32(len(r.functions))
			byName[f.Name] = id
			r.functions = append(r.functions, function{f.Name, f.Filename})
			classes = append(classes, classify(f.Name))
		}
		ids[f] = id
		return id
	}
	places := make(map[*profile.Location]int32, len(p.Location))
	for _, l := range p.Location {
		var frames []frame
		for _, line := range l.Line {
			if line.Function != nil {
				frames = append(frames, frame{idOf(line.Function), int32(line.Line)})
			}
		}
		places[l] = int32(len(r.frames))
		r.frames = append(r.frames, frames)
	}
	if len(p.Sample) > 0 && len(r.functions) == 0 {
		return nil, errUnnamed
	}
	calls := 0
	for _, s := range p.Sample {
		calls += len(s.Location)
	}
	// One allocation for all stacks: a large profile has tens of thousands.
	locations, values := make([]int32, calls), make([]float64, len(p.Sample)*len(columns))
	r.stacks = make([]stack, 0, len(p.Sample))
	var said []class
	for _, s := range p.Sample {
		st := stack{locations: locations[:len(s.Location)], values: values[:len(columns)]}
		locations, values = locations[len(s.Location):], values[len(columns):]
		said = said[:0]
		for i, l := range s.Location {
			st.locations[i] = places[l]
			for _, f := range r.frames[places[l]] {
				said = append(said, classes[f.function])
			}
		}
		st.group = groupOf(said)
		for i, c := range columns {
			st.values[i] = float64(s.Value[c]) * scales[i]
		}
		r.stacks = append(r.stacks, st)
	}
	return r, nil
}

// columnsOf returns where the values of a kind's metrics stand in the samples, and what
// they are multiplied with.
func columnsOf(p *profile.Profile, kind string) (columns []int, scales []float64, err error) {
	for _, m := range metrics {
		if m.kind != kind {
			continue
		}
		at := -1
		for i, t := range p.SampleType {
			if t.Type == m.value {
				at = i
			}
		}
		if at < 0 {
			return nil, nil, fmt.Errorf("it has no values of the type %q", m.value)
		}
		scale := m.scale
		if m.unit == "sec" {
			switch unit := p.SampleType[at].Unit; unit {
			case "nanoseconds":
			case "microseconds":
				scale = 1e-6
			case "milliseconds":
				scale = 1e-3
			default:
				return nil, nil, fmt.Errorf("its values of the type %q are in %q, which is no known unit of time", m.value, unit)
			}
		}
		columns, scales = append(columns, at), append(scales, scale)
	}
	return columns, scales, nil
}
