// Package campaign carries out runs and searches: it reads the scenarios, locks the
// machine, opens the bundle, builds the servers, makes one trial after another, and
// writes each to disk before the next one starts. Package trial makes a single
// trial, package plan decides the order of trials, and package search decides the
// rates of a search.
//
// A run consists of blocks of trials, in the order of its plan. If something that no
// variant can cause spoils a block, the block is void and is repeated as a whole. A
// run that was stopped can be resumed with the same scenarios, programs, source
// trees and machine.
package campaign
