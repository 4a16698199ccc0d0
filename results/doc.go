// Package results is the contract between the harness, which measures, and the
// analysis, which compares. It defines the files of one run, which are called a
// bundle, and what they mean. The package lays out, writes, reads and checks these
// files, and it holds the tables that both sides read: the metrics (metric.go), the
// outcomes (outcome.go), the tags of histograms (tag.go), and the rules for a
// saturated load (saturation.go) and for the generator's own part in a number
// (generator.go). It does not start, measure, compare or print anything.
//
// A bundle is a folder:
//
//	manifest.json            what was planned, with which inputs, where
//	trials.jsonl             one line per finished trial, in the order in which they ended
//	trials/<id>.hlog         HdrHistogram interval log of the trial
//	trials/<id>.server.jsonl samples of the server during the trial
//	trials/<id>.cpu.pprof    profile of a server during a profiled trial, see [Profile]
//	bench.txt                the valid trials in Go benchmark format
//	micro.txt                output of Go benchmarks, if there are any
//	SHA256SUMS               written last; covers every other file
//
// Rules:
//
//   - Times are durations on the monotonic clock, in nanoseconds where the name
//     ends in _ns and in seconds where it ends in _seconds. Only the manifest
//     holds wall-clock times.
//   - A field that could not be measured is null or absent, never zero.
//   - A stream with several targets has a result of each beside that of all its
//     requests, with a line in bench.txt and tags that end in "@<target>". The result
//     of the stream is that of all targets together. The targets of a stream with a
//     flow are its steps and, as "flow", the flow as a whole: from the moment at which
//     its first step was meant to be sent to the last byte of its last one. The result
//     of the stream is then that of "flow", and all of its counts are of flows.
//   - What a server answered stands in "wrong" of trials.jsonl as it came. Whoever
//     shows it escapes it.
//   - A trial counts only if every trial of its block attempt is valid: a hard
//     check that fails voids the whole block (see [Bundle.Valid]).
//   - A profiled trial is marked in its line, and its name has a "p" before the number
//     of its block. Its servers were slower than without the profiler, so that it is no
//     measurement: [Bundle.Trials] does not have it, and bench.txt neither.
//   - A slim bundle (see [Slim]) has archive.zip instead of trials.jsonl and the
//     folder trials. The ZIP archive holds these files under the same names, and
//     the SHA256SUMS of the full bundle. Readers do not need to know which form
//     they have: a [Bundle] opens either.
//   - A log of a slim bundle has the headline part only. Slim bundles made from
//     bundles of the first version also have other parts, each with one interval
//     for the whole window.
//   - Every trial is on disk, synced, before the next one starts. A line cut
//     short by a crash is the only damage that a reader has to expect, and only
//     at the end of trials.jsonl. Any other damage is found by the SHA-256 of each
//     line, which covers the hashes of the trial's log and samples too.
//   - The schema version is raised when a reader of the old version would
//     misread the new one. A reader refuses versions that it does not know.
package results
