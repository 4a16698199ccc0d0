package perfbisect

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Verdicts of a check.
const (
	pass         = "pass"
	regression   = "regression"
	inconclusive = "inconclusive"
	broken       = "broken" // the commit does not build: there was no check
)

// Result is what one check said.
type Result struct {
	Verdict string `json:"verdict"`        // one of the verdicts above
	Why     string `json:"why,omitempty"`  // it is broken
	Rows    []Row  `json:"rows,omitempty"` // none if it is broken
	// Told is what the check says of the cause, as text; empty if nobody looked for one.
	Told string `json:"told,omitempty"`
	// Dir is the folder with everything that the check left.
	Dir string `json:"dir,omitempty"`
}

// Row is one row of a verdict. Losses are shares, positive if the later commit is worse. A
// number that does not exist is nil.
type Row struct {
	// Name is that of the benchmark, and Config its file configuration. Both are as in
	// the verdict of the gate, as is Unit.
	Name    string `json:"name"`
	Config  string `json:"config"`
	Unit    string `json:"unit"`
	Better  string `json:"better"`  // higher or lower
	Verdict string `json:"verdict"` // on this row alone
	Effect  string `json:"effect"`  // "difference" of shares, else "ratio"
	// Low and High are the ends of the interval of the effect: head over base, or head
	// minus base for a difference. They are nil if there is none.
	Low  *float64 `json:"ratio_low"`
	High *float64 `json:"ratio_high"`
	// Margin is the loss that does not count, on the scale of Loss.
	Margin float64  `json:"margin"`
	Loss   *float64 `json:"loss"`
	Bound  *float64 `json:"loss_bound"` // one-sided, from above
}

// readVerdict reads what the gate wrote of a check.
func readVerdict(text []byte) (r Result, err error) {
	if err := json.Unmarshal(text, &r); err != nil {
		return r, fmt.Errorf("read the verdict: %w", err)
	}
	switch r.Verdict {
	case pass, regression, inconclusive:
		return r, nil
	}
	return r, fmt.Errorf("read the verdict: it is %q", r.Verdict)
}

// regressed returns the rows that regressed.
func (r *Result) regressed() (rows []Row) {
	for _, row := range r.Rows {
		if row.Verdict == regression {
			rows = append(rows, row)
		}
	}
	return rows
}

// same reports whether two rows are of the same metric.
func (r *Row) same(o Row) bool {
	return r.Name == o.Name && r.Config == o.Config && r.Unit == o.Unit
}

// least is the lower end of the interval of the row's loss; ok is false if there is none.
func (r *Row) least() (loss float64, ok bool) {
	neutral := 1.0
	if r.Effect == "difference" {
		neutral = 0
	}
	switch {
	case r.Better == "higher" && r.High != nil:
		return neutral - *r.High, true
	case r.Better != "higher" && r.Low != nil:
		return *r.Low - neutral, true
	}
	return 0, false
}

// place is where a commit stands.
type place int

const (
	unclear place = iota
	before        // the slowdown
	behind        // the slowdown
)

// place says what a check of a commit against the fast one tells. slow is the check of a
// commit that is known to be behind the slowdown, or nil. compared reports whether the
// answer rests on slow.
func (r *Result) place(slow *Result) (p place, compared bool) {
	switch {
	case r.Verdict == regression && (slow == nil || !r.lacks(slow)):
		return behind, false
	case r.Verdict == pass:
		return before, false
	case slow != nil && r.Verdict != broken && r.lacks(slow):
		return before, true
	}
	return unclear, false
}

// lacks reports whether the check excludes the losses of a slow commit: in each row that
// regressed there, the loss is bounded below the least that it was there.
func (r *Result) lacks(slow *Result) bool {
	rows := slow.regressed()
	for i := range rows {
		least, ok := rows[i].least()
		k := slices.IndexFunc(r.Rows, rows[i].same)
		if k < 0 || !ok || r.Rows[k].Verdict == regression || r.Rows[k].Bound == nil {
			return false
		}
		if bound := *r.Rows[k].Bound; r.Rows[k].Verdict != pass && bound >= least {
			return false
		}
	}
	return len(rows) > 0
}
