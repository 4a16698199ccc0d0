// Package child runs the programs that a command of assay needs, such as git, the
// go command, the harness and the analysis, so that an interrupt ends all of them.
//
// Every program runs in a process group of its own. When the context ends the group
// gets SIGTERM, and Run waits for the program to end: a harness that is told to end
// still has to write what it measured. A second interrupt kills the group. On Linux
// a program also dies with the process that started it.
//
// The package does not find what left its group; package scratch does.
package child
