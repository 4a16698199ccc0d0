// Package campaign carries out runs and searches: it reads the scenarios, takes the
// machine, opens the bundle, builds what has to be built, makes one trial after
// another and keeps each on disk before the next one starts. One trial is package
// trial's part, the order of trials is package plan's, and the rates of a search are
// package search's.
//
// A run is blocks of trials in the order of its plan. A block that something spoiled
// which no variant can cause is void and is repeated as a whole. A run that was
// stopped can go on, with what it was begun with: the same scenarios, programs,
// trees and machine.
package campaign
