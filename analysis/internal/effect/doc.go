// Package effect judges the rows that package compare has collected: for every row
// and unit it gives the effect between the two columns with its interval, tests, and
// a verdict in words, and it writes them as tables, CSV and JSON. It takes every
// number from package stats.
//
// Rules:
//
//   - Effects are ratios, head over base, or differences for shares in [0, 1].
//   - Medians, deltas and the p-values of unpaired columns are benchstat's. Where
//     values tie and counts differ benchstat's p-value is wrong, see
//     [stats.Benchstat]; the exact one stands then, and a note says so.
//   - A difference is called one if its p-value is low after adjusting for all
//     primary rows together, and its interval excludes no change. Where there is
//     no ratio, the ranks have to see it too.
//   - A row that carries a mark is shown and not judged. One with a doubt is never
//     called equal.
package effect
