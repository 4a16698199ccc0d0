package perfbisect

import (
	"context"
	"slices"
)

// measurer makes checks. It returns an error only if no check can be made at all.
type measurer interface {
	// Check says whether head is slower than base. If explain is set, it also says why.
	Check(ctx context.Context, base, head string, explain bool) (Result, error)
}

// step is one check of a search.
type step struct {
	Base, Head string
	Result
	// Compared says that an inconclusive check was read by what is known of a slow commit.
	Compared bool
	// Place is what it said about the commit.
	Place place
}

// outcomes of a search.
type outcome int

const (
	found     outcome = iota // a commit, which its own check confirmed
	doubtful                 // a commit, whose own check was no regression
	narrowed                 // several commits, of which some could not be told
	notSlower                // the last commit passes
	untold                   // it is not known whether the last commit is slower
)

// Answer is what a search found.
type Answer struct {
	// Outcome is one of the outcomes above.
	Outcome outcome
	// Suspects are the commits of which one made it slower, in the order of the history;
	// one if it was found. Before is the last commit that is known to be before it.
	Suspects []string
	Before   string
	Steps    []step // all checks, in their order
	// Direct are the checks of suspects against their parents, in the order in which they
	// were made; the last one may be of all suspects against what was before them.
	Direct []step

	several bool // the steps left several suspects
}

// search is the course of one search.
type search struct {
	commits []string // from the fast one to the slow one
	measure measurer

	checked map[int]*step // against the fast commit
	steps   []step
	slow    *Result // of the earliest commit that is known to be behind the slowdown
}

// find looks for the first slow commit of a history, of which the first commit is fast.
func find(ctx context.Context, commits []string, parent func(commit string) string, m measurer) (Answer, error) {
	s := &search{commits: commits, measure: m, checked: map[int]*step{}}
	low, high := 0, len(commits)-1
	for {
		i, ok := s.next(low, high)
		if !ok {
			break
		}
		if err := s.check(ctx, i); err != nil {
			return Answer{}, err
		}
		// What could not be told before may be told now that a slow commit is known.
		if s.place(i) == unclear && s.checked[i].Verdict != broken && s.slow == nil && s.checked[len(commits)-1] == nil {
			if err := s.check(ctx, len(commits)-1); err != nil {
				return Answer{}, err
			}
			if a, ended := s.last(); ended {
				return a, nil
			}
		}
		for i := low + 1; i < high; i++ {
			switch s.place(i) {
			case before:
				low = max(low, i)
			case behind:
				high = i
			}
		}
	}
	return s.answer(ctx, low, high, parent)
}

// next returns the commit to check between two: the one nearest to the middle that was
// not checked yet.
func (s *search) next(low, high int) (next int, ok bool) {
	for i := low + 1; i < high; i++ {
		if s.checked[i] == nil && (!ok || apart(i, low, high) < apart(next, low, high)) {
			next, ok = i, true
		}
	}
	return next, ok
}

// apart is twice the distance of a commit from the middle of two.
func apart(i, low, high int) int {
	d := 2*i - low - high
	return max(d, -d)
}

// check compares a commit with the fast one.
func (s *search) check(ctx context.Context, i int) error {
	r, err := s.measure.Check(ctx, s.commits[0], s.commits[i], false)
	if err != nil {
		return err
	}
	one := step{Base: s.commits[0], Head: s.commits[i], Result: r}
	one.Place, one.Compared = r.place(s.slow)
	s.checked[i] = &one
	s.steps = append(s.steps, one)
	if one.Place == behind {
		s.slow = &one.Result
	}
	return nil
}

// place returns where a commit stands by all that is known now.
func (s *search) place(i int) place {
	one := s.checked[i]
	if one == nil {
		return unclear
	}
	if one.Place == unclear {
		one.Place, one.Compared = one.Result.place(s.slow)
		k := slices.IndexFunc(s.steps, func(o step) bool { return o.Head == one.Head })
		s.steps[k] = *one
	}
	return one.Place
}

// last ends the search if the last commit is not known to be slower than the first.
func (s *search) last() (a Answer, ended bool) {
	one := s.checked[len(s.commits)-1]
	switch {
	case one.Verdict == pass:
		return Answer{Outcome: notSlower, Steps: s.steps}, true
	case one.Verdict != regression:
		return Answer{Outcome: untold, Steps: s.steps}, true
	}
	return Answer{}, false
}

// answer checks the suspects against their parents, the last one first: that is the one
// that is known to be slow. With several suspects, some could not be told, and one whose
// own check is a regression is the answer nevertheless.
func (s *search) answer(ctx context.Context, low, high int, parent func(commit string) string) (Answer, error) {
	a := Answer{Outcome: narrowed, Suspects: s.commits[low+1 : high+1], Before: s.commits[low], several: high-low > 1}
	for i := high; i > low && a.Outcome != found; i-- {
		if s.unbuilt(i) || i-1 > low && s.unbuilt(i-1) {
			continue
		}
		d, err := s.direct(ctx, parent(s.commits[i]), s.commits[i])
		if err != nil {
			return Answer{}, err
		}
		if a.Direct = append(a.Direct, d); d.Verdict == regression {
			a.Outcome, a.Suspects = found, []string{s.commits[i]}
		}
	}
	if a.Outcome == found {
		a.Steps = s.steps
		return a, nil
	}
	return s.unconfirmed(ctx, a, low, high)
}

// unbuilt reports whether a commit is known not to build.
func (s *search) unbuilt(i int) bool { return s.checked[i] != nil && s.checked[i].Verdict == broken }

// direct makes a check that is explained.
func (s *search) direct(ctx context.Context, base, head string) (step, error) {
	r, err := s.measure.Check(ctx, base, head, true)
	return step{Base: base, Head: head, Result: r}, err
}

// unconfirmed ends a search in which no suspect is slower than its parent.
func (s *search) unconfirmed(ctx context.Context, a Answer, low, high int) (Answer, error) {
	last := len(s.commits) - 1
	compared := len(a.Direct) > 0 && a.Direct[0].Base == s.commits[0] && a.Direct[0].Head == s.commits[last]
	if s.slow == nil && s.checked[last] == nil && !compared {
		// Every commit passed: it may be that the last one is not slow either.
		if err := s.check(ctx, last); err != nil {
			return Answer{}, err
		}
		if ended, ok := s.last(); ok {
			ended.Direct = a.Direct
			return ended, nil
		}
	}
	switch {
	case s.slow == nil && compared && a.Direct[0].Verdict == pass:
		a.Outcome, a.Suspects, a.Before, a.several = notSlower, nil, "", false
	case s.slow == nil:
		a.Outcome = untold
	case len(a.Suspects) == 1:
		a.Outcome = doubtful
	default:
		d, err := s.direct(ctx, s.commits[low], s.commits[high])
		if err != nil {
			return Answer{}, err
		}
		a.Direct = append(a.Direct, d)
	}
	a.Steps = s.steps
	return a, nil
}
