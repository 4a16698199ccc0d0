package scenario

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-bench/assay/harness/internal/handshake"
)

// tls checks how TLS is spoken with a server. The files have to be there: a wrong one
// would be found out only when the first server runs.
//
// Note: the bundle does not keep the files' digests. They say whom the load trusts, and
// not what it sends; test servers get new certificates all the time, and two runs that
// differ in nothing else are comparable.
func (c *checker) tls(v *Server, f *fileTLS, at func(text, string) site) {
	if f == nil {
		return
	}
	v.TLS = &handshake.Settings{
		CA: f.CA.value, Insecure: f.Insecure.value, Cert: f.Cert.value, Key: f.Key.value, ServerName: f.ServerName.value,
	}
	what := at(text{}, "tls").what
	switch {
	case f.Insecure.value && f.CA.given():
		c.report(f.Insecure.mark, what+": "+caAndInsecure.message, caAndInsecure.suggestion)
	case f.Cert.given() && !f.Key.given():
		c.report(f.Cert.mark, what+".cert has no key", "add key: with the file of its private key")
	case f.Key.given() && !f.Cert.given():
		c.report(f.Key.mark, what+".key has no cert", "add cert: with the file of its certificate")
	}
	if raw := f.Insecure.raw; raw != "" {
		c.out.insecure[v.Name] = raw
		c.site(at(text{f.Insecure.mark, raw}, "tls.insecure"), func(final string) *problem {
			accept, bad := parseTruth(final)
			if accept && f.CA.given() {
				return &caAndInsecure
			}
			return bad
		})
	}
	c.site(at(f.CA, "tls.ca"), c.pem(func(data []byte) error {
		_, err := handshake.Authorities(data)
		return err
	}))
	c.site(at(f.Cert, "tls.cert"), c.pem(handshake.CheckCertificate))
	c.site(at(f.Key, "tls.key"), c.pem(func(key []byte) error { return c.pair(f.Cert.value, key) }))
	c.site(at(f.ServerName, "tls.server_name"), checkServerName)
}

var caAndInsecure = problem{"ca and insecure cannot both be given", "keep ca: insecure would accept any certificate"}

// pem checks a file by its content.
func (c *checker) pem(check func([]byte) error) func(string) *problem {
	return func(final string) *problem {
		data, bad := c.readFile(final)
		if bad != nil {
			return bad
		}
		var wrong *handshake.FileError
		if err := check(data); errors.As(err, &wrong) {
			return &problem{fmt.Sprintf("%q: %s", final, wrong.What), wrong.Do}
		}
		return nil
	}
}

// pair checks a private key, and whether it is that of the certificate. A certificate
// that depends on the variant is looked at when the trial begins; what is wrong with
// it alone is reported at its own place.
func (c *checker) pair(certFile string, key []byte) error {
	if err := handshake.CheckKey(key); err != nil || strings.Contains(certFile, "${") {
		return err
	}
	cert, bad := c.readFile(certFile)
	if bad != nil || handshake.CheckCertificate(cert) != nil {
		return nil
	}
	_, err := handshake.Pair(cert, key)
	return err
}

// checkServerName is for a name as a certificate holds it.
func checkServerName(final string) *problem {
	if final == "" || strings.ContainsAny(final, "/ ") || strings.Contains(final, "://") {
		return &problem{fmt.Sprintf("%q is not the name of a host", final), "like api.test, without scheme and port"}
	}
	return nil
}

// checkSecure is for the URL of a server with tls.
func checkSecure(final string) *problem {
	if rest, plain := strings.CutPrefix(final, "http://"); plain {
		return &problem{fmt.Sprintf("%q is plain HTTP, for which tls means nothing", final), "write https://" + rest + ", or delete tls"}
	}
	return nil
}

// resolveTLS gives settings whose texts are final, with files as they are found from
// anywhere. insecure is the text of a setting that depends on the cell, or empty.
func resolveTLS(s *handshake.Settings, insecure string, text, beside func(string) string) *handshake.Settings {
	if s == nil {
		return nil
	}
	file := func(name string) string {
		if name == "" {
			return ""
		}
		return beside(text(name))
	}
	return &handshake.Settings{
		CA: file(s.CA), Insecure: s.Insecure || text(insecure) == "true",
		Cert: file(s.Cert), Key: file(s.Key), ServerName: text(s.ServerName),
	}
}

// secured tells whether the server of that name is loaded over TLS, and with its
// certificate unchecked, in a cell.
func (s *Scenario) secured(server string, c Cell) (tls, insecure bool) {
	i := slices.IndexFunc(s.Servers, func(v Server) bool { return v.Name == server })
	if i < 0 {
		return false, false
	}
	v := s.Servers[i]
	if v.TLS == nil {
		return strings.HasPrefix(v.URL, "https:"), false
	}
	accept, err := expand(s.insecure[server], s.lookup(c, Env{}, server))
	return true, v.TLS.Insecure || err == nil && accept == "true"
}
