// Package claims holds what the published study says, as data, and the rule by
// which measurements confirm or contradict it. It knows which variant and metric of
// our scenarios a claim speaks of, reads them through package load, and takes
// its estimates from package stats. It prints nothing: package report words what
// it finds.
//
// A claim is a number or a range ("11,104 requests a second", "4 to 5 times as
// fast"), a bound ("more than 90 %") or an order ("the best throughput"). It is
// tested in one or more settings, each a measurement of ours: a median over
// trials, or a ratio within blocks. No verdict is written down anywhere; each
// follows from the intervals.
//
// The outcome of one test:
//
//   - A number or a range holds if the 95 % interval lies within [Tolerance] of
//     it, or contains some of it and is itself not wider than the band: an interval
//     that is wider would hold as well for truths that lie outside. It fails if the
//     interval lies wholly outside the band. Tolerance is relative.
//     For a share it is relative to the smaller of the share and its complement, and
//     at least [ShareTolerance]: the study made one run of 1,000 requests, which does
//     not determine a share of 5 % more closely.
//   - A bound holds if the interval lies wholly above it and fails if none of it
//     does. It has no tolerance: what is enough is part of the claim.
//   - An order fails if the interval of the ratio ends below 1 (of a difference:
//     0) plus the metric's margin: then there is no advantage that matters, even
//     if there is one. Else it holds if the interval lies wholly above 1 (or 0).
//   - All else is unclear: fewer than six blocks, an interval that reaches across
//     a limit, or a number that nothing may be concluded from (too few values,
//     saturated, different populations, the generator's own delay).
//
// The verdict on a claim, where a setting counts as holding or failing if its test does:
//
//   - "not run here" if the run has none of its settings, or if it promises
//     nothing that can be measured; the reason is given.
//   - "depends" if it holds in one setting and fails in another.
//   - "not reproduced" if it fails in a setting and holds in none.
//   - "artefact of the method" if it holds as the study counted, and fails once
//     it is counted as a user meets it: such claims name both measurements.
//   - "reproduced" if it holds in every setting as the study counted, and does not
//     fail as a user meets it.
//   - "cannot tell" if what decides is unclear.
//
// Note: a setting that the run does not have changes no verdict. It is listed beside the
// verdict.
package claims
