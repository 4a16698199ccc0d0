package command

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

// foreignFlag adds the flag that says how much of a CPU other programs may take. An
// option that stays 0 stands for the default, or for the limit of a bundle that is
// continued.
func foreignFlag(f *pflag.FlagSet, limit *float64) {
	f.Var((*share)(limit), "foreign-limit", "void blocks in which other programs took more than this `PERCENT` of a CPU (default 20%)")
}

// share is a flag that holds a share of a CPU, written as a percentage: 20% is 0.2. It
// may be above 100%, because a machine has several CPUs.
type share float64

// Set takes a number with a percent sign. Without the sign, 0.2 and 20 would be guesses.
func (s *share) Set(text string) error {
	number, found := strings.CutSuffix(text, "%")
	v, err := strconv.ParseFloat(number, 64)
	if !found || err != nil || !(v > 0 && v <= mostForeign) {
		return fmt.Errorf("want a percentage above 0%% and up to %d%%, like 20%%", mostForeign)
	}
	*s = share(v / 100)
	return nil
}

// mostForeign is the largest limit in percent, a thousand CPUs.
const mostForeign = 100_000

// String is empty for a limit that was not given, so that help shows no default.
func (s *share) String() string {
	if *s == 0 {
		return ""
	}
	return strconv.FormatFloat(100*float64(*s), 'g', 6, 64) + "%"
}

// Type is the word for the value in the help of a flag that has no better one.
func (s *share) Type() string { return "percent" }
