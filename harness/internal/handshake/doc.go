// Package handshake contains what the harness needs to begin a TLS connection: the
// settings of a client (which certificates it accepts, and which one it shows), and names
// for the ways in which a handshake fails. Readiness checks, metrics and every transport
// of the load use the package, so they accept the same servers and report the same
// failures.
//
// The package opens a connection only to find out whether a server speaks TLS at all.
package handshake
