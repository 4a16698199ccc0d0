// Package report composes the Markdown page of one or more bundles: findings and
// what to take when, then whether they can be trusted and what they make of the
// published study's claims, then every scenario, the Go benchmarks, the method and
// the environment.
//
// It computes through package measured. The parts of the page are packages of their
// own: section writes one scenario, study what is known of the built-in study, micro
// the Go benchmarks. All write to a page.Page, with numbers from format and words
// from words. None of these packages imports this one.
//
// Rules:
//
//   - The same bundles give the same bytes: no clock, no map order, no absolute
//     path.
//   - A sentence claims an effect only if its interval excludes "no change" and
//     its p-value, adjusted for all primary rows of its run, is at most 0.05.
//   - Digits end where the interval begins. One unit a column, in the header. A
//     dash has a footnote.
//   - A section for which a bundle holds nothing is one line that says so. The
//     sections of the built-in study stand only where some of its scenarios do.
package report
