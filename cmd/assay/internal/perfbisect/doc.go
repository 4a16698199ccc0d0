// Package perfbisect finds the commit that made a project slower. It is the command
// `assay perf-bisect`.
//
// Between a commit that is fast and one that is slow it halves the history, as git bisect
// does, and asks at each step whether a commit is slower than the fast one: a complete
// check by `assay perf-check`, with its own looks. At the end one more check compares the
// commit that was found with its parent, and says why it is slower.
//
// Rules:
//
//   - A regression puts a commit behind the slowdown, and a pass before it.
//   - An inconclusive check says nothing by itself. It puts a commit before the slowdown if
//     it excludes a loss as large as that of a commit which is known to be slow, in the rows
//     that regressed there. If no such commit is known yet, the last one is checked.
//   - A commit that cannot be told, or that does not build, is skipped for its neighbours.
//   - The answer is a commit only if its own check against its parent is a regression.
//
// Nothing but the results of checks is remembered: a search that is started again takes
// the same course through those that are finished. Neither the checkout nor a bisection
// of git is touched.
//
// Files: the history (history.go), the course of the search (search.go), what a check says
// about a commit (evidence.go), how checks are made and kept (check.go), and what is told
// (answer.go).
package perfbisect
