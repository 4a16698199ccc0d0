// Package scratch gives a program a temporary folder that does not outlive it, nor
// do the processes that it started or the git work trees in the folder. That holds
// however the program ends:
//
//   - Close cleans up when the program ends by itself or by a signal that it hears.
//   - A program that is killed leaves the folder. The next one that opens a scratch
//     folder sees that the lock in it has no holder any more, and cleans up for it.
//
// What there is to clean stands in the folder itself: a list of its work trees, which
// is written before each is made, and on Linux the environment of processes, in which
// Variable has the folder's name. A process that empties its environment and leaves
// its process group is not found.
package scratch
