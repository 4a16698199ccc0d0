package campaign

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/assay-bench/assay/results"
)

// Programs that start a run tell by the manifest why it gave up.
func TestOutcome(t *testing.T) {
	for _, c := range []struct {
		err                  error
		state, failure, kind string
	}{
		{nil, results.StateComplete, "", ""},
		{fmt.Errorf("trial a: %w", context.Canceled), results.StateInterrupted, "", ""},
		{errors.New("build server a: exit status 1"), results.StateFailed, "build server a: exit status 1", ""},
		{fmt.Errorf("block 3 is void: %w", errBusy), results.StateFailed, "block 3 is void: " + errBusy.Error(), results.FailureBusy},
	} {
		if state, failure, kind := outcome(c.err); state != c.state || failure != c.failure || kind != c.kind {
			t.Errorf("%v: %q, %q, %q", c.err, state, failure, kind)
		}
	}
}
