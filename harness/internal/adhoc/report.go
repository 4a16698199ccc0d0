package adhoc

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/text"
	"github.com/assay-bench/assay/internal/plain"
	"github.com/assay-bench/assay/results"
)

// report is one object of `attack --json`. The first keys are those of the published
// study's load test; the others are added by Assay.
type report struct {
	// Pattern is the name of the pattern, or "url". TotalRequests is how many requests
	// were sent; SuccessRequests, ErrorRequests and RejectedRequests are their outcomes.
	Pattern          string `json:"pattern"`
	TotalRequests    uint64 `json:"total_requests"`
	SuccessRequests  uint64 `json:"success_requests"`
	ErrorRequests    uint64 `json:"error_requests"`
	RejectedRequests uint64 `json:"rejected_requests"`
	// DurationSeconds is the length of the load; with a number of requests it ends with
	// the last answer. RequestsPerSecond counts answers of every kind.
	DurationSeconds   float64   `json:"duration_seconds"`
	RequestsPerSecond float64   `json:"requests_per_second"`
	LatencyMS         latencyMS `json:"latency_ms"` // of successes
	// ErrorRate and RejectionRate are in per cent of the requests.
	ErrorRate     *float64 `json:"error_rate_percent"`
	RejectionRate *float64 `json:"rejection_rate_percent"`
	// TimeoutRequests had no answer. Goodput is how many were answered ok per second.
	TimeoutRequests uint64      `json:"timeout_requests"`
	Goodput         float64     `json:"goodput_per_second"`
	LagMS           *quantileMS `json:"lag_ms"`   // null for a closed loop
	Warnings        []string    `json:"warnings"` // of the trial; never null

	Statuses         map[string]uint64 `json:"statuses"`          // by HTTP status
	Errors           map[string]uint64 `json:"errors"`            // by reason, of requests without an answer
	HandlingMS       *quantileMS       `json:"handling_ms"`       // null where it is not measured
	GeneratorLimited string            `json:"generator_limited"` // why; empty: the generator was not the limit

	unexplained uint64 // requests that timed out for no other reason
}

// latencyMS are quantiles in milliseconds. A quantile that does not exist is null: one
// of too few values, or among time-outs.
type latencyMS struct {
	// Min, Mean and Max are null if there was no success.
	Min    *float64 `json:"min"`
	Mean   *float64 `json:"mean"`
	Median *float64 `json:"median"`
	P95    *float64 `json:"p95"`
	P99    *float64 `json:"p99"`
	P999   *float64 `json:"p999"`
	Max    *float64 `json:"max"`
}

// quantileMS are the quantiles of a part of a request, in milliseconds.
type quantileMS struct {
	Median *float64 `json:"median"`
	P99    *float64 `json:"p99"`
	Max    *float64 `json:"max"`
}

// reportOf takes the figures of a trial's only stream. Rates of errors and refusals are
// null if there was no request at all, because nothing divided by nothing is no rate.
func reportOf(t *results.Trial) report {
	s := &t.Streams[0]
	q := s.Part(results.HeadlinePart(s.Model), results.OK)
	r := report{
		Pattern: t.Variant, TotalRequests: s.Sent, SuccessRequests: s.Outcomes.OK, ErrorRequests: s.Outcomes.Error,
		RejectedRequests: s.Outcomes.Rejected, TimeoutRequests: s.Outcomes.Timeout,
		DurationSeconds: s.Window.Seconds(), RequestsPerSecond: s.Throughput, Goodput: s.Goodput,
		LatencyMS: latencyMS{inMS(q.Min), inMS(q.Mean), inMS(q.At(0.50)), inMS(q.At(0.95)), inMS(q.At(0.99)), inMS(q.At(0.999)), inMS(q.Max)},
		Warnings:  append([]string{}, t.Warnings...),
		Statuses:  counted(s.Statuses), Errors: counted(s.Errors), GeneratorLimited: s.GeneratorLimited, unexplained: s.Unexplained(),
	}
	if h := s.Part(results.PartHandling, results.OK); h.Count > 0 {
		r.HandlingMS = &quantileMS{inMS(h.At(0.50)), inMS(h.At(0.99)), inMS(h.Max)}
	}
	if s.Model == results.ModelOpen {
		lag := s.Part(results.PartLag, results.OK)
		r.LagMS = &quantileMS{inMS(lag.At(0.50)), inMS(lag.At(0.99)), inMS(lag.Max)}
	}
	if n := float64(s.Outcomes.Total()); n > 0 {
		errors, rejections := 100*float64(s.Outcomes.Error)/n, 100*float64(s.Outcomes.Rejected)/n
		r.ErrorRate, r.RejectionRate = &errors, &rejections
	}
	return r
}

