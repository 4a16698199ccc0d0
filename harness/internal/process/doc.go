// Package process runs the servers under test: it starts them on chosen CPUs,
// waits until they answer, samples what they use, and ends them. It knows
// nothing of load or of what a trial is.
//
// A server runs in a process group of its own, which is ended whole, and dies
// with the harness where the system can arrange that. Its output is kept to the
// last few kilobytes, for the error message of the day it fails.
package process
