package setup

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/assay-bench/assay/harness/internal/expect"
	"github.com/assay-bench/assay/harness/internal/extract"
	"github.com/assay-bench/assay/harness/internal/scenario"
)

// Error is a request that failed, or whose answer was not as the scenario expects.
type Error struct {
	Step   scenario.Step // with the values of the trial
	Why    error         // what was expected, and what came
	Answer *Answer       // nil if there was none
}

// Error names the request, what is wrong, and the beginning of the answer.
func (e *Error) Error() string {
	s := fmt.Sprintf("setup %s: %s %s: %v", e.Step.Name, e.Step.Method, e.Step.Path, e.Why)
	if e.Answer != nil {
		s += "\n  " + e.Answer.Start()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Why }

// Done is a request that was sent and answered as expected.
type Done struct {
	// Step is as it was sent, and Answer is what came; Answer is never nil.
	Step      scenario.Step
	Answer    *Answer
	Extracted []scenario.Field // names and values, in the order of the file
}

// Run sends the requests of a scenario's setup in order, and adds what they extract to
// env.Extracted, which it makes if it is nil. client returns the client for a server by
// its name; told, if it is not nil, is called after each request. The error is an
// *Error, or says that an extracted value does not fit its place.
func Run(ctx context.Context, s *scenario.Scenario, cell scenario.Cell, env *scenario.Env, client func(server string) *Client, told func(Done)) error {
	if env.Extracted == nil {
		env.Extracted = map[string]string{}
	}
	for i := range s.Setup {
		step, err := s.ResolveStep(i, cell, *env)
		if err != nil {
			return err
		}
		done, err := send(ctx, client(step.Server), step)
		for _, f := range done.Extracted {
			env.Extracted[f.Name] = f.Value
		}
		if err != nil {
			return err
		}
		if told != nil {
			told(*done)
		}
	}
	return nil
}

// send sends one request and reads what is wanted of its answer. With an error, which shows
// the answer, it still returns what could be extracted, so that the caller can blank it.
func send(ctx context.Context, c *Client, step scenario.Step) (*Done, error) {
	done := &Done{Step: step}
	a, err := c.Send(ctx, &step)
	if err != nil {
		return done, &Error{step, err, nil}
	}
	done.Answer = a
	checked := &expect.Answer{Status: a.Status, Header: a.Header, Body: a.Body}
	var missing error
	for i := range step.Extract {
		e := &step.Extract[i]
		value, err := extract.Value(e, checked)
		if err != nil {
			missing = cmp.Or(missing, fmt.Errorf("extract %s (%s): %w", e.Name, e.From(), err))
			continue
		}
		done.Extracted = append(done.Extracted, scenario.Field{Name: e.Name, Value: value})
	}
	if !step.Expects(a.Status) {
		return done, &Error{step, fmt.Errorf("answered %d, expected %s", a.Status, step.Wanted()), a}
	}
	if why := step.Checks.Failed(checked); why != "" {
		return done, &Error{step, errors.New(why), a}
	}
	if missing != nil {
		return done, &Error{step, missing, a}
	}
	return done, nil
}
