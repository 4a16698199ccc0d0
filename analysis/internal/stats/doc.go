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
//
// What the functions do was checked against full enumeration and SciPy. What
// they are worth was simulated with fixed seeds; the tests repeat the
// simulations with fewer repetitions, and with -tables print these tables.
//
// Share of 95 % intervals that hold the truth, in per cent, of 20,000 samples of
// n trials: [Median], [HodgesLehmann] of paired differences, [Shift] of two
// samples.
//
//	distribution    n   median   paired   unpaired
//	normal          6    97.1     96.9     95.9
//	normal          8    96.1     96.1     95.0
//	normal         10    97.9     95.1     95.6
//	normal         20    95.8     95.1     95.0
//	Laplace         6    96.8     96.8     96.0
//	Laplace         8    96.1     96.0     94.7
//	Laplace        10    98.0     95.3     95.9
//	Laplace        20    96.0     95.2     94.9
//	lognormal       6    97.1     96.9     95.9
//	lognormal       8    96.1     96.2     95.0
//	lognormal      10    97.9     95.0     95.6
//	lognormal      20    95.8     95.3     95.0
//	5 % outliers    6    97.0     96.9     96.0
//	5 % outliers    8    95.9     95.8     94.7
//	5 % outliers   10    97.8     95.2     95.5
//	5 % outliers   20    96.0     95.0     94.9
//
// Nine rows with correlation 0.5 inside a block, one of them shifted by so many
// standard deviations of its differences; how often, in per cent of 5,000
// samples, the shifted row is found at 0.05 two-sided (without a shift: how often
// any row is, a false alarm), with [MaxT] and with [Holm] on [SignedRankTest].
//
//	blocks  shift   max-T   Holm
//	  6     0     3.4    0.0
//	  6     1     8.5    0.0
//	  6     2    43.1    0.0
//	  8     0     4.5    0.0
//	  8     1    26.0    0.0
//	  8     2    88.8    0.0
//	 10     0     5.0    3.3
//	 10     1    42.0   29.1
//	 10     2    98.4   94.1
//
// Two runs that are not paired, with 200 rows of six blocks and 45 of ten and so
// much correlation inside a block: how often, in per cent, any row is called
// different at 0.05 two-sided with [MaxTShift] if none is (of 400 pairs of runs),
// and how many of the rows are found that are shifted by so many standard
// deviations of a trial (of 40). A value that doubles with 5 % of noise is shifted
// by 14. [Holm] on [MannWhitney] finds no row of six among so many, however far it
// is shifted.
//
//	correlation  shifted       by    found
//	    0.0       none                   5.5
//	    0.0       one of six     4      90.0
//	    0.0       one of six     8     100.0
//	    0.0       one of six    14     100.0
//	    0.0       one of ten     4     100.0
//	    0.0       one of ten     8     100.0
//	    0.0       one of ten    14     100.0
//	    0.0       all            4      93.4
//	    0.0       all            8     100.0
//	    0.0       all           14     100.0
//	    0.5       none                   4.8
//	    0.5       one of six     4      82.5
//	    0.5       one of six     8     100.0
//	    0.5       one of six    14     100.0
//	    0.5       one of ten     4     100.0
//	    0.5       one of ten     8     100.0
//	    0.5       one of ten    14     100.0
//	    0.5       all            4      98.8
//	    0.5       all            8     100.0
//	    0.5       all           14     100.0
//
// Share of [Pooled] intervals that hold the 90th percentile, in per cent of 4,000
// runs of n blocks of 400 requests with 10 % spread between blocks.
//
//	n   covered
//	 6   84.2
//	10   88.5
//	20   92.5
package stats
