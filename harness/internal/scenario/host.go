package scenario

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/assay-bench/assay/harness/internal/reach"
)

// checkURL says what is wrong with the URL of a server, of its readiness check, of its
// metrics or of its profiles, or returns nil. Names other than localhost are not looked up, because
// their addresses can change between the check and the attack.
func checkURL(raw string, allowed []string) *problem {
	if bad := notSocket(raw); bad != nil {
		return bad
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return &problem{fmt.Sprintf("%q is not a URL, expected scheme and host", raw), "like http://127.0.0.1:9090"}
	}
	if u.User != nil {
		return &problem{"a URL with a user name is not supported", "send an Authorization header with the targets"}
	}
	return checkHost(u, allowed)
}

// checkTCP is checkURL for a port that only has to accept a connection.
func checkTCP(raw string, allowed []string) *problem {
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" || u.Port() == "" || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return &problem{fmt.Sprintf("%q is not the address of a port", raw), "like tcp://127.0.0.1:${port}"}
	}
	return checkHost(u, allowed)
}

// checkHost accepts this machine and the hosts that the user has named, with or without
// their port.
func checkHost(u *url.URL, allowed []string) *problem {
	host := u.Hostname()
	named := func(a string) bool { return strings.EqualFold(a, host) || strings.EqualFold(a, u.Host) }
	if reach.Local(host) || slices.ContainsFunc(allowed, named) {
		return nil
	}
	return &problem{fmt.Sprintf("host %s is not on loopback", host), "allow it with --allow-remote " + host}
}

// checkOrigin is checkURL for a server, whose URL has no path.
func checkOrigin(raw string, allowed []string) *problem {
	if p := checkURL(raw, allowed); p != nil {
		return p
	}
	u, err := url.Parse(raw)
	if err == nil && (u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "") {
		return &problem{fmt.Sprintf("%q has more than scheme and host", raw), "write " + u.Scheme + "://" + u.Host + " and put the rest into the targets' path"}
	}
	return nil
}

// checkHosts returns an error if a resolved server is on a host that is not allowed. The
// hosts that were chosen for the servers of this run are allowed.
func (s *Scenario) checkHosts(v Server, env Env) error {
	allowed := slices.AppendSeq(slices.Clone(s.allowed), maps.Values(env.Hosts))
	for _, raw := range []string{v.URL, v.Ready, v.Metrics, v.Profile} {
		check := checkURL
		switch {
		case raw == "" || reach.OnSocket(raw):
			continue // a socket is always one of this machine
		case raw == v.Ready && strings.HasPrefix(raw, "tcp://"):
			check = checkTCP
		}
		if p := check(raw, allowed); p != nil {
			return fmt.Errorf("%s; %s", p.message, p.suggestion)
		}
	}
	return nil
}
