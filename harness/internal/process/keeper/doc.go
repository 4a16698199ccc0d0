// Package keeper holds together everything that a server starts. On Linux each server
// is started by a small process of its own, its keeper, which is this program once more.
// The keeper is the parent that the system gives to every descendant whose own parent
// has ended (a child subreaper), so no process can leave it: not by a group or session
// of its own, and not by becoming a daemon. What belongs to a server is what descends
// from its keeper.
//
// When the program that started the keeper ends, in whatever way, the keeper kills all
// of its descendants and ends. The keeper itself uses no CPU time while the server runs.
//
// A program that imports this package can be a keeper. No call in its main function is
// needed: a process that is started as a keeper never gets there.
package keeper
