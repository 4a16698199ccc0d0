// Package host knows the machine: what it is, which CPUs server and generator
// get, and what else ran on it while a trial was made. It records facts and
// draws no conclusion from them.
package host
