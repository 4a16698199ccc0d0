// Package benchgate measures how often the regression gate is wrong: it makes many
// complete short checks of commits whose difference is known. It is the command
// `assay bench-gate`.
//
// A check is made by scripts/perf-check.sh of the commit that the series was begun
// with, in a clone of the repository: nothing that is edited or committed meanwhile
// gets into it. What the checks found is computed by `assay rates`.
//
// series.go knows which checks there are and which are missing, check.go makes one,
// disturb.go is the other program in checks of the kind load, slow.go makes the commit
// that is slower.
package benchgate
