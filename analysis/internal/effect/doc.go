// Package effect judges the rows that package compare has collected. For every row
// and unit it gives the effect between the two columns with its interval, tests, and
// a verdict in words. It writes them as tables, CSV and JSON. All numbers come from
// package stats.
//
// Rules:
//
//   - Effects are ratios, head over base, or differences for shares in [0, 1].
//   - Medians, deltas and the p-values of unpaired columns are benchstat's. If
//     values tie and counts differ, benchstat's p-value is wrong (see
//     [stats.Benchstat]); the exact p-value then replaces it, and a note says so.
//   - A verdict says that a row changed if its p-value is low after adjusting for
//     all primary rows together, and its interval excludes no change. If there is
//     no ratio, the ranks have to show the change too.
//   - A row with a mark is shown and not judged. A row with a doubt is never
//     called equal.
package effect
