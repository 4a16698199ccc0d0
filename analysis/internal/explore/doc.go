// Package explore makes the explorer: one HTML file that holds a run, or two, and needs
// neither a network nor a server to be read. It shows what the report shows, and lets
// readers ask the next question: which variants, which seconds, which trial.
//
// It estimates nothing. Medians, intervals, effects, verdicts and sentences come from
// packages measured, effect, objective and report. The one thing that is computed in
// the page is what a reader asks for: quantiles of some seconds of a load. They come
// from the bins of every trial's histograms by the rules of load.Distribution and
// stats.Median, and a test holds them against these two.
//
// Rules:
//
//   - Everything from a run is data. It is in blocks of JSON that cannot end their
//     element, and the scripts write it as text, never as markup.
//   - The page's policy allows the scripts and styles that Make put in, by their
//     hashes, and no connection; a page that is served may ask its own server.
//   - The same bundles give the same bytes.
//
// The page needs a browser of 2023 or later (DecompressionStream).
package explore
