// Package lane makes load in lanes. A lane is one goroutine that is locked to its thread.
// It has one epoll instance, and its share of the connections, clients and slots of all
// streams that run at the same time. The package neither chooses what is sent nor counts
// anything: a Handler does both.
//
// # The turn
//
// In each turn a lane sends the requests that are due on free connections, waits until
// the next request is due or a connection has something to read, reads what has arrived,
// and gives up the requests whose deadline has passed. Each of the four steps is bounded.
// Many answers at once therefore do not delay the requests that are due, and many requests
// at once do not leave answers unread. A request that finds a free connection needs no
// allocation, goroutine, lock or timer of the runtime.
//
// # Who waits for what
//
// A request is dispatched when the lane takes it up, either to send it or to find that no
// connection is free. Until then it waits for the generator; from then on it waits for a
// connection. Requests that wait for a connection are not kept one by one but as ranges of
// consecutive slots, so that an overload of any size takes little memory.
//
// # What other goroutines do
//
// To resolve a name, to connect, and to make a TLS handshake can all block. Other
// goroutines do this work, and hand the connection to the lane through a mailbox of the
// stream and an eventfd.
//
// # Threads
//
// A lane sleeps in the kernel without telling the Go runtime, and so keeps its processor
// (P). The runtime's monitor, which otherwise looks every 20 µs for Ps that are blocked in
// system calls, has nothing to do. When the garbage collector needs the lane to stop, it
// interrupts the sleep by a signal, and the lane stops at its next function call. All
// other goroutines of the process need Ps of their own, so GOMAXPROCS has to exceed the
// number of lanes (see Lanes.Procs).
package lane
