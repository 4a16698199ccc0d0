// Package measured computes what a report shows: for every scenario of a bundle the
// medians of its variants, their comparisons, latency by percentile and by second,
// the parts of which a request's time is made, and the recovery from a spike. It
// formats nothing and draws nothing, so that a page, an explorer and a comment can
// show the same numbers.
//
// It takes values from package load, estimates from package stats, and comparisons
// from package effect. What cannot be read of a bundle is returned beside what can.
//
// A [Scenario] has groups, a [Group] has variants: the variants of one group ran
// under the same load and the same matrix cell, and compare with each other. A
// scenario that was searched for its highest rate is a [Search] and has no groups,
// because its trials share no blocks.
package measured
