// Package benchgate measures how often the regression gate is wrong: it makes many
// complete short checks of commits whose difference is known. It is the command
// `assay bench-gate`.
//
// scripts/perf-check.sh makes each check, in a clone of the repository and at the
// commit that the series was started with, so that nothing that is edited or
// committed meanwhile affects it. `assay rates` evaluates the checks.
//
// series.go knows which checks there are and which are missing, check.go makes one,
// disturb.go is the other program in checks of the kind load, and slow.go makes the
// slower commit.
package benchgate
