package perfcheck

import "github.com/assay-bench/assay/internal/program"

// Exit statuses of a check. Those of a verdict are the exit statuses of the gate.
const (
	pass         = program.Done
	regression   = program.Failed
	unusable     = program.Wrong
	inconclusive = 3
)

// looks are the numbers of blocks after which the gate judges. The gate divides its
// level among the same looks: see "Levels" in analysis/GATE.md.
var looks = []int{10, 20}

// final tells whether the verdict of a look ends the check. Looks are counted from 0. A
// pass or a regression is final at any look, and so is whatever the last look says.
func final(look, status int) bool { return status != inconclusive || look == len(looks)-1 }
