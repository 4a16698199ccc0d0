package scenario

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// secretPrefix begins the name of a secret in ${secret.NAME}.
const secretPrefix = "secret."

// minSecret is the length of the shortest secret, in bytes. A shorter one could stand
// in a bundle by chance, so that blanking it would garble what is no secret.
const minSecret = 6

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// secrets reads the names of the environment variables that hold secrets. Their
// values are read by [Scenario.ReadSecrets], because a scenario is valid without them.
func (c *checker) secrets(l list[text]) {
	seen := map[string]mark{}
	for _, t := range l.items {
		if !t.given() {
			continue
		}
		if !variableName.MatchString(t.value) {
			c.report(t.mark, fmt.Sprintf("secrets: %q is not the name of an environment variable, expected letters, digits and _", t.value), "")
		}
		c.unique(seen, t, "secret")
		c.out.secretNames = append(c.out.secretNames, t)
	}
}

// secretsUsed reports secrets that nothing uses: what is used in their place may be
// written in plain text.
func (c *checker) secretsUsed() {
	for _, t := range c.out.secretNames {
		if !c.used[secretPrefix+t.value] {
			c.report(t.mark, fmt.Sprintf("no ${secret.%s} uses the secret %s", t.value, t.value), "use it, or delete it")
		}
	}
}

// noSecret explains why ${secret.NAME} has no value at a site, or returns "".
func (c *checker) noSecret(s site, name string) (message, suggestion string) {
	name = strings.TrimPrefix(name, secretPrefix)
	var listed []string
	for _, t := range c.out.secretNames {
		listed = append(listed, t.value)
	}
	switch {
	case !s.secrets && strings.HasSuffix(s.what, "command"):
		return fmt.Sprintf("${secret.%s} is not allowed in a command, because everybody on the machine can read the title of a process", name), "pass it in env"
	case !s.secrets:
		return fmt.Sprintf("${secret.%s} is not allowed here, because this text is written to logs", name), "secrets may stand in headers, body, env and setup"
	case !slices.Contains(listed, name):
		return fmt.Sprintf("${secret.%s} is not defined", name), secretHint(name, listed)
	}
	return "", ""
}

// secretHint suggests the listed secret that is spelled most like the name, or to list it.
func secretHint(name string, listed []string) string {
	if hint := nearest(strings.ToLower(name), lower(listed)); hint != "" {
		for _, l := range listed {
			if strings.Contains(hint, strings.ToLower(l)) {
				return "did you mean " + l + "?"
			}
		}
	}
	return fmt.Sprintf("add %s to secrets:", name)
}

// lower returns the texts in lower case.
func lower(all []string) []string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = strings.ToLower(s)
	}
	return out
}

// ReadSecrets reads the values of the secrets, with a function like os.LookupEnv. The
// scenario resolves only after that. The error is an [Errors] with the places of the
// names whose variables are missing or cannot be secrets.
func (s *Scenario) ReadSecrets(lookup func(string) (string, bool)) error {
	r := reporter{file: s.File}
	values := map[string]string{}
	for _, t := range s.secretNames {
		value, ok := lookup(t.value)
		what := "secrets: the environment variable " + t.value
		switch {
		case !ok || value == "":
			r.report(t.mark, what+" is not set", fmt.Sprintf("set it: export %s=...", t.value))
		case len(value) < minSecret:
			r.report(t.mark, fmt.Sprintf("%s has fewer than %d characters, too few to be blanked wherever they stand", what, minSecret), "use a longer secret")
		case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }):
			r.report(t.mark, what+" holds a line end or another control character", "remove it; $(cat FILE) leaves out the last line end")
		}
		values[t.value] = value
	}
	s.secretValues = values
	if len(r.errors) > 0 {
		return r.sorted()
	}
	return nil
}

// Secrets returns the names and the values of the secrets that were read.
func (s *Scenario) Secrets() map[string]string { return s.secretValues }
