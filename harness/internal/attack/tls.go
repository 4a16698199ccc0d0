package attack

import "crypto/tls"

// clientTLS returns the TLS configuration of the fast transport for a host. It offers only
// HTTP/1.1. It resumes no sessions, because those of an earlier load would make the first
// handshakes of one trial cheaper than those of another.
func clientTLS(given *tls.Config, host string) *tls.Config {
	c := &tls.Config{}
	if given != nil {
		c = given.Clone()
	}
	if c.ServerName == "" {
		c.ServerName = host
	}
	c.NextProtos = []string{"http/1.1"}
	c.ClientSessionCache = nil
	return c
}
