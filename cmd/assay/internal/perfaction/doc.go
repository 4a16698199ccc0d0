// Package perfaction is what the GitHub action perf-check does: it compares two commits
// of the repository in the current folder by `assay perf-check`, and says in GitHub's
// terms what came of it. It is the command `assay perf-action`, which check.sh in the
// action's folder builds and runs.
//
// The package measures and judges nothing. The check, the report, the annotations and
// the trend are commands of the same program, and each of them runs as a process of its
// own: if one of them breaks down, the job is told that the check could not be made.
//
// Inputs come from the environment and not from flags, because a workflow that puts an
// input into a command line lets whoever chooses the input write shell.
//
// Files: which inputs there are (inputs.go), the course of a check (check.go), what
// GitHub is told (workflow.go), and the verdicts that are kept for a trend (history.go).
package perfaction
