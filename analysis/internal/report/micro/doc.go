// Package micro writes the part of a report that is about Go benchmarks: tables
// whose columns are the values of one key of the benchmarks' names, and one table
// for the benchmarks that have nothing to compare with.
package micro
