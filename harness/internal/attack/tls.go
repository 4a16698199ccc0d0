package attack

import "crypto/tls"

// clientTLS is how the fast transport speaks TLS to a host: HTTP/1.1 alone, and
// without sessions of an earlier load, which would make the first handshakes of one
// trial cheaper than those of another.
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
