package trial

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/assay-bench/assay/harness/internal/scenario"
)

// Another program that holds the port of a server is named, whether the server ends or goes
// on, and whatever that program answers.
func TestTheHolderOfAPortIsNamed(t *testing.T) {
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	u, err := url.Parse(other.URL)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		t.Fatal(err)
	}
	for command, want := range map[string]string{
		`sleep 100 # ${port}`:                        "it answers 404",
		`echo address already in use ${port}; false`: "exited before it was ready",
	} {
		text := fmt.Sprintf(`version: 1
name: held
server: {command: [sh, -c, %q], ready: {timeout: 2s}}
load: {closed: {clients: 1, requests: 1}}
targets: [{path: /}]
`, command)
		s, err := scenario.Parse("f", []byte(text), scenario.Options{})
		if err != nil {
			t.Fatal(err)
		}
		r := &runner{env: scenario.Env{Ports: map[string]int{"server": port}}}
		resolved, err := s.Resolve(s.Cells()[0], r.env)
		if err != nil {
			t.Fatal(err)
		}
		_, err = r.startOne(t.Context(), resolved.Servers[0])
		holder := fmt.Sprintf("its port %d is held by another program, process %d (", port, os.Getpid())
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), holder) {
			t.Errorf("%s: error %v, want %q and %q", command, err, want, holder)
		}
	}
}
