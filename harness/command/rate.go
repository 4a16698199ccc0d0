package command

import (
	"strconv"

	"github.com/spf13/pflag"

	"github.com/assay-bench/assay/harness/internal/scenario"
)

// rateFlag adds the flag that makes an open loop. The default duration belongs to
// package adhoc, which knows whether one was given.
func rateFlag(f *pflag.FlagSet, perSecond *float64) {
	f.Var((*perSec)(perSecond), "rate", "open loop at this `RATE`, like 500 or 500/s, for --duration (default 10s)")
}

// perSec is a flag that holds a rate per second. A number without a unit is per second.
type perSec float64

// Set takes a number, or a rate as scenarios have it. Package adhoc checks
// whether it is a rate that can be sent.
func (r *perSec) Set(text string) error {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		v, err = scenario.ParseRate(text)
	}
	*r = perSec(v)
	return err
}

// String is empty for a rate that was not given, so that help shows no default.
func (r *perSec) String() string {
	if *r == 0 {
		return ""
	}
	return strconv.FormatFloat(float64(*r), 'g', -1, 64)
}

// Type is the word for the value in the help of a flag that has no better one.
func (r *perSec) Type() string { return "rate" }
