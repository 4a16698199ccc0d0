// Package verdict reads the file that `assay gate --json` writes, for what is
// done with verdicts afterwards. It knows what those need and no more, passes no
// judgement and computes nothing.
package verdict

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/assay-bench/assay/results"
)

// Verdicts.
const (
	Pass         = "pass"
	Regression   = "regression"
	Inconclusive = "inconclusive"
)

// File is the content of a verdict file.
type File struct {
	Verdict string   `json:"verdict"` // one of the verdicts above
	Reasons []string `json:"reasons"` // why it is not a pass, a sentence each
	// Rows are those that the verdict rests on, and Controls the comparisons that test
	// the instrument.
	Rows     []Row     `json:"rows"`
	Controls []Control `json:"controls"`
	// Explanation is nil if nobody looked for a cause.
	Explanation *Explanation `json:"explanation"`
}

// Row is the verdict on one unit of one benchmark. A loss is a share of the base value, or
// a difference of shares: 0.07 means that head is worse by 7 %, whether lower or higher
// values are better. A number that does not exist is nil.
type Row struct {
	// Name is that of the benchmark without the variant: "HTTP/scenario=steady".
	Name    string `json:"name"`
	Config  string `json:"config"`  // such as "pkg: example.com/search, cpu: …"
	Unit    string `json:"unit"`    // as in bench.txt: "p99-sec"
	Verdict string `json:"verdict"` // on this row alone
	Effect  string `json:"effect"`  // "difference" of shares, else "ratio"
	// Margin is the loss that does not count, on the scale of Loss; above 0.
	Margin  float64  `json:"margin"`
	Loss    *float64 `json:"loss"`
	Bound   *float64 `json:"loss_bound"` // one-sided, from above
	NoRatio *string  `json:"no_ratio"`   // why there is no loss: "base is 0"
	// Base and Head are the values before and after the change.
	Base Side `json:"base"`
	Head Side `json:"head"`
}

// Side is what a row has on one side.
type Side struct {
	Median *float64 `json:"median"` // in the unit; nil beyond the time-out too
}

// text prints the median with its unit.
func (s Side) text(unit string) string {
	if s.Median == nil {
		return "no number"
	}
	return fmt.Sprintf("%.4g %s", *s.Median, unit)
}

// Worse says by how much head is worse, and where there is no ratio what the two
// values are and why.
func (r Row) Worse() string {
	switch {
	case r.Loss != nil:
		return "worse by " + r.Format(*r.Loss)
	case r.NoRatio != nil:
		return fmt.Sprintf("worse: %s, before %s; no ratio: %s", r.Head.text(r.Unit), r.Base.text(r.Unit), *r.NoRatio)
	}
	return "worse"
}

// Package is the Go package of a benchmark. It is empty if the row has no package.
func (r Row) Package() string {
	for _, part := range strings.Split(r.Config, ", ") {
		if pkg, ok := strings.CutPrefix(part, "pkg: "); ok {
			return pkg
		}
	}
	return ""
}

// Names returns a name for every row: the name of its benchmark, and with it the name of
// its package if two packages have a benchmark of that name.
func Names(rows []Row) []string {
	packages := map[string]string{}
	several := map[string]bool{}
	for _, r := range rows {
		pkg, seen := packages[r.Name]
		several[r.Name] = several[r.Name] || seen && pkg != r.Package()
		packages[r.Name] = r.Package()
	}
	names := make([]string, len(rows))
	for i, r := range rows {
		names[i] = r.Name
		if several[r.Name] && r.Package() != "" {
			names[i] += " (" + r.Package() + ")"
		}
	}
	return names
}

// Format prints a loss of the row with its sign and unit.
func (r Row) Format(loss float64) string {
	decimals, unit := 1, "%"
	if r.Effect == "difference" {
		decimals, unit = 2, "pp"
	}
	scale := math.Pow10(decimals)
	rounded := math.Round(100*loss*scale)/scale + 0 // never −0
	return fmt.Sprintf("%+.*f %s", decimals, rounded, unit)
}

// Positive is the kind of control that has a known slowdown.
const Positive = "positive"

// Control is a comparison whose answer is known beforehand.
type Control struct {
	// Kind is Positive, or "A/A" for two copies of one build. Base and Head are
	// variants.
	Kind   string `json:"kind"`
	Base   string `json:"base"`
	Head   string `json:"head"`
	Judged bool   `json:"judged"` // it could be judged at all
	// Fired says that the control was called a regression, or would be one, for "A/A",
	// with base and head exchanged.
	Fired bool `json:"fired"`
}

// Read reads a verdict. A file that holds something else is an error.
func Read(file string) (File, error) {
	var f File
	data, err := results.ReadRegular(file)
	if err != nil {
		return f, err
	}
	if err := json.Unmarshal(data, &f); err != nil {
		return f, fmt.Errorf("%s: no verdict of `assay gate --json`: %w", file, err)
	}
	switch f.Verdict {
	case Pass, Regression, Inconclusive:
		return f, nil
	}
	return f, fmt.Errorf("%s: no verdict of `assay gate --json`: its \"verdict\" is %q", file, f.Verdict)
}
