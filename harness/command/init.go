package command

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/harness/internal/begin"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/harness/internal/text"
	"github.com/assay-bench/assay/internal/plain"
	"github.com/assay-bench/assay/internal/usage"
	"github.com/assay-bench/assay/results"
)

// initSources are the flags of init, of which one is given unless there is a URL.
type initSources struct{ curl, targets, har, openapi, out string }

// initCommand is the way from what people have to a first file. It sends nothing, so that it
// can be used without a server.
func initCommand() *cobra.Command {
	var s initSources
	c := &cobra.Command{
		Use:   "init [URL]",
		Short: "Write a first scenario from a URL, a curl command, vegeta targets, a recording or an API's description",
		Long: `Write a first scenario, with comments, from what you have: the URL of a running
server, a curl command line, a file of vegeta targets (HTTP or JSON form), a HAR file,
which browsers and proxies record, or an OpenAPI document, whose examples become the
values. Nothing is sent.

Credentials are not copied. A header that holds one becomes a secret, and a message
says which environment variable has to hold it.`,
		Example: `  assay init http://127.0.0.1:9090/items -o items.yaml
  assay init --openapi openapi.yaml -o api.yaml
  assay init --curl 'curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:9090/orders' -o orders.yaml`,
		RunE: func(c *cobra.Command, args []string) error {
			found, err := s.read(args)
			if err != nil {
				return err
			}
			return s.write(found, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	f := c.Flags()
	f.StringVar(&s.curl, "curl", "", "a `COMMAND` line of curl, as one argument")
	f.StringVar(&s.targets, "targets", "", "`FILE` of vegeta targets")
	f.StringVar(&s.har, "har", "", "`FILE` of recorded requests (HAR)")
	f.StringVar(&s.openapi, "openapi", "", "`FILE` with an OpenAPI 3 or Swagger 2 document, YAML or JSON")
	f.StringVarP(&s.out, "output", "o", "", "`FILE` to write, which must not exist (default: stdout)")
	return c
}

// read reads the one source that is given. Every error is wrong usage, because it is
// about what the user has given.
func (s *initSources) read(args []string) (*begin.Found, error) {
	given := len(args)
	for _, v := range []string{s.curl, s.targets, s.har, s.openapi} {
		if v != "" {
			given++
		}
	}
	if given != 1 {
		return nil, usage.Errorf("init wants one of a URL, --curl, --targets, --har and --openapi, not %d (see `assay init --help`)", given)
	}
	var found *begin.Found
	var err error
	what := "--curl: "
	switch {
	case s.curl != "":
		found, err = begin.FromCurl(s.curl)
	case s.targets != "":
		what = ""
		found, err = fromFile(s.targets, begin.FromTargets)
	case s.har != "":
		what = ""
		found, err = fromFile(s.har, begin.FromHAR)
	case s.openapi != "":
		what = ""
		found, err = fromFile(s.openapi, begin.FromOpenAPI)
	default:
		what = args[0] + ": "
		found, err = begin.FromURL(args[0])
	}
	if err != nil {
		return nil, usage.Errorf("init: %s%w", what, err)
	}
	return found, nil
}

// fromFile reads a source. Its errors begin with the name of the file, and with the place in
// it where that is known.
func fromFile(name string, read func([]byte) (*begin.Found, error)) (*begin.Found, error) {
	data, err := results.ReadRegular(name)
	if err != nil {
		return nil, err
	}
	data, bad := text.Decode(data)
	if bad == nil {
		found, err := read(data)
		if err == nil || !errors.As(err, &bad) {
			if err != nil {
				err = fmt.Errorf("%s: %w", name, err)
			}
			return found, err
		}
	}
	return nil, fmt.Errorf("%s:%d:%d: %w", name, bad.Line, bad.Column, bad)
}

// write checks the scenario, writes it, and says what to do next. The scenario goes to
// the file, or to stdout; everything else goes to stderr, so that stdout holds nothing
// but the scenario.
func (s *initSources) write(found *begin.Found, stdout, stderr io.Writer) error {
	text := found.Scenario(s.name())
	file := s.out
	if file == "" {
		file = "FILE"
	}
	// The check allows the host of the source, whatever it is: nothing is sent. Before a
	// run the user has to allow it by a flag, which the last line names.
	host := found.Host()
	if _, err := scenario.Parse(file, text, scenario.Options{AllowRemote: []string{host}}); err != nil {
		return fmt.Errorf("init: the source holds what no scenario can: %w", err)
	}
	if s.out == "" {
		if _, err := stdout.Write(text); err != nil {
			return err
		}
	} else if err := create(s.out, text); err != nil {
		return err
	}
	for _, n := range found.Notes {
		fmt.Fprintln(stderr, "note:", plain.Line(n))
	}
	for _, v := range found.Secrets {
		fmt.Fprintf(stderr, "note: a credential is not written: before a run, export %s=...\n", v.Variable)
	}
	allow := ""
	if ip := net.ParseIP(host); found.Socket == "" && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		allow = " --allow-remote " + plain.Shell(host)
	}
	fmt.Fprintf(stderr, "Next: assay try%s %s\n", allow, plain.Shell(file))
	return nil
}

// create writes a file that must not exist: it may have been edited by hand. Where no file
// can be, such as on a device, nothing can be lost.
func create(name string, text []byte) error {
	if results.Replaceable(name) != nil {
		if err := results.WriteFile(name, text); err != nil {
			return fmt.Errorf("init: %w", err)
		}
		return nil
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return usage.Errorf("-o %s: the file exists already: choose another name, or delete it", name)
	}
	if err != nil {
		return fmt.Errorf("init: %w", err)
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

var notInName = regexp.MustCompile(`[^a-z0-9]+`)

// name makes the name of the scenario from that of its file. Without a file, or if
// nothing of its name can stand in one, it is my-server.
func (s *initSources) name() string {
	base := strings.TrimSuffix(filepath.Base(s.out), filepath.Ext(s.out))
	if name := strings.Trim(notInName.ReplaceAllString(strings.ToLower(base), "-"), "-"); s.out != "" && name != "" {
		return name
	}
	return "my-server"
}
