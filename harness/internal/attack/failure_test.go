package attack

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
)

// A limit of this machine is named with the command that raises it.
func TestALimitOfFilesIsNamed(t *testing.T) {
	for _, err := range []error{syscall.EMFILE, syscall.ENFILE} {
		outcome, what := classifyFailure(fmt.Errorf("dial: %w", err))
		if outcome != Timeout || !strings.Contains(what, "ulimit -n") {
			t.Errorf("%v: %s, %q", err, outcome, what)
		}
	}
}
