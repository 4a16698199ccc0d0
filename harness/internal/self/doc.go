// Package self compares the generator with vegeta's own program and with wrk. All
// three run as separate processes on the same CPUs, one after the other, in rounds,
// against the same server, which has CPUs of its own. A figure is the median over
// rounds, and a ratio is the median of the rounds' ratios, so that a slow phase of
// the machine affects all tools alike. The package knows the figures that the
// generator has to reach, and prints them beside the measured ones.
//
// CPU time is that of the whole process, including its start, divided by the number
// of requests that the server counted: no tool's own count is trusted.
package self
