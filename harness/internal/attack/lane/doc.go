// Package lane makes load in lanes: a lane is one goroutine locked to its thread,
// with one epoll instance, and its share of the connections, clients and slots of
// the streams that run at once. It does not choose what is sent and does not count:
// a Handler does.
//
// # The turn
//
// Each turn a lane sends what is due on free connections, waits until the next
// request is due or something comes, reads what came, and gives up what is past its
// deadline. Each of the four is bounded, so that neither a storm of answers delays
// what is due, nor a backlog leaves answers unread. A request that finds a free
// connection costs no allocation, goroutine, lock or timer of the runtime.
//
// # Who waits for what
//
// A request is dispatched when the lane takes it up: to send it, or to note that
// no connection is free. Until then the wait is the generator's; from then on it
// is for a connection. What waits for a connection is kept as runs of slots, not
// one by one, so that an overload of any size takes little memory.
//
// # What is done aside
//
// To resolve a name, to connect and to shake hands may block, so other goroutines
// do it, and hand the connection over through a box of the stream and an eventfd.
//
// # Threads
//
// A lane sleeps in the kernel without telling the runtime, and so keeps its P: the
// runtime's monitor, which looks after Ps in system calls every 20 µs, has nothing
// to look after. The collector interrupts the sleep by a signal, and the lane stops
// at the next call of a function. Everything else in the process needs Ps of its
// own: GOMAXPROCS has to exceed the number of lanes (see Lanes.Procs).
package lane
