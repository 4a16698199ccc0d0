// Package perfcheck says whether one commit is slower than another on this machine:
// what CI does, without CI. It is the command `assay perf-check`.
//
// Both commits are checked out in a scratch folder, as base/ and head/. Servers and
// Go benchmarks are built from these trees and measured in interleaved blocks, by
// the scenarios of base. The harness measures and the gate judges, as programs of
// their own: head's if the repository is Assay, so that a change of them is tried
// out, else this program. Uncommitted changes are not measured.
//
// The steps are in files of their own: which scenarios (scenarios.go), which Go
// benchmarks (benchmarks.go), measuring and judging one look (measure.go), when the
// verdict is final (looks.go), what is left for readers (summary.go).
package perfcheck
