// Package handshake knows how the harness begins to speak TLS with a server: which
// certificates it accepts and shows, and what to call it when the two do not come to
// terms. Readiness, metrics and every transport of the load share it, so that they
// accept the same servers and name the same failures.
//
// It opens connections only to find out whether a server speaks TLS at all.
package handshake
