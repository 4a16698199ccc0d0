// Package load is the only way by which measurements enter the analysis. It reads
// bundles and Go benchmark text, and returns values together with the facts that
// were recorded with them. It only reads: it computes no statistics and judges
// nothing.
//
// Rules:
//
//   - Only valid trials are returned. Trials of void blocks are left out;
//     [Run.Void] returns them.
//   - Values are in base units: seconds, bytes, per second, shares in [0, 1].
//   - A quantile that falls among time-outs is +Inf, even if text leaves it out.
//     A figure that was not measured is absent. NaN is never returned, and
//     neither are values below zero of times, bytes, rates and units that have a
//     direction by themselves; other units may be temperatures.
//   - If the run says in a benchmark file that it failed, or if results are
//     where no parser sees them, the file is incomplete: each such line is
//     reported.
//   - Errors name the file and the line. The rest of the input is still returned
//     if it is not misleading without the missing part.
package load
