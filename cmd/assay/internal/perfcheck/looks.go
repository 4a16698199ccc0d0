package perfcheck

import (
	"encoding/json"

	"github.com/assay-bench/assay/internal/looks"
	"github.com/assay-bench/assay/internal/program"
)

// Exit statuses of a check. Those of a verdict are the exit statuses of the gate.
const (
	pass         = program.Done
	regression   = program.Failed
	unusable     = program.Wrong
	inconclusive = program.Undecided
)

// next returns the number of blocks of the look that follows the one after so many. It
// returns false if the verdict of that look ends the check. A pass or a regression is
// final at any look, and so is whatever the last look says. An inconclusive check ends
// earlier if the gate says that more blocks would hardly decide it, unless the check is
// patient.
func next(blocks int, j judgement, patient bool) (int, bool) {
	if j.status != inconclusive || j.futile() && !patient {
		return 0, false
	}
	return looks.Next(blocks)
}

// futile reports whether the gate said so.
func (j judgement) futile() bool {
	var said struct {
		Futile bool `json:"futile"`
	}
	return json.Unmarshal(j.saved, &said) == nil && said.Futile
}
