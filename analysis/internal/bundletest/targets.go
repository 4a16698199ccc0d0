package bundletest

import (
	"maps"

	"github.com/assay-bench/assay/results"
)

// targets are those of the open scenario, if it has any.
var targets = []results.Target{
	{Name: "list", Method: "GET", Path: "/orders", Weight: 3},
	{Name: "create", Method: "POST", Path: "/orders", Weight: 1},
}

// WrongBody is the start of the wrong answers to create, which a page must not take for
// markup.
const WrongBody = "<script>alert(1)</script> `x` | **bold**\n"

// WrongReason is the reason why they are wrong.
const WrongReason = `wrong: body does not contain "<ok>"`

// byTarget divides what a stream did among its targets: by weight, with the
// distributions of the stream. All errors are wrong answers to create. Successes and
// errors add up to those of the stream.
func byTarget(whole *results.StreamResult) (all []results.StreamResult) {
	failed := whole.Outcomes.Error
	for i, t := range targets {
		r := *whole
		r.Name, r.WithinSLO, r.Connections = t.Name, nil, 0
		r.Sent, r.Planned = 0, 0
		r.Outcomes = results.Outcomes{}
		r.Outcomes.OK = whole.Outcomes.OK / 4 * 3
		if i > 0 {
			r.Outcomes.OK = whole.Outcomes.OK - r.Outcomes.OK
			r.Outcomes.Error = failed
			r.Errors = map[string]uint64{WrongReason: failed}
			r.Wrong = map[string]results.WrongAnswer{WrongReason: {Request: 7, Status: 200, Body: WrongBody}}
		}
		r.Recorded = r.Outcomes.Total()
		r.Scheduled = r.Recorded
		r.Headline.Count, r.Headline.Timeouts = r.Outcomes.OK, 0
		r.Parts = maps.Clone(whole.Parts)
		share := float64(r.Recorded) / float64(whole.Outcomes.Total())
		r.Throughput, r.Goodput = whole.Throughput*share, whole.Goodput*share
		all = append(all, r)
	}
	return all
}
