// Package attack drives one load against one server that already runs. Vegeta paces the
// load, and the package records every request in a ledger. It does not start servers or
// choose what is compared. The only judgement that it makes is about itself: whether the
// generator, and not the server, limited the load.
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
//	handling  = handled − last-byte       the answer was there, and waited for the generator
//
// Under open load the intended moment comes from an absolute schedule, which no answer
// can delay. If the server stalls, every request that was due during the stall shows the
// stall in its response time, so response times are free of coordinated omission. Under
// closed load a client sends its next request when its last answer has arrived. The
// intended moment is then the dispatch, and only the service time means anything.
//
// On Linux the fast transport takes the last-byte from the kernel, which stamps packets as
// they arrive. Packets from other hosts can arrive out of order, and the stamp of the last
// one does not say when all of them had arrived: the kernel counts them, and an answer that
// has any is stamped when it is read. So is every answer through a Unix domain socket, on
// other systems, and with net/http: last-byte is then the moment at which the generator read
// the answer. Handling is not a part of any response time. Like lag,
// it shows how well the instrument works; only the fast transport on Linux records it.
// If a connection is opened during a request, dial and handshake are parts of the
// request's conn-wait.
//
// A stream may have several targets. Requests are then counted by target, and what the
// stream has as a whole is added up when a second is written: a request is counted once.
// The header and the body of an answer are kept only for a target whose answers are
// checked (see package expect).
//
// # Flows
//
// A slot of the schedule, or a turn of a client, may be a flow of several requests. Its first
// step is meant to be sent when the slot is due. Each other step is meant to be sent when
// the last byte of the answer before has come and the step's pause is over, so that the
// response times of the steps and the pauses add up to the time of the flow, exactly. Each
// step has its own deadline. Steps are recorded like targets, in the second in which their
// flow was due, and the flow is recorded under a target of its own. What the stream has as
// a whole is that of its flows. Whether the generator limited the load is decided by the
// steps, which are its requests.
//
// # Rules
//
//   - A request is attempted once. There is one exception: if the server closed a reused
//     connection before it sent any byte of an answer, the connection is opened again
//     once. The time that this takes belongs to the request, and redials are counted.
//   - An answer that arrived before its request was written is not an answer to this
//     request. If the server then closes the connection, it closed an idle connection.
//     If it does not, the request fails with a reason of its own. Lanes can tell the two
//     cases apart on Linux, because the kernel stamps arrivals.
//   - A request has one deadline, which counts from its intended moment.
//   - The number of connections is bounded. They are opened before the attack, at 500 a
//     second and a few at a time (see package opener), but no more than the load has
//     requests. Of the idle ones, the one that was used last is used first.
//   - Every scheduled request is sent. A generator that is late catches up, and drops
//     nothing. A load ends at its deadline plus the time-out, whatever the server does.
//   - TLS handshakes are made before the attack. None of them resumes an earlier session,
//     and all of them are counted.
//
// # How the load is made
//
// On Linux the fast transport runs in lanes (see package lane). Vegeta sees each stream's
// share in each lane as one hit: its pacer releases the hits, and its workers run them.
// The standard transport, and the fast transport on systems without epoll, work request
// by request: under open load a hit is a request, and under closed load it is a client.
// Everything that calls vegeta is in vegeta.go. Package message reads the answers, and
// package ledger defines the line of a request.
//
// The package does not use vegeta's own numbers. Vegeta stamps a request when a worker
// receives it, so the time that a request waits for a worker, and the time by which the
// pacer oversleeps, appear in none of its results. It also summarises latencies in a
// t-digest in which failures and successes are mixed.
//
// # Measurements
//
// Taken with Go 1.26.8 on Linux 6.18 in a virtual machine with two CPUs of an AMD
// EPYC, nginx 1.22 (one worker) on the one and the generator on the other.
//
// Other programs kept both CPUs busy, and the host of the virtual machine took some of
// their time. Figures can therefore only be compared with those that were measured beside
// them.
//
//   - Closed load, 64 connections: the CPU time of a request, divided by that of wrk just
//     before, had a median of 0.95 in twelve rounds (0.76 to 1.09; Assay took 15.6 to
//     24.9 µs). Over TLS it was 0.72 in eight rounds (0.46 to 1.11). The kernel takes four
//     fifths of the time.
//   - Closed load at real-time priority, which keeps other programs away but not the host:
//     56,000, 51,000 and 47,000 requests a second; wrk 51,000, 47,000 and 44,000.
//   - Open load at that priority: at 1,000, 20,000 and 40,000 a second everything was sent
//     on schedule, with a median lag of 4, 9 and 12 µs. At 60,000 and 80,000 a second about
//     46,000 were answered. The p99 of lag means nothing on this machine: a loop that only
//     read the clock was itself interrupted for up to 50 ms.
//   - All of `bench-self`, five rounds on an otherwise idle machine with Linux 6.18.44: closed load
//     took 0.85 of wrk's CPU time at nginx (0.81 to 0.87), 0.87 at a net/http server (0.86 to 1.12),
//     0.95 at nginx over TLS (0.62 to 0.98) and 1.15 at a server that is faster than the tools
//     (1.11 to 1.20). In that hour wrk itself took 0.41 of vegeta's CPU time at the last of these,
//     where it had taken 0.20 in others, so shares of vegeta's are higher too: 0.47, and 0.26 at nginx.
//     The highest open rate was 1.01 times the rate of wrk's closed loop (0.82 to 1.10). 10,000
//     connections took 35 MB.
//   - Short slices of CPU time for lanes (see package lane), on an otherwise idle machine with
//     Linux 6.18, `bench-self --only lag --rounds 1` by both builds in turn, three times: the p99 of
//     lag was 67, 93 and 55 µs at 1,000/s (1,345, 80 and 68 without them), 61, 91 and 30 µs at
//     5,000/s (53, 76 and 62), and 107, 137 and 107 µs at 20,000/s (97, 973 and 450).
//   - A lane that watches the clock throughout a wait that is shorter than its lead, and not only
//     in the second half of it, in turn with one that does not, on the same idle machine: at
//     20,000/s the median lag was 10 and 11 µs (28 and 28 without), and its p99 96 and 142 µs.
//   - Targets (`bench-self --only targets`, five rounds, answers of 1 KiB, at a server
//     faster than the generator): one target took 16.5 µs of CPU time a request, ten with
//     results of their own 1.02 times that (0.93 to 1.25), and one with `contains` and a
//     JSON check 1.66 times (1.56 to 1.87).
//   - Flows (`bench-self --only flows`, seven rounds beside other programs): a request drawn
//     from three targets took 23.0 µs, and one that is a step of a flow of the same three 0.95
//     times that (0.75 to 1.19; 1.15 is the bar). In three rounds before it was 1.18 times (1.14
//     to 1.39), and in three others 0.84 (0.78 to 1.17). Where one of the steps extracted a
//     value from 1 KiB of JSON it was 1.83 times (1.72 to 2.13).
//   - Closed load at a net/http server: 0.94 of the CPU time of wrk in three rounds (0.90
//     to 1.22), and 0.26 of that of vegeta. In five later rounds it was 1.09 (0.97 to
//     1.27) and 0.33; at nginx 1.10 (0.94 to 1.43), and at nginx over TLS 1.04 (0.88 to
//     1.15), each on an otherwise idle machine whose host took some of its time.
//   - Memory: 10,000 requests took 17.9 MB, and a million 19.5 MB, in the median of five
//     rounds: the counts of every second are kept. 9,000 connections took 19 MB. A plain
//     request allocates nothing; a request over TLS allocates the two objects that
//     crypto/tls allocates.
//   - Where the server has one CPU and needs all of it, no generator matters: a thousand
//     clients of the built-in server did 7,100 requests a second with the way that went
//     before the lanes, and 7,300 with lanes, in eight rounds.
//
// # What was rejected
//
//   - A goroutine for every request, woken by the thread of a pacer. At 40,000 requests
//     a second, the goroutines of requests that wait take CPU time from those that could
//     be answered. The more is offered, the less is done, answers are read late, and the
//     wait for a connection looks like a fault of the server.
//   - The poller of the Go runtime, which wakes a goroutine for every answer, and system
//     calls that the runtime knows of. The runtime's monitor looks every 20 µs for
//     processors (Ps) that are blocked in a system call; this took a fifth of the CPU time
//     of a generator with one CPU. A lane makes raw system calls instead, and nobody takes
//     its P away.
//   - To ask epoll for room to write whenever a request is sent, as wrk does. This costs
//     two more system calls per request. Lanes ask for edge-triggered events once, when a
//     connection is opened.
//   - A timer of the runtime for every deadline. All requests of a stream have the same
//     time-out, so a list in the order in which they started is enough.
//   - To keep every request that waits for a connection. At 400,000 requests a second
//     against a server that never answers, these are 12 million requests in 30 s. The
//     schedule is walked twice instead, which costs about 20 ns per request.
//   - To unpack every second as it ends, for a display of the newest one, and to unpack
//     each into memory of its own at the end. The garbage made a million requests take
//     35 MB where ten thousand took 23.
//   - To blame whoever does not give a connection back. A lane that is busy all the time
//     leaves answers unread, and their connections look taken; with few connections its
//     lag stays small meanwhile. The wait for a connection in a busy second therefore
//     counts as the generator's when it is asked what limited the load.
//   - The reader of fasthttp, because it needs a buffered reader that blocks, and because
//     it keeps whole bodies.
package attack
