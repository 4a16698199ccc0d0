// Package results is the contract between the harness, which measures, and the
// analysis, which compares: the files of one run, called a bundle, and the meaning
// of what stands in them. It knows how the files are laid out, written, read and
// checked, and it holds the tables that both sides read: the metrics (metric.go),
// the outcomes (outcome.go), the tags of histograms (tag.go) and the rule for a
// saturated load (saturation.go). It does not start, measure, compare or print
// anything.
//
// A bundle is a folder:
//
//	manifest.json            what was planned, with which inputs, where
//	trials.jsonl             one line per finished trial, in the order they ended
//	trials/<id>.hlog         HdrHistogram interval log of the trial
//	trials/<id>.server.jsonl samples of the server during the trial
//	bench.txt                the valid trials in Go benchmark format
//	micro.txt                output of Go benchmarks, where there are any
//	SHA256SUMS               written last; covers every other file
//
// Rules:
//
//   - Times are durations on the monotonic clock, in nanoseconds where the name
//     ends in _ns and in seconds where it ends in _seconds. Wall-clock time
//     stands in the manifest alone.
//   - A field that could not be measured is null or absent, never zero.
//   - A trial counts only if every trial of its block attempt is valid: a hard
//     check that fails voids the whole block (see [Bundle.Valid]).
//   - A slim bundle (see [Slim]) has archive.zip in the place of trials.jsonl and
//     of the folder trials: a ZIP archive of these files under the same names, and
//     of the SHA256SUMS of the bundle that it was made from. Readers need not know:
//     a [Bundle] opens either.
//   - A log of a slim bundle has the headline part only. Bundles of the first
//     version that were made slim have logs of their own, in which all but the
//     headline part has one interval for the whole window.
//   - Every trial is on disk, synced, before the next one starts. A line cut
//     short by a crash is the only damage a reader has to expect, and only at
//     the end of trials.jsonl.
//   - The schema version grows when a reader of the old one would misread the
//     new one. A reader refuses versions it does not know.
package results
