// Package compare arranges two columns of measurements side by side: variants of one
// bundle, two bundles, or two files of Go benchmarks. It collects rows, one for
// every unit of every benchmark, with the values of both columns, and marks rows
// from which nothing may be concluded. It reads through package load. It draws no
// conclusions itself; packages effect and gate do.
//
// Rules:
//
//   - Columns of one bundle are paired by block. So are columns of one text file
//     with equal counts, in which the k-th result of a name is block k. Two
//     inputs are never paired: the difference includes whatever the machine did
//     between them.
//   - A row with a mark (missing, saturated, few values, different populations,
//     generator share, measured differently) may be shown, but nothing may be
//     concluded from it. A row with a doubt may not be called equal.
//   - Two bundles are compared scenario by scenario, if both measured the same
//     thing. Text does not say what it measured.
package compare
