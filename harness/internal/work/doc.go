// Package work lets the hosts of a run work together. The coordinator is in the process of
// `harness run`. Every other host has a worker, a process of the same program, which an
// engine has started (see package launch) and which does there what package trial says.
// The package moves orders and results; it measures nothing itself.
//
// Workers dial the coordinator over HTTPS with TLS 1.3. The certificate authority and the
// token are made for the run and are worth nothing after it. A worker learns them from its
// standard input or from a file that only its user can read, never from its command line.
//
//	POST /hello   the worker says which seat it takes and of which build it is; it is told
//	              the scenarios, with the files that they read and their secrets
//	POST /next    waits for the next order
//	POST /done    the result of an order
//	POST /beat    a sign of life, every second
//	POST /clock   the clock of the coordinator
//
// Rules:
//
//   - A worker of another build is refused, with the hashes of both programs.
//   - Orders, clock and signs of life have connections of their own. Clocks are compared
//     on a connection that carries nothing else: the least of 64 round trips counts, and
//     the offset is uncertain by half of it.
//   - A worker from which no sign of life has come for 3 s is lost, and so is one whose
//     connection breaks. Whatever it sends is a sign of life, and time in which the
//     coordinator itself could not listen does not count. What a lost worker may still send
//     is refused. A trial that needed it is void, and another worker has to take its seat
//     before the next one.
//   - A worker that has not reached the coordinator for 5 s ends every process that it
//     started, and itself; also when its standard input ends, if it was told the secrets
//     there.
//   - Every message has a largest size, and nothing is read of a message without a token.
//     Whoever is refused is logged, up to a number of lines.
package work
