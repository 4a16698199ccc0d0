// Package child runs the programs that a command of assay needs, such as git, the go
// command, the harness and the analysis, so that an interrupt ends all of them.
//
// Every program runs in its own process group. When the context ends, the group
// receives SIGTERM, and Run waits for the program to end, because a harness that is
// told to stop still has to write its measurements. A second interrupt kills the
// group. On Linux, a program also dies with the process that started it.
//
// The package does not find processes that left their group; package scratch does.
package child
