// Package scratch gives a program a temporary folder that does not outlive the
// program; neither do the processes that the program started or the git work trees
// in the folder. That holds however the program ends:
//
//   - Close cleans up when the program ends by itself, or by a signal that it
//     handles.
//   - A program that is killed leaves the folder behind. The next program that
//     opens a scratch folder sees that nobody holds the lock in it, and cleans
//     up.
//
// The folder itself says what there is to clean up: it contains a list of its work
// trees, to which each is added before it is made. On Linux, processes are found by
// their environment, in which Variable contains the name of the folder. A process
// that empties its environment and leaves its process group is not found.
package scratch
