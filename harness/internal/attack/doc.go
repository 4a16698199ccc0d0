// Package attack drives one load against one server that is already up, through
// a vegeta attacker, and keeps the ledger of every request. It does not start
// servers, choose what is compared, or judge what it saw.
//
// # The ledger
//
// Every request has four stamps on the monotonic clock, taken by the transport
// and joined to the schedule by the request's sequence number, which in open load
// is vegeta's:
//
//	intended ≤ dispatch ≤ first-write ≤ last-byte
//
//	lag       = dispatch − intended       the generator's own delay
//	conn-wait = first-write − dispatch    waiting for a connection
//	service   = last-byte − first-write   the server and the network
//	response  = last-byte − intended      the sum of the three
//
// On Linux the fast transport has last-byte of loopback servers from the system,
// which notes when a packet comes in: an answer that has to wait until the generator
// reads it has come. That wait is in no part; a generator that is too slow is seen by
// its lag, and by its share of the CPUs. Elsewhere, and with net/http, last-byte is
// when the answer was read.
//
// In open load the intended moment comes from an absolute schedule that no
// answer can delay, so a stall of the server is seen by every request that
// should have been sent meanwhile, and response time is free of coordinated
// omission. In closed load a client sends when its last answer is there: its
// intended moment is its dispatch, and only service time is meaningful.
//
// # Why vegeta's own numbers are not used
//
// Its workers stamp a request when they receive it. Time spent waiting for a
// worker, and oversleeping of the pacer, are in no result. Its latencies are
// summarised by a t-digest in which failures and successes are mixed. Here its
// attacker does what it is good at, hitting at a pace with workers that grow,
// and the stamps, the outcomes and the histograms are our own. In closed load
// there is no pace to keep: a hit is a client, which sends its requests one after
// another and numbers them itself.
//
// # Rules
//
//   - One attempt per request. The one exception, a reused connection that the
//     server closed before any byte of an answer, is dialled again once, in the
//     request's own time, and counted.
//   - One deadline per request, counted from its intended moment.
//   - Connections are bounded and opened before the attack, at 500 a second.
//   - What is scheduled is sent: a late pacer catches up, it drops nothing.
package attack
