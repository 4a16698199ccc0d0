// Package explain says why head is slower than base: which function, phase, lock or
// endpoint grew, by how much for each answer, and how sure that is. It takes a bundle
// with profiled blocks, and compares the profiles of two variants block by block, in
// the way in which the gate compares latencies.
//
// Rules:
//
//   - One value is what one trial used for one answer: seconds of CPU, bytes or objects
//     allocated, seconds waited. A sample of a profile is never a value.
//   - A difference is head minus base within a block. Its estimate and interval are those
//     of Hodges and Lehmann; its p is adjusted by max-T for all rows of its family, one-sided
//     as in the gate. A family has the totals, the groups and the functions with what they
//     call of one metric, of all scenarios. Functions alone are a family of their own, and so
//     are the parts of the time of requests with the endpoints.
//   - A whole never explains itself. Of functions, phases and what holds them the part that
//     grew is named, and "total" of Server-Timing only by what its phases leave of it.
//   - A row takes part if it has at least leastShare of its kind, in the mean of base and
//     head. Exchanging base and head does not change which rows do, so that the level of
//     the test holds.
//   - A function is named if its adjusted p is at most the level, and if the estimate is
//     worth a mention. With fewer than Fewest blocks nothing is named.
//   - Latencies are those of the measured blocks. The profiled trials have none that
//     count.
//   - Cumulative values count a function once for each stack that it is in, however often
//     it is in it. Frames that the compiler inlined are frames.
package explain
