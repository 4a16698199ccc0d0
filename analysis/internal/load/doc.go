// Package load is the one door through which measurements enter the analysis:
// it reads bundles and Go benchmark text and hands out values with the facts
// that were recorded beside them. It only reads. It computes no statistic and
// passes no judgement.
//
// Rules:
//
//   - Only trials that count are handed out: a void block stays outside, and
//     [Run.Void] tells of it.
//   - Values are in base units: seconds, bytes, per second, shares in [0, 1].
//   - A quantile that falls among time-outs is +Inf, also where text leaves it
//     out. A figure that was not measured is absent. NaN does not pass the door,
//     and neither do values below zero in units whose name says which way is
//     better; others may be temperatures.
//   - A benchmark file in which the run says that it failed, or in which results
//     stand where no parser sees them, is not whole: each such line is reported.
//   - What could not be read is reported with file and line, and the rest is
//     still handed out where that is honest.
package load
