// Package attack drives one load against one server that is already up, through
// a vegeta attacker, and keeps the ledger of every request. It does not start
// servers, choose what is compared, or judge what it saw.
//
// # The ledger
//
// Every request has five stamps on the monotonic clock, joined to the schedule by
// the request's sequence number:
//
//	intended ≤ dispatch ≤ first-write ≤ last-byte ≤ handled
//
//	lag       = dispatch − intended       the generator's own delay
//	conn-wait = first-write − dispatch    waiting for a connection
//	service   = last-byte − first-write   the server and the network
//	response  = last-byte − intended      the sum of the three
//	handling  = handled − last-byte       an answer that had come waited for us
//
// In open load the intended moment comes from an absolute schedule that no
// answer can delay, so a stall of the server is seen by every request that
// should have been sent meanwhile, and response time is free of coordinated
// omission. In closed load a client sends when its last answer is there: its
// intended moment is its dispatch, and only service time is meaningful.
//
// On Linux the fast transport has last-byte of loopback servers from the system,
// which notes when a packet comes in. From elsewhere packets come out of order, and
// last-byte is when the answer was read, as it is on other systems and with net/http.
// Handling is in no response time; it is the health of the instrument, as lag is,
// and kept by the fast transport on Linux alone. Where a connection is opened within
// a request's time, dial and handshake are parts of its conn-wait.
//
// # Rules
//
//   - One attempt per request. The one exception, a reused connection that the
//     server closed before any byte of an answer, is dialled again once, in the
//     request's own time, and counted.
//   - An answer that came in before its request was written answers something else.
//     If the server then ends the connection, it ended an idle one. If it does not,
//     the request fails with a reason of its own. On Linux, where the system notes
//     arrivals, lanes tell the two apart.
//   - One deadline per request, counted from its intended moment.
//   - Connections are bounded and opened before the attack, at 500 a second. Idle
//     ones are used last in, first out.
//   - What is scheduled is sent: who is late catches up, nothing is dropped. A load
//     ends by its deadline plus the time-out, whatever the server does.
//   - Handshakes are made before the attack, none is resumed, and all are counted.
//
// # The way
//
// On Linux the fast transport runs in lanes (see package lane): a hit of vegeta's is
// a stream's share in a lane, vegeta's pacer releases them and its workers run them.
// The standard transport, and the fast one of systems without epoll, go request by
// request: in open load a hit is a request, in closed load a client. All that touches
// vegeta is in vegeta.go. Answers are read by package message, and the line of the
// ledger is that of package ledger.
//
// vegeta's own numbers are not used. Its workers stamp a request when they receive
// it: time spent waiting for a worker, and oversleeping of the pacer, are in no
// result, and its latencies are summarised by a t-digest in which failures and
// successes are mixed.
//
// # Measurements
//
// Taken with Go 1.26.8 on Linux 6.18 in a virtual machine with two CPUs of an AMD
// EPYC, nginx 1.22 (one worker) on the one and the generator on the other.
//
// Other work kept both CPUs busy, and the host took some of their time, so that
// only what stands side by side can be compared. Closed, 64 connections, CPU time a
// request over that of wrk just before: in twelve rounds a median of 0.95 (0.76 to
// 1.09; ours took 15.6 to 24.9 µs), over TLS in eight rounds 0.72 (0.46 to 1.11).
// Four fifths of it are the kernel's. At real-time priority, which keeps other work
// away and not the host: 56,000, 51,000 and 47,000 requests a second, and wrk 51,000,
// 47,000 and 44,000. Open, at that priority: 1,000, 20,000 and 40,000 a second were
// sent as offered, with a median lag of 4, 9 and 12 µs; of 60,000 and 80,000 some
// 46,000 were done. The p99 of lag says nothing there: a loop that only reads the
// clock was itself kept waiting for up to 50 ms. 9,000 requests took 14 MB, and 407,000, which lasted a minute, 18: the counts of every second are kept.
// 9,000 connections took 19 MB. Plain requests allocate nothing, and those over TLS
// what crypto/tls does: two objects.
//
// # What was rejected
//
//   - A goroutine for every request, woken by a pacer's thread. At 40,000/s the
//     goroutines of requests that wait take the CPU from those that could be
//     answered: the more is offered the less is done, answers lie unread, and the
//     wait for a connection accuses the server.
//   - The runtime's poller, which wakes a goroutine for every answer, and system calls
//     of which the runtime knows: its monitor, which looks for Ps in them every 20 µs,
//     took a fifth of the CPU time of a generator on one CPU. A lane makes raw system
//     calls, and its P is never to be taken.
//   - To ask epoll for room to write when a request is sent, as wrk does: two more
//     system calls a request. Edges are asked for once, when a connection is opened.
//   - A timer of the runtime for every deadline: requests of a stream have the same
//     time-out, so a list in the order of their starts will do.
//   - To keep every request that waits for a connection: at 400,000/s against a server
//     that never answers that is 12 million in 30 s. The schedule is walked twice
//     instead, which costs some 20 ns a request.
//   - fasthttp's reader: it wants a buffered reader that blocks, and whole bodies.
package attack
