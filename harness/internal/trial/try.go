package trial

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/assay-bench/assay/harness/internal/expect"
	"github.com/assay-bench/assay/harness/internal/process"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/harness/internal/secret"
	"github.com/assay-bench/assay/harness/internal/setup"
	"github.com/assay-bench/assay/harness/internal/text"
	"github.com/assay-bench/assay/internal/plain"
	"github.com/assay-bench/assay/results"
)

// ErrWrong is returned by Try if an answer was not one that counts as ok.
var ErrWrong = errors.New("not every target was answered as the scenario expects")

// Try does once what a trial does before its load, sends the first request of every
// target, and writes to out what came of each, secrets blanked. Nothing is measured or
// kept; the times are those of single requests on new connections. The placement of
// the trial is not used. When Try returns, every process that it started has ended.
// The error is that of Run, or ErrWrong.
func Try(ctx context.Context, s Spec, out io.Writer) (err error) {
	s.Scenario = s.Scenario.For(s.Cell)
	r := &runner{spec: s, blanker: secret.New(s.Scenario.Secrets())}
	t := &tryout{runner: r, out: out}
	defer func() { err = r.blanker.Error(err) }()
	defer r.discardSockets()
	if err := r.resolve(); err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, t.hook(r.resolved.Cleanup, "cleanup", func() error { return r.cleanup(ctx) }))
	}()
	if err := t.hook(r.resolved.Prepare, "prepare", func() error { return r.prepare(ctx) }); err != nil {
		return err
	}
	defer r.stop()
	if err := r.start(ctx); err != nil {
		return err
	}
	for _, s := range r.servers {
		t.line("server "+s.Name, "ready at %s after %s", s.URL, lasted(s.ready))
	}
	r.told = t.step
	if err := r.setup(ctx); err != nil {
		return err
	}
	return t.targets(ctx)
}

// tryout prints what a trial does.
type tryout struct {
	*runner
	out io.Writer
}

// line prints one line, whose first column is what it is about.
func (t *tryout) line(what, format string, args ...any) {
	fmt.Fprintf(t.out, "%-16s  %s\n", what, plain.Text(t.blanker.Text(fmt.Sprintf(format, args...))))
}

// lasted formats a time for people.
func lasted(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d)/1e6) }

// hook runs prepare or cleanup, if the scenario has it.
func (t *tryout) hook(h *scenario.Hook, what string, run func() error) error {
	if h == nil {
		return nil
	}
	begin := time.Now()
	if err := run(); err != nil {
		return err
	}
	t.line(what, "%s: done in %s", process.Quote(h.Command), lasted(time.Since(begin)))
	return nil
}

// step prints a request of setup. What it extracted is secret, so only its length is
// shown.
func (t *tryout) step(d setup.Done) {
	var got strings.Builder
	for i, f := range d.Extracted {
		got.WriteString(t.hidden(f, d.Step.Extract[i].From()))
	}
	t.line("setup "+d.Step.Name, "%s %s: %d in %s, expected %s%s",
		d.Step.Method, d.Step.Path, d.Answer.Status, lasted(d.Answer.Took), d.Step.Wanted(), got.String())
}

// hidden says how long an extracted value is, and where it stood. The value becomes a known
// secret before anything of the answer is shown.
func (t *tryout) hidden(f scenario.Field, from string) string {
	t.blanker.Add(f.Name, f.Value)
	return fmt.Sprintf("; %s: %s from %s", f.Name, text.Count(len([]rune(f.Value)), "character"), from)
}

// targets sends one request of every target of every stream. It goes on after a wrong
// answer, but not when ctx ends.
func (t *tryout) targets(ctx context.Context) error {
	wrong := false
	for i := range t.resolved.Streams {
		st := &t.resolved.Streams[i]
		server := t.serverOf(st)
		client := setup.NewClient(server.URL, server.secure)
		defer client.Close()
		if st.Targets.Flow() != nil {
			right, err := t.flow(ctx, client, st, server.URL)
			if err != nil {
				return err
			}
			wrong = wrong || !right
			continue
		}
		for n := range st.Targets.Len() {
			what := st.Targets.Names()[n]
			if len(t.resolved.Streams) > 1 {
				what = st.Name + " " + what
			}
			if !t.target(ctx, client, st, n, what) {
				wrong = true
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
	}
	if wrong {
		return ErrWrong
	}
	return nil
}

// target sends the first request of one target, and reports whether its answer is ok.
func (t *tryout) target(ctx context.Context, c *setup.Client, st *scenario.Stream, n int, what string) bool {
	step := once(st.Targets.First(n, t.spec.Planned.Seed), st.Timeout)
	return t.exchange(ctx, c, st, n, what, &step, func(*setup.Answer) (string, string) { return "", "" })
}

// exchange sends a request with the results of target n, prints what came, and reports
// whether the answer is ok. took reads an answer that is, and returns what to say of it, and
// the reason if it is wrong all the same.
func (t *tryout) exchange(ctx context.Context, c *setup.Client, st *scenario.Stream, n int, what string, step *scenario.Step, took func(*setup.Answer) (got, reason string)) bool {
	a, err := c.Send(ctx, step)
	if err != nil {
		t.line(what, "%s %s: no answer: %v", step.Method, step.Path, err)
		return false
	}
	outcome, reason := st.Targets.Checks(n).Judge(st.Outcome(a.Status, a.Header.Get("Retry-After") != ""),
		&expect.Answer{Status: a.Status, Header: a.Header, Body: a.Body})
	got := ""
	if outcome == results.OK {
		if got, reason = took(a); reason != "" {
			outcome = results.Error
		}
	}
	kind := a.Header.Get("Content-Type")
	if kind == "" {
		kind = "no content type"
	}
	t.line(what, "%s %s: %d in %s, which counts as %v; %d bytes, %s%s", step.Method, step.Path, a.Status, lasted(a.Took), outcome, len(a.Body), kind, got)
	if reason != "" {
		t.line("", "%s", reason)
	}
	if outcome != results.OK {
		t.line("", "%s", a.Start())
	}
	return outcome == results.OK
}

// once turns a request of a load into one that is sent by itself.
func once(q scenario.Request, timeout time.Duration) scenario.Step {
	s := scenario.Step{Method: q.Method(), Path: string(q.AppendPath(nil)), Body: string(q.AppendBody(nil)), Timeout: timeout}
	for i := range q.NumHeader() {
		name, value := q.Header(i)
		s.Headers = append(s.Headers, scenario.Field{Name: name, Value: value})
	}
	return s
}
