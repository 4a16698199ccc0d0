// Package gate decides whether a change made something slower: regression, pass
// or inconclusive. [Collect] turns bundles and Go benchmark files into plain
// data, [Judge] draws the verdict from that data alone, and the rest writes a
// verdict down. The numbers come from package stats, the rows from package
// compare. It does not say how often it is wrong: GATE.md does, from
// measurements.
//
// Rules:
//
//   - Regression: in some primary row the one-sided p for "worse", adjusted for
//     all rows of the check, is at most α, and the estimate is beyond the row's
//     margin. A tiny loss that is proven is not a regression, and neither is a
//     large one that is not.
//   - Pass: in every primary row the one-sided 1−α upper bound of the loss is
//     below the margin. The check passes only if every row does, so this needs no
//     correction (an intersection–union test).
//   - Inconclusive: anything else. What cannot be judged keeps a check from
//     passing, and never from finding a regression elsewhere. So do an objective
//     that base meets and head misses, and a server of head's that crashes.
//   - An A/A control that fires makes the check inconclusive whatever else was
//     found: a check that sees a difference between two copies of one build has
//     no standing to report another.
//   - A mark that can only understate a loss of head does not keep it from being a
//     regression, and a block that is marked for head counts as the worst loss in the
//     bound that a pass rests on.
//   - What befalls head in more blocks than base, such as a crash or a bad start, is a
//     row of the family, tested by the signs of the blocks.
//   - Where a run has an A/A copy of base, head is compared with the mean of both.
//   - Rows of HTTP trials and of Go benchmarks are two families. Where a check
//     has both, each may spend half of α on false regressions, so that the check
//     as a whole stays below α whatever the two have to do with each other.
//
// Note: the two families could go through one max-T instead, without a split.
// But Go benchmarks run at other moments and may have other blocks, and then
// each family would hang on the blocks of the other. Shares by number of rows
// were rejected too: two hundred Go benchmarks would leave three HTTP rows with
// nothing. A half costs little, since max-T over ten blocks reaches 2⁻¹⁰.
package gate
