// Package stats holds the estimates, intervals, tests and corrections that the
// analysis uses. It is pure: numbers in, numbers out. It reads no files, prints
// nothing, knows no scenario and no unit, and draws random numbers only from
// seeds that it is given.
//
// Rules:
//
//   - One value is one trial. No function here takes single requests, except
//     [Pooled], which resamples whole blocks.
//   - A slice that is passed in is never sorted or changed.
//   - A bound that does not exist is NaN; a bound among time-outs is +Inf.
//   - Functions that cannot answer say so in their result; none panics on
//     values, and none returns a p-value below what its sample can give.
package stats
