package setup

import (
	"context"
	"errors"
	"fmt"

	"github.com/assay-bench/assay/harness/internal/expect"
	"github.com/assay-bench/assay/harness/internal/extract"
	"github.com/assay-bench/assay/harness/internal/scenario"
)

// Error is a request that failed, or whose answer was not as the scenario expects.
type Error struct {
	Step   scenario.Step
	Why    error   // what was expected, and what came
	Answer *Answer // nil if there was none
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
		if err != nil {
			return err
		}
		for _, f := range done.Extracted {
			env.Extracted[f.Name] = f.Value
		}
		if told != nil {
			told(*done)
		}
	}
	return nil
}

// send sends one request and reads what is wanted of its answer.
func send(ctx context.Context, c *Client, step scenario.Step) (*Done, error) {
	a, err := c.Send(ctx, &step)
	if err != nil {
		return nil, &Error{step, err, nil}
	}
	if !step.Expects(a.Status) {
		return nil, &Error{step, fmt.Errorf("answered %d, expected %s", a.Status, step.Wanted()), a}
	}
	checked := &expect.Answer{Status: a.Status, Header: a.Header, Body: a.Body}
	if why := step.Checks.Failed(checked); why != "" {
		return nil, &Error{step, errors.New(why), a}
	}
	done := &Done{Step: step, Answer: a}
	for i := range step.Extract {
		e := &step.Extract[i]
		value, err := extract.Value(e, checked)
		if err != nil {
			return nil, &Error{step, fmt.Errorf("extract %s (%s): %w", e.Name, e.From(), err), a}
		}
		done.Extracted = append(done.Extracted, scenario.Field{Name: e.Name, Value: value})
	}
	return done, nil
}
