// Package compare puts two columns of measurements side by side: variants of one
// bundle, two bundles, or two files of Go benchmarks. For every row and unit it
// gives medians with intervals, the effect between them, tests, and a verdict in
// words. It reads through package load and takes every number from package
// stats.
//
// Rules:
//
//   - Columns of one bundle are paired by block, and so are columns of one text
//     file with equal counts, where the k-th result of a name is block k. Two
//     inputs are never paired: whatever the machine did between them is in the
//     difference.
//   - Effects are ratios, head over base, or differences for shares in [0, 1].
//   - Medians, deltas and the p-values of unpaired columns are benchstat's.
//   - A difference is called one if its p-value is low after adjusting for all
//     primary rows together, and its interval excludes no change. Where there is
//     no ratio, the ranks have to see it too.
//   - A number that carries a mark (missing, saturated, few values, different
//     populations, generator share, measured differently) is shown and not judged.
//     One with a doubt is never called equal.
//   - Two bundles are held against each other scenario by scenario, as far as both
//     measured the same thing. Text does not say what it measured.
package compare
