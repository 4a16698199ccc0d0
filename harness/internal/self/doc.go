// Package self measures the generator beside others: vegeta's own program and
// wrk. All run as processes of their own, on the same CPUs, against the same
// server on CPUs of its own, one after the other, in rounds; a figure is the
// median over rounds, and a ratio that of the rounds' ratios, so that a machine
// which is slow for a while is slow for all. It knows the figures that the
// generator has to reach, and prints them beside what it measured.
//
// CPU time is that of the whole process, start included, divided by the number
// of requests that the server counted: no tool's own account is trusted.
package self
