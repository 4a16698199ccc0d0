// Package project holds the tests of what is true of the repository as a whole: what its
// workflows may do, which tests stand behind the promises of SECURITY.md, which packages
// check for goroutines that are left, and that the actions in examples are pinned. It has
// no code of its own.
package project
