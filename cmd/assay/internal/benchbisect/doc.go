// Package benchbisect measures how well `assay perf-bisect` finds a slow commit. It is the
// command `assay bench-bisect`.
//
// A search that is made for real has a repository of its own, of which the slow commit is
// known: a small project whose Go benchmark, or whose server under a short scenario, does
// 10 % more work from one commit on. The other commits change nothing that is measured. A
// simulated search draws its measurements; its gate is the real one.
//
// Every finished search is a line in a file of records. Those that are there are not made
// again, and one that was interrupted goes on where it was.
package benchbisect
