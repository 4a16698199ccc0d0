package perfbisect

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// made is a history of which everything is known. Commit i is named "ci".
type made struct {
	slow    int          // the first slow commit; behind the last one if there is none
	broken  map[int]bool // do not build
	noisy   map[int]bool // their checks are inconclusive
	bound   float64      // of the loss in an inconclusive check of a fast commit
	calls   int
	direct  int
	asked   map[string]int
	verdict map[string]string // instead of what would be said, by "base head"
}

func name(i int) string { return fmt.Sprintf("c%d", i) }

func number(name string) (i int) {
	fmt.Sscanf(name, "c%d", &i)
	return i
}

func parent(commit string) string { return name(number(commit) - 1) }

func names(last int) (all []string) {
	for i := range last + 1 {
		all = append(all, name(i))
	}
	return all
}

func (m *made) Check(_ context.Context, base, head string, explain bool) (Result, error) {
	m.calls++
	if explain {
		m.direct++
	}
	if m.asked == nil {
		m.asked = map[string]int{}
	}
	m.asked[head]++
	i := number(head)
	r := Result{Verdict: pass}
	row := Row{Name: "B", Unit: "sec/op", Verdict: pass, Effect: "ratio", Margin: 0.05}
	differs := number(base) < m.slow && i >= m.slow
	low, high, loss := 0.97, 1.03, 0.0
	if differs {
		low, high, loss = 1.08, 1.12, 0.1
		r.Verdict, row.Verdict = regression, regression
	}
	bound := high - 1
	switch {
	case m.broken[i]:
		return Result{Verdict: broken, Why: "it does not build"}, nil
	case m.noisy[i] && !explain:
		r.Verdict, row.Verdict = inconclusive, inconclusive
		bound = m.bound
		if differs {
			bound = 0.2
		}
	}
	if v := m.verdict[base+" "+head]; v != "" {
		r.Verdict, row.Verdict = v, v
	}
	row.Low, row.High, row.Loss, row.Bound = &low, &high, &loss, &bound
	r.Rows = []Row{row}
	return r, nil
}

func search1(t interface{ Fatal(...any) }, m *made, last int) Answer {
	a, err := find(context.Background(), names(last), parent, m)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Wherever the slow commit is, it is found by as many checks as halving takes, and one.
func TestFound(t *testing.T) {
	for last := 1; last <= 20; last++ {
		for slow := 1; slow <= last; slow++ {
			m := &made{slow: slow}
			a := search1(t, m, last)
			if a.Outcome != found || a.Suspects[0] != name(slow) || len(a.Suspects) != 1 {
				t.Fatalf("%d of %d: %+v", slow, last, a)
			}
			if most := int(math.Ceil(math.Log2(float64(last)))) + 1; m.calls > most {
				t.Errorf("%d of %d: %d checks, want at most %d", slow, last, m.calls, most)
			}
			if len(a.Direct) != 1 || a.Direct[0].Base != name(slow-1) || m.direct != 1 {
				t.Errorf("%d of %d: the direct check is %+v", slow, last, a.Direct)
			}
		}
	}
}

// Nothing that does not build, and nothing that a noisy machine does, makes another commit
// the answer; every commit is checked at most once against the fast one.
func TestNeverAnother(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		last := rapid.IntRange(1, 20).Draw(t, "last")
		m := &made{slow: rapid.IntRange(1, last+1).Draw(t, "slow"), bound: rapid.SampledFrom([]float64{0.06, 0.09}).Draw(t, "bound"), broken: map[int]bool{}, noisy: map[int]bool{}}
		for i := 1; i <= last; i++ {
			switch rapid.IntRange(0, 5).Draw(t, "kind") {
			case 0:
				m.broken[i] = true
			case 1, 2:
				m.noisy[i] = true
			}
		}
		a := search1(t, m, last)
		switch a.Outcome {
		case found:
			if a.Suspects[0] != name(m.slow) {
				t.Fatalf("%s and not %d: %+v", a.Suspects[0], m.slow, a)
			}
		case narrowed:
			if m.slow <= last && !slices.Contains(a.Suspects, name(m.slow)) {
				t.Fatalf("%v without %d", a.Suspects, m.slow)
			}
		case notSlower:
			if len(a.Suspects) > 0 || a.Before != "" {
				t.Fatalf("nothing is slower, but there are suspects: %+v", a)
			}
			if m.slow <= last {
				t.Fatalf("nothing to find, but it is %d", m.slow)
			}
		}
		for commit, times := range m.asked {
			if times > 3 { // against the first, against its parent, and for all suspects
				t.Fatalf("%s was checked %d times", commit, times)
			}
		}
	})
}

// An inconclusive check is read by what a slow commit lost. If none is known yet, that is
// the last one.
func TestInconclusiveIsComparedWithASlowCommit(t *testing.T) {
	m := &made{slow: 7, noisy: map[int]bool{4: true, 6: true}, bound: 0.06}
	a := search1(t, m, 8)
	if a.Outcome != found || a.Suspects[0] != "c7" {
		t.Fatalf("%+v", a)
	}
	if a.Steps[0].Head != "c4" || !a.Steps[0].Compared || a.Steps[0].Place != before || a.Steps[1].Head != "c8" {
		t.Errorf("%+v", a.Steps)
	}
	// A bound as large as the loss excludes nothing: the neighbours are asked.
	m = &made{slow: 7, noisy: map[int]bool{4: true}, bound: 0.09}
	if a := search1(t, m, 8); a.Outcome != found || m.asked["c4"] != 1 || m.asked["c3"]+m.asked["c5"] == 0 {
		t.Errorf("%+v, asked %v", a, m.asked)
	}
}

