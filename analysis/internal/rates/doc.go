// Package rates says how often the gate is wrong. It keeps what complete checks
// of known commits measured in a compact form, makes simulated checks out of
// these recordings, has package gate judge both, and writes the rates, those of
// real checks with their intervals. It starts no check; `assay bench-gate` does.
//
// Rules:
//
//   - Three kinds of checks are recorded: aa (the same commit twice), slow (the
//     head is slower by a known factor) and load (the same commit twice beside a
//     program that wants a core).
//   - The verdict on a simulated check is [gate.Judge]'s, with both looks: after
//     the first half of the blocks and, unless that passed, after all of them.
//   - A simulated check is drawn from recorded A/A blocks, with replacement, whole
//     blocks at a time: all rows of a block belong together. What is injected is
//     arithmetic on the head's values.
//   - Random numbers come from a seed that is a hash of the recordings: the same
//     recordings give the same rates to the last digit.
//   - A rate of real checks carries its Clopper–Pearson interval. One of simulated
//     checks carries none: its tries are redraws of the same blocks, and an interval
//     of those redraws would be read as an interval for new checks.
//   - If a rate is not significantly higher than another, the page says so in these
//     words, and says which rate would have been.
//   - What other rules would have said is computed from exactly the values on which
//     the gate decided.
//
// Note: a simulated check has the differences between real pairs, with their outliers and
// with the dependence between rows. It does not have the dependence from block to block
// that a real check may have. Only the real checks show that.
package rates
