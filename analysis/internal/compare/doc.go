// Package compare puts two columns of measurements side by side: variants of one
// bundle, two bundles, or two files of Go benchmarks. It collects rows, one for every
// unit of every benchmark, with the values of both columns, and marks what forbids a
// conclusion. It reads through package load. It draws no conclusion itself: package
// effect does, and so does package gate.
//
// Rules:
//
//   - Columns of one bundle are paired by block, and so are columns of one text
//     file with equal counts, where the k-th result of a name is block k. Two
//     inputs are never paired: whatever the machine did between them is in the
//     difference.
//   - A row that carries a mark (missing, saturated, few values, different
//     populations, generator share, measured differently) may be shown, and nothing
//     may be concluded from it. One with a doubt may not be called equal.
//   - Two bundles are held against each other scenario by scenario, as far as both
//     measured the same thing. Text does not say what it measured.
package compare