func TestOtherEnds(t *testing.T) {
	for _, c := range []struct {
		name     string
		m        *made
		last     int
		want     outcome
		suspects []string
	}{
		{"of two that could not be told", &made{slow: 4, noisy: map[int]bool{3: true, 4: true}, bound: 0.09}, 6, found, []string{"c4"}},
		{"the last that could not be told", &made{slow: 3, noisy: map[int]bool{3: true}, bound: 0.09}, 6, found, []string{"c3"}},
		{"nothing is slow", &made{slow: 99}, 12, notSlower, nil},
		{"one commit that is not slow", &made{slow: 99}, 1, notSlower, nil},
		{"the last one cannot be told", &made{slow: 99, noisy: map[int]bool{3: true, 6: true}, bound: 0.09}, 6, untold, nil},
		{"a neighbour does not build", &made{slow: 4, broken: map[int]bool{3: true}}, 6, narrowed, []string{"c3", "c4"}},
		{"it does not build itself", &made{slow: 4, broken: map[int]bool{4: true}}, 6, narrowed, []string{"c4", "c5"}},
		{"its own check contradicts", &made{slow: 3, verdict: map[string]string{"c2 c3": pass}}, 6, doubtful, []string{"c3"}},
		{"small losses add up", &made{slow: 4, verdict: map[string]string{"c3 c4": inconclusive}}, 6, doubtful, []string{"c4"}},
		{"the last step is small", &made{slow: 6, verdict: map[string]string{"c5 c6": inconclusive}}, 6, doubtful, []string{"c6"}},
	} {
		a := search1(t, c.m, c.last)
		if a.Outcome != c.want || c.suspects != nil && !slices.Equal(a.Suspects, c.suspects) {
			t.Errorf("%s: outcome %d, %v, want %d, %v", c.name, a.Outcome, a.Suspects, c.want, c.suspects)
		}
	}
}

// A regression elsewhere is not the one that is looked for.
func TestAnotherRegression(t *testing.T) {
	loss, low, high, bound := 0.2, 1.1, 1.3, 0.01
	lost := Row{Name: "A", Verdict: regression, Effect: "ratio", Low: &low, High: &high, Loss: &loss}
	fine := Row{Name: "A", Verdict: pass, Effect: "ratio", Bound: &bound}
	other := Row{Name: "B", Verdict: regression, Effect: "ratio", Loss: &loss}
	slow := Result{Verdict: regression, Rows: []Row{lost, {Name: "B", Verdict: pass}}}
	if p, compared := (&Result{Verdict: regression, Rows: []Row{fine, other}}).place(&slow); p != before || !compared {
		t.Errorf("place %d, %v", p, compared)
	}
	if p, _ := (&Result{Verdict: regression, Rows: []Row{lost, other}}).place(&slow); p != behind {
		t.Errorf("place %d", p)
	}
	// A row that is missing excludes nothing.
	if p, _ := (&Result{Verdict: inconclusive, Rows: []Row{other}}).place(&slow); p != unclear {
		t.Errorf("place %d", p)
	}
}

func TestLeast(t *testing.T) {
	low, high := 0.8, 0.9
	for _, c := range []struct {
		row  Row
		want float64
	}{
		{Row{Better: "higher", Effect: "ratio", Low: &low, High: &high}, 0.1},
		{Row{Better: "lower", Effect: "ratio", Low: &low, High: &high}, -0.2},
		{Row{Better: "higher", Effect: "difference", Low: &low, High: &high}, -0.9},
		{Row{Better: "lower", Effect: "difference", Low: &low, High: &high}, 0.8},
	} {
		if got, ok := c.row.least(); !ok || math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%+v: %v, want %v", c.row, got, c.want)
		}
	}
	if _, ok := (&Row{}).least(); ok {
		t.Error("a row without an interval has a least loss")
	}
}

func TestSure(t *testing.T) {
	steps := []step{{Place: before}, {Place: behind}, {Place: before, Compared: true}, {Place: unclear}}
	if wrong, of := sure(&Answer{Outcome: found, Steps: steps, Direct: make([]step, 1)}); math.Abs(of-0.175) > 1e-9 || math.Abs(wrong-0.05*0.175) > 1e-9 {
		t.Errorf("%v of %v", wrong, of)
	}
	if wrong, of := sure(&Answer{Outcome: found, Steps: steps, Direct: make([]step, 2), several: true}); math.Abs(wrong-0.1) > 1e-9 || of != 1 {
		t.Errorf("of several suspects: %v of %v", wrong, of)
	}
	if wrong, of := sure(&Answer{Outcome: found}); wrong != 0.05 || of != 1 {
		t.Errorf("without a step: %v of %v", wrong, of)
	}
}
