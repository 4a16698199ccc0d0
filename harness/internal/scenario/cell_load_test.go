package scenario

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// byMatrix is a file whose load depends on the matrix; each case of TestBrokenCells breaks
// it in one place.
const byMatrix = `version: 1
name: x
server: {command: [x, "${port}", "${kind}"]}
variants: [{name: a, params: {kind: x, way: fast}}, {name: b, params: {kind: y, way: std}}]
aa: a
params: {limit: 200ms}
matrix: {clients: [10, 100], seconds: [1, 3]}
load:
  closed: {clients: "${clients}", duration: "${seconds}s"}
  transport: ${way}
targets: [{path: /}]
objectives: ["p99 < ${limit}", "goodput > ${clients}/s"]
`

func TestLoadsOfCells(t *testing.T) {
	s := parse(t, byMatrix)
	var got []string
	for _, c := range s.Cells() {
		at := s.For(c)
		st := at.Streams[0]
		text := strings.Join([]string{c.Name(), time.Duration(st.Closed.Clients).String(), st.Closed.Duration.String(), st.Transport, at.Objectives[1].Text}, " ")
		got = append(got, text)
		if slo, ok := at.SLO(); !ok || slo != 200*time.Millisecond || st.Connections != st.Closed.Clients {
			t.Errorf("%s: SLO %v, %d connections", c.Name(), slo, st.Connections)
		}
		r, err := s.Resolve(c, Env{Ports: map[string]int{"server": 80}})
		if err != nil || r.Streams[0].Closed.Clients != st.Closed.Clients || r.Streams[0].Targets == nil {
			t.Errorf("%s: resolved %+v, %v", c.Name(), r, err)
		}
	}
	want := []string{
		"a/clients=10/seconds=1 10ns 1s fast goodput > 10/s", "a/clients=10/seconds=3 10ns 3s fast goodput > 10/s",
		"a/clients=100/seconds=1 100ns 1s fast goodput > 100/s", "a/clients=100/seconds=3 100ns 3s fast goodput > 100/s",
		"b/clients=10/seconds=1 10ns 1s std goodput > 10/s", "b/clients=10/seconds=3 10ns 3s std goodput > 10/s",
		"b/clients=100/seconds=1 100ns 1s std goodput > 100/s", "b/clients=100/seconds=3 100ns 3s std goodput > 100/s",
		"a-aa/clients=10/seconds=1 10ns 1s fast goodput > 10/s", "a-aa/clients=10/seconds=3 10ns 3s fast goodput > 10/s",
		"a-aa/clients=100/seconds=1 100ns 1s fast goodput > 100/s", "a-aa/clients=100/seconds=3 100ns 3s fast goodput > 100/s",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if s.Streams[0].Closed.Clients != 10 || len(s.Loads()) != 9 {
		t.Errorf("the load of the scenario is %+v, of %d loads", s.Streams[0].Closed, len(s.Loads()))
	}
}

// A bundle has the load of every cell, also of A/A copies, and finds it by the cell.
func TestRecordOfCells(t *testing.T) {
	r := parse(t, byMatrix).Record()
	if len(r.Cells) != 12 || r.Streams[0].Clients != 10 {
		t.Fatalf("%d cells, first load %+v", len(r.Cells), r.Streams[0])
	}
	in := r.In("a-aa", map[string]string{"clients": "100", "seconds": "3", "rate": "7"})
	if st := in.Streams[0]; st.Clients != 100 || st.Duration != 3*time.Second || in.Objectives[1].Threshold != 100 {
		t.Errorf("load %+v, objectives %v", st, in.Objectives)
	}
	if in := r.In("c", nil); in != &r {
		t.Error("an unknown cell has a load of its own")
	}
	if plain := parse(t, base).Record(); plain.Cells != nil || plain.In("a", nil) != &plain {
		t.Error("cells of one load are recorded one by one")
	}
}

// Every value of a load may be a text with ${...}, and means the same as if it were
// written out.
func TestEveryValueOfALoadIsReplaced(t *testing.T) {
	const frame = "version: 1\nname: x\nserver: {command: [x]}\nparams: {PARAMS}\nload:\n  LOAD\nwarmup: ~w 1s~\nobjectives: [~a p99~ < ~b 1s~, failed < ~c 2~%]\ntargets: [{path: /}]\n"
	for _, load := range []string{
		"closed: {clients: ~d 7~, requests: ~e 70~, think: ~f 1ms~, backoff: ~g 0s~}\n  timeout: ~h 3s~\n  connections: ~i 9~\n  transport: ~j std~\n  reuse: ~k false~",
		"closed: {clients: ~d 7~, duration: ~e 70s~}",
		"open: {rate: ~d 20/m~, duration: ~e 5s~, arrivals: ~f poisson~}",
		"open: {stages: [{rate: ~d 20/s~, to: ~e 40/s~, duration: ~f 5s~}, {rate: ~g 7/s~, duration: ~h 1m~}]}",
	} {
		source := strings.Replace(frame, "LOAD", load, 1)
		var params []string
		template, literal := source, source
		for strings.Contains(template, "~") {
			before, rest, _ := strings.Cut(template, "~")
			item, after, _ := strings.Cut(rest, "~")
			name, value, _ := strings.Cut(item, " ")
			params = append(params, name+": "+value)
			template = before + "$<" + name + ">" + after
			literal = strings.Replace(literal, "~"+item+"~", value, 1)
		}
		template = strings.NewReplacer("$<", "\"${", ">", "}\"").Replace(template)
		// An objective is one text.
		template = strings.NewReplacer(`"${a}" < "${b}"`, `"${a} < ${b}"`, `failed < "${c}"%`, `"failed < ${c}%"`, "PARAMS", strings.Join(params, ", ")).Replace(template)
		literal = strings.Replace(literal, "PARAMS", "z: 1", 1)
		got, want := parse(t, template), parse(t, literal)
		if diff := cmp.Diff(want.CellLoad, got.For(got.Cells()[0]).CellLoad, exported); diff != "" {
			t.Errorf("%s\n-want +got\n%s", template, diff)
		}
	}
}

func TestBrokenCells(t *testing.T) {
	for _, c := range []struct{ name, from, to, want string }{
		{"not a number in one cell", "[10, 100]", "[10, ten]", `f:9:21: load.closed.clients: "ten" is not a whole number from 0 to 1000000000 in a/clients=ten/seconds=1
f:12:32: objectives: "ten/s" is not a rate, expected a number and /s, /m or /h in a/clients=ten/seconds=1 (like 2000/s)`},
		{"nothing in one cell", "[10, 100]", "[10, 0]", `f:9:21: load.closed.clients is 0, expected at least 1 in a/clients=0/seconds=1`},
		{"no unit", "${seconds}s", "${seconds}", `f:9:45: load.closed.duration: "1" has no unit, expected a duration in a/clients=10/seconds=1 (did you mean 1s?)`},
		{"misspelt", "${seconds}s", "${second}s", "f:7:30: the matrix sets \"seconds\", but no ${seconds} uses it (did you mean second?)\nf:9:46: load.closed.duration: ${second} is not defined (did you mean seconds?)"},
		{"unquoted", `"${clients}", d`, `${clients}, d`, "f:9:21: a value with ${ inside [ ] or { } must be quoted (quote it: \"${clients}\")"},
		{"seed", "${seconds}s", "${seconds}${seed}s", `f:9:56: load.closed.duration: ${seed} is not allowed here, because a load is the same in every block (use a key of the matrix, or a parameter)`},
		{"port", "${limit}", "${port}s", `f:12:21: objectives: ${port} is not allowed here, because a load is the same in every block (use a key of the matrix, or a parameter)`},
		{"variable", "${limit}", "${id}\"]\nvars: {id: {values: [1]}}\n# [\"", `f:12:21: objectives: ${id} is a variable, which only targets of its stream may use (use a parameter here)`},
		{"transport", "way: std", "way: slow", `f:10:14: load.transport: "slow" is unknown, expected fast, std in b/clients=10/seconds=1`},
		{"enum of all", "transport: ${way}", "transport: \"${way}t\"", `f:10:14: load.transport: "fastt" is unknown, expected fast, std in a/clients=10/seconds=1 (did you mean fast?)`},
		{"objective", "p99 < ${limit}", "p99 < ${clients}", `f:12:14: objectives: "10" has no unit, expected a duration in a/clients=10/seconds=1 (did you mean 10s?)`},
		{"metric twice in a cell", "p99 < ${limit}", "goodput > ${limit}", `f:12:14: objectives: "200ms" is not a rate, expected a number and /s, /m or /h in a/clients=10/seconds=1 (like 2000/s)`},
		{"undefined in a variant", "{kind: y, way: std}", "{kind: y}", `f:10:14: load.transport: ${way} has no value in variant b (give it one there, or a default under params)`},
		{"an error that is the same in all", "load:\n", "load:\n  connections: 0\n", `f:9:16: load.connections is 0, expected at least 1`},
		{"too many cells", "seconds: [1, 3]}", "seconds: [1, 3], m: [" + numbers(5000) + "]} # ${m}", `f:7:47: variants and matrix give more than 10000 combinations (measure fewer values)`},
		{"another load for a variant", "{kind: y, way: std}}]\naa: a", "{kind: y, way: std, limit: 1s}}]\naa: a", `f:12:14: objectives is p99 < 200ms in a/clients=10/seconds=1 and p99 < 1s in b/clients=10/seconds=1, expected the same load for all variants (make it a key of the matrix)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(byMatrix, c.from) {
				t.Fatalf("the file does not hold %q", c.from)
			}
			_, err := Parse("f", []byte(strings.Replace(byMatrix, c.from, c.to, 1)), Options{})
			var errs Errors
			if !errors.As(err, &errs) {
				t.Fatalf("got %v, want Errors", err)
			}
			if diff := cmp.Diff(c.want, err.Error()); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// numbers lists the numbers from 1 to n.
func numbers(n int) string {
	var all []string
	for i := range n {
		all = append(all, strconv.Itoa(i+1))
	}
	return strings.Join(all, ", ")
}
