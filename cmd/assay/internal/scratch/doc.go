// Package scratch gives a program a folder as package internal/scratch does, in which
// there may be git work trees: these do not outlive the program either. The folder
// itself says what there is to clean up: it contains a list of its work trees, to which
// each is added before it is made.
package scratch
