package adhoc

import (
	"strings"
	"testing"

	"github.com/assay-bench/assay/harness/internal/host"
)

// What a server answered has no effect on the terminal, or the log, that shows the table.
func TestReasonsHaveNoEffect(t *testing.T) {
	var b strings.Builder
	reports := []report{{Pattern: "url", TotalRequests: 2, ErrorRequests: 2, Errors: map[string]uint64{
		"malformed: \x1b[31mred\x1b]0;title\x07\n::error::x": 1, "wrong: ##[error]y\r::error::z": 1,
	}}}
	if err := (&Options{}).write(&b, reports, host.Placement{}); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	if !strings.Contains(text, "not every answer was a success") || !strings.Contains(text, "red") {
		t.Errorf("the reasons are not shown:\n%s", text)
	}
	for _, bad := range []string{"\x1b", "\x07", "##[error]", "\r"} {
		if strings.Contains(text, bad) {
			t.Errorf("%q got through:\n%q", bad, text)
		}
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") {
			t.Errorf("a line begins with a command: %q", line)
		}
	}
}
