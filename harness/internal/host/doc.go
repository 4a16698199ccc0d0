// Package host knows the machine: what it is, which CPUs the servers and the
// generator get, and what else ran on it during a trial. The package records facts
// and draws no conclusions.
package host
