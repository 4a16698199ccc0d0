// Package knownanswer tests the instrument against servers whose behaviour is known:
// they stall on schedule, answer after delays drawn from a known distribution, or
// have fewer connections or more delay than the load allows for. The package says
// how far the reported percentiles are from the true ones. It does not judge a
// machine; `assay doctor` does that with the figures of this package.
//
// # Two truths
//
// The planned truth is arithmetic: the schedule says when a request should have
// started, and the server's behaviour says when it answers at the earliest. The
// planned truth leaves out every cost, so the reported value can only be above it.
//
// The stamped truth is the time from the intended start of a request until the
// server handed the last byte of its answer to the system. The server is another
// process, on its own CPUs, with its own stamps. Stamps are joined to the schedule
// by the sequence number that every request carries, and both processes read the
// same clock (CLOCK_MONOTONIC).
//
// # Where a difference comes from
//
//	reported − planned = generator + connection + server, for every request
//
//	generator  = lag, and from the server's last write to the last byte that came in
//	connection = waiting for a connection, and from the first write to the server's receipt
//	server     = from receipt to last write, beyond what was planned
//
// # Rules
//
//   - The reported percentiles come from the same code as those of any attack.
//   - A request that should have timed out counts as +∞ in both truths.
//   - The server is a child process started from the same executable.
package knownanswer
