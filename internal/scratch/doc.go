// Package scratch gives a program a temporary folder that does not outlive the
// program; neither do the processes that the program started. That holds however the
// program ends:
//
//   - Close cleans up when the program ends by itself, or by a signal that it
//     handles.
//   - A program that is killed leaves the folder behind. The next program that
//     sweeps sees that nobody holds the lock in it, and cleans up.
//
// On Linux, processes are found by their environment, in which Variable contains the
// name of the folder. A process that empties its environment and leaves its process
// group is not found.
package scratch
