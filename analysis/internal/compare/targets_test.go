package compare

import "testing"

func TestSplitName(t *testing.T) {
	for _, c := range []struct{ name, stream, target string }{
		{"HTTP/scenario=s/target=list-4", "HTTP/scenario=s-4", "list"},
		{"HTTP/scenario=s/target=list", "HTTP/scenario=s", "list"},
		{"HTTP/scenario=s/stream=a/target=get-orders-b-16", "HTTP/scenario=s/stream=a-16", "get-orders-b"},
		{"HTTP/scenario=s-4", "", ""},
		{"HTTP/scenario=s/target=x/stream=a", "", ""},
	} {
		stream, target, ok := splitName(c.name)
		if stream != c.stream || target != c.target || ok != (c.target != "") {
			t.Errorf("%s: %q, %q, %v", c.name, stream, target, ok)
		}
	}
}

// The targets of a stream stand for its latency, unless one of them has too few values.
// What is no row of a target is left as it is.
func TestTargetsStandForTheirStream(t *testing.T) {
	few := []Mark{{Kind: FewValues}}
	row := func(name, unit string, marks ...Mark) Row {
		return Row{Name: name, Unit: unit, Family: FamilyHTTP, Marks: marks}
	}
	table := Table{Rows: []Row{
		row("HTTP/scenario=s-2", "p50-sec"), row("HTTP/scenario=s-2", "p99-sec"), row("HTTP/scenario=s-2", "within-slo-ratio"), row("HTTP/scenario=s-2", "goodput/s"),
		row("HTTP/scenario=s/target=a-2", "p50-sec"), row("HTTP/scenario=s/target=a-2", "p99-sec"),
		row("HTTP/scenario=s/target=b-2", "p50-sec"), row("HTTP/scenario=s/target=b-2", "p99-sec", few...), row("HTTP/scenario=s/target=b-2", "goodput/s"),
		row("HTTP/scenario=old/target=a-2", "p50-sec"), // of a matrix key
		row("HTTP/scenario=one-2", "p50-sec"),
	}}
	table.split()
	type fact struct {
		target         string
		split, primary bool
	}
	for i, want := range []fact{
		{"", true, false}, {"", true, true}, {"", true, true}, {"", true, true},
		{"a", false, true}, {"a", false, true},
		{"b", false, true}, {"b", false, true}, {"b", false, false},
		{"", false, true}, {"", false, true},
	} {
		r := table.Rows[i]
		if got := (fact{r.Target, r.Split, r.Family != ""}); got != want {
			t.Errorf("%s %s: %+v, want %+v", r.Name, r.Unit, got, want)
		}
	}
}
