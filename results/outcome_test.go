package results

import "testing"

// Every outcome has a complete row, a count of its own, and, but for ok, a share
// among the metrics.
func TestOutcomeTable(t *testing.T) {
	shares := map[Outcome]int{}
	for _, m := range Metrics() {
		if o, ok := m.Outcome(); ok {
			shares[o]++
		}
	}
	names := map[string]bool{}
	for _, o := range AllOutcomes() {
		if o.String() == "" || o.Plural() == "" || names[o.String()] {
			t.Errorf("outcome %d has the name %q and the plural %q", o, o, o.Plural())
		}
		names[o.String()] = true
		var counts Outcomes
		counts.Add(o, 3)
		for _, other := range AllOutcomes() {
			if n := counts.Of(other); (other == o) != (n == 3) || (other != o) != (n == 0) {
				t.Errorf("3 requests %s count as %d %s", o, n, other)
			}
		}
		if counts.Total() != 3 {
			t.Errorf("3 requests %s are %d in all", o, counts.Total())
		}
		if want := map[bool]int{true: 0, false: 1}[o == OK]; shares[o] != want {
			t.Errorf("%d metrics are the share of %s, want %d", shares[o], o, want)
		}
	}
	if got := (Outcomes{OK: 1, Rejected: 2, Error: 4, Timeout: 8}).Of(failures()...); got != 14 {
		t.Errorf("%d requests failed, want 14", got)
	}
}

func TestTag(t *testing.T) {
	for text, want := range map[string]Tag{
		"response.ok":              {Part: PartResponse},
		"warmup.conn-wait.timeout": {Part: PartConnWait, Warmup: true, Outcome: Timeout},
		"api/service.rejected":     {Stream: "api", Part: PartService, Outcome: Rejected},
		"api/warmup.db.read.error": {Stream: "api", Part: "db.read", Warmup: true, Outcome: Error},
		"response.ok@list":         {Part: PartResponse, Target: "list"},
		"api/warmup.lag.error@a-b": {Stream: "api", Part: PartLag, Warmup: true, Outcome: Error, Target: "a-b"},
	} {
		got, ok := ParseTag(text)
		if !ok || got != want || got.String() != text {
			t.Errorf("ParseTag(%q) = %+v, %v, written %q", text, got, ok, got)
		}
	}
	for _, text := range []string{"", "response", "response.", "response.lost", "response@list.ok"} {
		if got, ok := ParseTag(text); ok {
			t.Errorf("ParseTag(%q) = %+v", text, got)
		}
	}
}
