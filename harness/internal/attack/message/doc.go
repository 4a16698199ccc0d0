// Package message writes HTTP/1.1 requests and finds where their answers end. It
// is pure: it reads no connection and no clock.
//
// An Answer is fed with whatever came, cut anywhere, and says how much of it
// belongs to the answer. It keeps what the ledger needs (status, length, whether
// the connection ends, Server-Timing, Retry-After) and skips the body, so that an
// answer that arrives in one piece is read without a copy and without an
// allocation.
//
// # Framing
//
// What is accepted, and where a message ends, is what net/http's client accepts
// and where it ends it; a fuzz target holds the two against each other. That
// includes bare line feeds in a header but not in chunked coding, folded header
// lines, one Transfer-Encoding that must be "chunked", and several
// Content-Lengths only if they are equal. There are four deliberate differences:
//
//   - A header, an interim answer's or a trailer included, has at most MaxHeader
//     bytes.
//   - A body whose length is not known beforehand has at most MaxBody bytes.
//   - A status below 100 is malformed.
//   - A trailer whose lines end in bare line feeds is malformed.
package message
