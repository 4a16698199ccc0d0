// Package trend follows the rows of many checks of one project over time and says when a
// row moved to another level.
//
// A trend is not a gate: no change is refused because of it. It finds slow losses, which
// every single check lets pass, but it finds them late.
//
// Rules:
//
//   - A point is the loss of head against a reference in one check, which measured both
//     side by side. A loss above zero is worse. Absolute values of different days are
//     not compared, because they depend on the machine of the day. All checks of a
//     trend must therefore have the same reference.
//   - A change is lasting. [stats.ChangePoint] finds the clearest one, and then searches
//     the series before it and the series after it in the same way. The level of 5 % is
//     for one look, and all series share it. Every new check is another look at the
//     whole series, for which the level is not lowered. Of all trends without a change
//     that are looked at every night, more than 5 % show one sooner or later. That is
//     why a trend only advises.
//   - A check without a value for a row leaves a gap in the row's series.
package trend
