// Package search finds the highest rate at which a server keeps its objectives.
// It is pure: it proposes rates and is told how they went; making the trials is
// the caller's part.
//
// The rate is doubled while it holds and halved while it does not, until one
// that holds and one that does not are known; the bracket is then bisected on a
// logarithmic scale until it is narrower than the precision. The lower end is
// confirmed by a run of its own, since the best of many looks is likely a lucky
// one. A rate that fails to confirm counts as refuted, and the search goes on
// below it.
//
// A rate holds when every repeated trial of it holds every objective. A trial
// that cannot be decided does not hold: a quantile among time-outs or from too
// few values, or a load that the server fell behind.
package search
