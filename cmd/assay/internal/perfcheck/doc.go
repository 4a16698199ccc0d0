// Package perfcheck finds out whether one commit is slower than another on this
// machine, in the same way as CI. It is the command `assay perf-check`.
//
// Both commits are checked out in a scratch folder, as base/ and head/. Servers and
// Go benchmarks are built from these trees and measured in interleaved blocks, by
// the scenarios of base. The harness measures and the gate judges, both as separate
// programs. If the repository is Assay, they are built from head, so that a change
// to them is tested too; otherwise this program serves as both. Uncommitted changes
// are not measured.
//
// Each step has a file: which scenarios are measured (scenarios.go), which Go
// benchmarks (benchmarks.go), how one look is measured and judged (measure.go), when
// the verdict is final (looks.go), and what is written for readers (notes.go).
package perfcheck
