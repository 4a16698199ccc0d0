// Package message writes HTTP/1.1 requests and finds where their answers end. It is pure:
// it uses no connection and no clock.
//
// An Answer is fed with the bytes that arrive, in pieces of any size, and says how many of
// them belong to the answer. It keeps what the ledger needs (status, length, whether the
// connection ends, Server-Timing, Retry-After) and skips the body. An answer that arrives
// in one piece is read without a copy and without an allocation.
//
// # Framing
//
// The package accepts the messages that the client of net/http accepts, and finds their
// ends in the same places; a fuzz target compares the two. Both accept bare line feeds in
// a header but not in chunked coding, folded header lines, a single Transfer-Encoding that
// must be "chunked", and several Content-Lengths only if they are equal. These
// differences are deliberate:
//
//   - A header has at most MaxHeader bytes. This includes the headers of interim answers,
//     and trailers.
//   - A body whose length is not known beforehand has at most MaxBody bytes.
//   - A status below 100 is malformed.
//   - A header that ends in the middle of a line is truncated. net/http reads that line as
//     if it was whole, and calls it malformed.
//   - Bytes that cannot begin "HTTP/" are malformed at once, even if no line ends.
//   - A trailer whose lines end in bare line feeds is malformed.
package message
