// Package benchexplain measures how often explain names the right cause: rounds of a
// scenario whose variants are slower in known ways, or not slower at all.
//
// A round is a bundle in a folder of its own, which gets its name when the bundle is
// complete. A series that was interrupted goes on where it stopped, within a round too.
package benchexplain
