// Package search finds the highest rate at which a server holds its objectives. It
// is pure: it proposes rates and is told whether they held; the caller makes the
// trials.
//
// The rate is doubled while it holds, or halved while it does not, until one rate
// that holds and one that does not are known. Their bracket is then bisected on a
// logarithmic scale until it is narrower than the precision. A separate run confirms
// the lower end, because the best of many attempts was probably lucky. A rate that
// fails to confirm counts as refuted, and the search continues below it.
//
// A rate holds if every repeated trial at that rate holds every objective. A trial
// that cannot be decided does not hold: a quantile falls among time-outs or has too
// few values, or the server fell behind the load.
package search
