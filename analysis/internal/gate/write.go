package gate

import (
	"encoding/json"
	"fmt"
	"io"
	"math"

	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/internal/plain"
)

// Text writes the verdict alone on the first line, and then what it rests on.
func Text(w io.Writer, in Input, v Verdict) error {
	fmt.Fprintln(w, v.Verdict)
	for _, s := range sections(in, v) {
		fmt.Fprintln(w)
		if s.title != "" {
			fmt.Fprintf(w, "%s:\n", s.title)
		}
		if s.table != nil {
			if err := s.table.Text(w); err != nil {
				return err
			}
		}
		for _, l := range s.lines {
			if _, err := fmt.Fprintln(w, plain.Line(l)); err != nil {
				return err
			}
		}
	}
	return nil
}

type jsonVerdict struct {
	// Verdict is one of the verdicts of the package, and Reasons are why it is not a
	// pass. Base and Head are the labels of the two sides.
	Verdict string   `json:"verdict"`
	Reasons []string `json:"reasons"`
	Base    string   `json:"base"`
	Head    string   `json:"head"`
	// Paired says that base and head met the same blocks.
	Paired  bool     `json:"paired"`
	Blocks  *int     `json:"blocks"`         // complete; null if unpaired
	Planned *int     `json:"planned_blocks"` // null if unpaired
	Looks   []int    `json:"looks"`          // blocks after which the run could be judged before; null if not recorded
	Alpha   float64  `json:"alpha"`          // for regressions
	Pass    float64  `json:"pass_alpha"`     // for passes
	Settle  *float64 `json:"settle_blocks"`  // for the whole verdict
	Futile  bool     `json:"futile"`         // further looks would hardly decide it
	// Rows are those that the verdict rests on. Doubts are why the check may not pass,
	// whatever its rows say.
	Rows     []jsonRow      `json:"rows"`
	Doubts   []string       `json:"doubts"`
	Controls []jsonControl  `json:"controls"`
	NotGated []jsonNotGated `json:"not_gated"`
	Notes    []string       `json:"notes"`
	// Environment is what differs between base and head and is no code.
	Environment []string `json:"environment"`
}

type jsonRow struct {
	// Name, Config, Unit, Better and Family are as in [Row]. Verdict and Reasons are on
	// this row alone.
	Name      string   `json:"name"`
	Config    string   `json:"config"`
	Unit      string   `json:"unit"`
	Better    string   `json:"better"`
	Family    string   `json:"family"`
	Verdict   string   `json:"verdict"`
	Reasons   []string `json:"reasons"`
	Base      jsonSide `json:"base"`
	Head      jsonSide `json:"head"`
	Effect    string   `json:"effect"` // "ratio", or "difference" of shares, losses included
	Ratio     *float64 `json:"ratio"`  // head over base, with its 95 % interval
	RatioLow  *float64 `json:"ratio_low"`
	RatioHigh *float64 `json:"ratio_high"`
	// Margin is on the scale of Loss: 0.05 is 5 %, or 5 percentage points of a share.
	Margin float64 `json:"margin"`
	// NoRatio says why a ratio, a loss or a bound is null: "base is 0". It is null
	// if all of them exist.
	NoRatio *string `json:"no_ratio"`
	// Loss, LossBound, PAdjusted, CV and Settle are the numbers of [Judgement]. They are
	// null where they do not exist.
	Loss      *float64 `json:"loss"`
	LossBound *float64 `json:"loss_bound"`
	PAdjusted *float64 `json:"p_adjusted"`
	CV        *float64 `json:"cv"`
	Settle    *float64 `json:"settle_blocks"`
	Notes     []string `json:"notes"`
}

type jsonSide struct {
	// N is how many values there are. Median is in base units, with the ends and the
	// confidence of its interval.
	N          int      `json:"n"`
	Median     *float64 `json:"median"`
	Low        *float64 `json:"low"`
	High       *float64 `json:"high"`
	Confidence *float64 `json:"confidence"`
}

type jsonControl struct {
	// Kind is ControlAA or ControlPositive. Base and Head are variants. Judged and Fired
	// are as in [ControlVerdict]. Missing are scenarios that have no row of the control.
	Kind    string   `json:"kind"`
	Base    string   `json:"base"`
	Head    string   `json:"head"`
	Judged  bool     `json:"judged"`
	Fired   bool     `json:"fired"`
	Missing []string `json:"missing"`
	// Unjudged are names of scenarios, and an empty one for the Go benchmarks.
	Unjudged []string  `json:"unjudged"`
	Rows     []jsonRow `json:"rows"`
}

type jsonNotGated struct {
	// Why is the reason for which the verdict does not rest on the row.
	Name string `json:"name"`
	Unit string `json:"unit"`
	Why  string `json:"why"`
}

// JSON writes one object. Numbers that do not exist are null.
func JSON(w io.Writer, in Input, v Verdict) error {
	j := jsonVerdict{
		Verdict: v.Verdict, Reasons: list(v.Explain()),
		Base: in.BaseLabel, Head: in.HeadLabel, Paired: in.Paired, Looks: in.Made, Alpha: in.Alpha, Pass: in.passAlpha(), Settle: number(math.Ceil(v.Settle)), Futile: v.Futile,
		Rows: jsonRows(v.Rows), Doubts: list(in.Doubts), Controls: []jsonControl{}, NotGated: []jsonNotGated{}, Notes: list(in.Notes), Environment: list(in.Environment),
	}
	if in.Paired {
		j.Blocks, j.Planned = &v.Blocks, &in.Planned
	}
	for _, c := range v.Controls {
		j.Controls = append(j.Controls, jsonControl{c.Kind, c.Base, c.Head, c.Judged, c.Fired, list(c.Missing), list(c.Unjudged), jsonRows(c.Rows)})
	}
	for _, n := range in.NotGated {
		j.NotGated = append(j.NotGated, jsonNotGated(n))
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(j)
}

// jsonRows is never null in JSON. The effect of a row is that without the rule's marks.
func jsonRows(rows []Judgement) []jsonRow {
	all := []jsonRow{}
	for _, j := range rows {
		e := j.effect()
		r := jsonRow{
			Name: j.Name, Config: j.Config, Unit: j.Unit, Better: j.Better.String(), Family: j.Family, Verdict: j.Outcome, Reasons: list(j.Reasons),
			Base: jsonSideOf(j.Base), Head: jsonSideOf(j.Head), Effect: "ratio", Margin: j.Margin,
			Ratio: number(e.Center), RatioLow: number(e.Low), RatioHigh: number(e.High),
			Loss: number(j.Loss), LossBound: number(j.Bound), PAdjusted: number(j.PAdjusted), CV: number(j.CV), Settle: number(math.Ceil(j.Settle)),
			Notes: []string{},
		}
		if j.Outcome == Pass {
			r.Notes = append(r.Notes, j.held...)
		}
		if rare := j.rare(); rare != "" && j.Outcome == Pass {
			r.Notes = append(r.Notes, rare)
		}
		if j.Share {
			r.Effect = "difference"
		}
		if j.NoRatio != "" {
			r.NoRatio = &j.NoRatio
		}
		all = append(all, r)
	}
	return all
}

// jsonSideOf is the median of the values that exist; its numbers are null if none does.
func jsonSideOf(values []float64) jsonSide {
	m := stats.Median(stats.Present(values))
	return jsonSide{m.N, number(m.Center), number(m.Low), number(m.High), number(m.Confidence)}
}

// list is never null in JSON.
func list(s []string) []string { return append([]string{}, s...) }

// number is a pointer for JSON, nil for what JSON cannot say.
func number(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}
