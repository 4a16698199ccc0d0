// Package process runs the servers under test: it starts them on chosen CPUs, waits
// until they answer, samples what they use, and ends them. It knows nothing of loads
// or trials.
//
// A server runs in its own process group, which is ended as a whole. Where the
// system can arrange it, the server dies with the harness. The last few kilobytes of
// its output are kept for error messages.
package process
