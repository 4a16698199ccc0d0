package begin

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
)

// splitOption divides "-XPOST" and "--request=POST". The option is empty if the word is
// none.
func splitOption(word string) (option, value string, joined bool) {
	switch {
	case strings.HasPrefix(word, "--"):
		option, value, joined = strings.Cut(word, "=")
	case len(word) > 2 && word[0] == '-' && strings.ContainsRune("XHdubAeomwDcFE", rune(word[1])):
		return word[:2], word[2:], true
	case len(word) > 1 && word[0] == '-':
		option = word
	}
	return option, value, joined
}

// option takes one option; next returns its value.
func (c *curl) option(name string, next func() (string, error)) error {
	switch name {
	case "-k", "--insecure":
		c.found.TLS.Insecure = true
		return nil
	case "-G", "--get":
		c.query = true
		return nil
	case "-I", "--head":
		c.method = http.MethodHead
		return nil
	}
	if takes, known := ignored[name]; known {
		if takes {
			_, err := next()
			return err
		}
		return nil
	}
	if len(name) > 2 && name[1] != '-' { // "-sSL"
		for _, one := range name[1:] {
			if err := c.option("-"+string(one), next); err != nil {
				return err
			}
		}
		return nil
	}
	set, known := options[name]
	if !known {
		return fmt.Errorf("the option %s of curl has no counterpart in a scenario: leave it out", name)
	}
	value, err := next()
	if err != nil {
		return err
	}
	return set(c, value)
}

// options take a value and change the request.
var options = map[string]func(c *curl, value string) error{
	"-X": (*curl).setMethod, "--request": (*curl).setMethod,
	"-H": (*curl).addHeader, "--header": (*curl).addHeader,
	"-d": (*curl).addData, "--data": (*curl).addData, "--data-ascii": (*curl).addData,
	"--data-raw":       func(c *curl, v string) error { c.data = append(c.data, v); return nil },
	"--data-binary":    (*curl).addBinary,
	"--data-urlencode": (*curl).addEncoded,
	"--json":           (*curl).addJSON,
	"-u":               (*curl).setUser, "--user": (*curl).setUser,
	"-A": named("User-Agent"), "--user-agent": named("User-Agent"),
	"-e": named("Referer"), "--referer": named("Referer"),
	"-b": (*curl).setCookie, "--cookie": (*curl).setCookie,
	"-F": (*curl).addField, "--form": (*curl).addField,
	"--form-string": (*curl).addPlainField,
	"--url":         func(c *curl, v string) error { c.url = v; return nil },
	"--unix-socket": (*curl).setSocket,
	"--cacert":      func(c *curl, v string) error { c.found.TLS.CA = v; return nil },
	"-E":            func(c *curl, v string) error { c.found.TLS.Cert = v; return nil },
	"--cert":        func(c *curl, v string) error { c.found.TLS.Cert = v; return nil },
	"--key":         func(c *curl, v string) error { c.found.TLS.Key = v; return nil },
}

// named is the option whose value is that of a header.
func named(header string) func(*curl, string) error {
	return func(c *curl, v string) error {
		c.header = append(c.header, Header{header, v})
		return nil
	}
}

// setMethod is -X.
func (c *curl) setMethod(v string) error { c.method = strings.ToUpper(v); return nil }

// addHeader is -H. A header without a colon is an error.
func (c *curl) addHeader(v string) error {
	name, value, ok := strings.Cut(v, ":")
	if !ok {
		return fmt.Errorf("the header %q has no colon", v)
	}
	c.header = append(c.header, Header{strings.TrimSpace(name), strings.TrimSpace(value)})
	return nil
}

// setCookie takes cookies. A word without a = is the name of a file for curl.
func (c *curl) setCookie(v string) error {
	if !strings.Contains(v, "=") && !strings.Contains(v, mark) {
		return fmt.Errorf("-b %s names a file of cookies: write them instead, like -b 'name=value'", v)
	}
	return named("Cookie")(c, v)
}

// addField takes -F. A value that begins with @ or < is that of a file.
func (c *curl) addField(v string) error {
	name, value, ok := strings.Cut(v, "=")
	if ok && strings.HasPrefix(value, "<") {
		path, _, _ := strings.Cut(value[1:], ";")
		text, err := c.file(strings.Trim(path, `"`))
		if err != nil {
			return fmt.Errorf("read the form: %w", err)
		}
		c.form = append(c.form, formField{Name: name, Value: text})
		return nil
	}
	if ok && strings.HasPrefix(value, "@") {
		return fmt.Errorf("-F %s sends a file: write the whole body into a file, and name it with body_file in the scenario", v)
	}
	value, _, _ = strings.Cut(value, ";type=") // a server rarely looks at the type of a field
	if ok {
		v = name + "=" + strings.Trim(value, `"`)
	}
	return c.addPlainField(v)
}

// addPlainField takes a field whose value is as it stands.
func (c *curl) addPlainField(v string) error {
	name, value, ok := strings.Cut(v, "=")
	if !ok {
		return fmt.Errorf("the field %q of the form has no =", v)
	}
	c.form = append(c.form, formField{Name: name, Value: value})
	return nil
}

// setSocket takes the path of a socket. A scenario file may lie in another folder than the one
// that the path is relative to.
func (c *curl) setSocket(v string) (err error) {
	c.found.Socket, err = filepath.Abs(v)
	return err
}

// addData takes -d, which leaves out the line ends of a file.
func (c *curl) addData(v string) error {
	if err := c.addBinary(v); err != nil || !strings.HasPrefix(v, "@") {
		return err
	}
	last := &c.data[len(c.data)-1]
	*last = strings.NewReplacer("\r", "", "\n", "").Replace(*last)
	return nil
}

// addBinary takes --data-binary: a text, or a file as it is.
func (c *curl) addBinary(v string) error {
	if !strings.HasPrefix(v, "@") {
		c.data = append(c.data, v)
		return nil
	}
	text, err := c.file(v[1:])
	if err != nil {
		return fmt.Errorf("read the data: %w", err)
	}
	c.data = append(c.data, text)
	return nil
}

// addEncoded is --data-urlencode: what stands before the first = is a name and is not
// encoded. Without a =, what stands behind the first @ is a file with the value.
func (c *curl) addEncoded(v string) error {
	name, value, ok := strings.Cut(v, "=")
	if !ok {
		var file string
		if name, file, ok = strings.Cut(v, "@"); !ok {
			c.data = append(c.data, url.QueryEscape(v))
			return nil
		}
		var err error
		if value, err = c.file(file); err != nil {
			return fmt.Errorf("read the data: %w", err)
		}
	}
	if name != "" {
		name += "="
	}
	c.data = append(c.data, name+url.QueryEscape(value))
	return nil
}

// addJSON is --json: data that continue those before without a separator, and headers for
// JSON unless the command line has its own.
func (c *curl) addJSON(v string) error {
	c.json = true
	before := len(c.data)
	if err := c.addBinary(v); err != nil {
		return err
	}
	if before > 0 && len(c.data) > before {
		c.data[before-1] += c.data[before]
		c.data = c.data[:before]
	}
	return nil
}

// setUser is -u, which becomes the header of Basic authentication. A shell variable in
// it is an error, because the header is made of its value.
func (c *curl) setUser(v string) error {
	if strings.Contains(v, mark) {
		return fmt.Errorf("-u holds a shell variable: write its value, which is left out of the scenario")
	}
	c.header = append(c.header, Header{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte(v))})
	return nil
}
