// Package trend follows the verdicts of many checks of one project over time and
// says since when a row stands on another level.
//
// It is not a gate: nothing is refused on its word. A trend sees slow losses that
// every single check lets pass, and it sees them late.
//
// Rules:
//
//   - A point is one check's loss of head against a reference, measured side by
//     side in that check; above zero is worse. Absolute values of different days are not compared:
//     the machine of the day would be in them. So all checks of a trend must
//     have the same reference.
//   - A change is a lasting one, found by [stats.ChangePoint] and then looked for
//     again on either side of it. The level of 5 % is that of one look, shared by
//     all series. Every further check is another look at the whole of the grown
//     series, with nothing set aside for it: of trends without a change that are
//     looked at every night, more than 5 % show one sooner or later. That is why
//     a trend only advises.
//   - A check that says nothing of a row leaves a gap in its series.
package trend
