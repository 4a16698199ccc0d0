// Package knownanswer tests the instrument against servers whose behaviour is known:
// they stall on schedule, answer after delays drawn from a known distribution,
// or have fewer connections or more delay than the load allows for. It says how
// far the reported percentiles are from true ones. It does not judge a machine;
// `assay doctor` does that with its figures.
//
// # Two truths
//
// The planned truth is arithmetic: the schedule says when a request should have
// started, and the server's behaviour says when it answers at the earliest. It
// leaves out every cost, so what is reported can only be above it.
//
// The stamped truth is from a request's intended start until the server handed
// the last byte of its answer to the system. The server is another process, on
// CPUs of its own, and keeps its own stamps; they are joined to the schedule by
// the sequence number that every request carries, and both processes read the
// same clock (CLOCK_MONOTONIC).
//
// # Where a difference comes from
//
//	reported − planned = generator + connection + server, for every request
//
//	generator  = lag, and from the server's last write to the last byte that came in
//	connection = waiting for one, and from the first write to the server's receipt
//	server     = from receipt to last write, beyond what was planned
//
// # Rules
//
//   - The reported percentiles come from the same code as those of any attack.
//   - A request that should have timed out is at +∞ in both truths.
//   - The server is a child started from the same executable.
package knownanswer