// counted makes an empty object of what was not counted, and not null.
func counted(m map[string]uint64) map[string]uint64 {
	if m == nil {
		return map[string]uint64{}
	}
	return m
}

// inMS turns nanoseconds into milliseconds, and keeps what does not exist.
func inMS(ns *float64) *float64 {
	if ns == nil {
		return nil
	}
	v := *ns / 1e6
	return &v
}

// write prints the comparison as a table, and where it ran: a server that has one CPU
// to itself reaches its limit earlier than one that has all of them.
func (o *Options) write(to io.Writer, reports []report, p host.Placement) error {
	out := plain.NewWriter(to) // what the server answered is among the reasons
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\ttotal\tok\terror\trejected\ttime-out\terror rate\trejection rate\tseconds\treq/s\tgoodput/s\tmin ms\tmean\tmedian\tp95\tp99\tmax\t")
	// The best is the one with the highest goodput: throughput would reward a server
	// that refuses quickly.
	best := 0
	for i, r := range reports {
		l := r.LatencyMS
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%s\t%s\t%.2f\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", r.Pattern, r.TotalRequests, r.SuccessRequests,
			r.ErrorRequests, r.RejectedRequests, r.TimeoutRequests, inPercent(r.ErrorRate), inPercent(r.RejectionRate), r.DurationSeconds, text.Rate(r.RequestsPerSecond), text.Rate(r.Goodput),
			orDash(l.Min), orDash(l.Mean), orDash(l.Median), orDash(l.P95), orDash(l.P99), orDash(l.Max))
		if r.Goodput > reports[best].Goodput {
			best = i
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	what := "service time"
	if o.Rate > 0 {
		what = "response time from the intended start"
	}
	fmt.Fprintf(out, "Latencies are %s of successful answers.\n", what)
	if where := p.String(); where != "" && o.URL == "" {
		fmt.Fprintf(out, "Placement: %s.\n", where)
	}
	for _, r := range reports {
		if reasons := r.reasons(); reasons != "" {
			fmt.Fprintf(out, "%s: not every answer was a success: %s.\n", r.Pattern, reasons)
		}
	}
	if len(reports) > 1 {
		fmt.Fprintf(out, "Most successful answers per second: %s. One trial each proves nothing: `assay run` repeats trials, interleaves them and keeps the results.\n", reports[best].Pattern)
	}
	_, err := fmt.Fprintf(out, "Generator: %s.\n", health(reports))
	return errors.Join(err, out.Flush())
}

// reasons lists statuses, errors without an answer, and time-outs, if not all requests
// were answered well.
func (r *report) reasons() string {
	if r.SuccessRequests == r.TotalRequests {
		return ""
	}
	var parts []string
	for _, status := range slices.Sorted(maps.Keys(r.Statuses)) {
		parts = append(parts, fmt.Sprintf("status %s × %d", status, r.Statuses[status]))
	}
	for _, reason := range slices.Sorted(maps.Keys(r.Errors)) {
		parts = append(parts, fmt.Sprintf("%s × %d", reason, r.Errors[reason]))
	}
	if r.unexplained > 0 {
		parts = append(parts, fmt.Sprintf("time-out × %d", r.unexplained))
	}
	return strings.Join(parts, ", ")
}

// health says how the instrument itself did: its own delays, the worst of all attacks, and
// whether it was the limit.
func health(reports []report) string {
	lag, handling := math.NaN(), math.NaN()
	worst := func(v float64, q *quantileMS) float64 {
		if q == nil || q.P99 == nil || v >= *q.P99 {
			return v
		}
		return *q.P99
	}
	limited := "not the limit"
	for _, r := range reports {
		lag, handling = worst(lag, r.LagMS), worst(handling, r.HandlingMS)
		if r.GeneratorLimited != "" {
			limited = "the limit of " + r.Pattern
		}
	}
	var parts []string
	if !math.IsNaN(lag) {
		parts = append(parts, "lag p99 "+text.Number(lag)+" ms")
	}
	if !math.IsNaN(handling) {
		parts = append(parts, "handling p99 "+text.Number(handling)+" ms")
	}
	return strings.Join(append(parts, limited), ", ")
}

func inPercent(v *float64) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprintf("%.1f %%", *v)
}

func orDash(v *float64) string {
	if v == nil {
		return "–"
	}
	return text.Number(*v)
}
