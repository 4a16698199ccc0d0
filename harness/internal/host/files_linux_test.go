package host

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// A server gets the limit that this program was started with, not the one to which
// Go raised it.
func TestChildFileLimit(t *testing.T) {
	if os.Getenv("TELL_FILE_LIMITS") != "" {
		fmt.Println("limits", Facts(Placement{}).FileLimit, ChildFileLimit())
		os.Exit(0)
	}
	cmd := exec.Command("sh", "-c", "ulimit -Sn 200 && ulimit -Hn 300 && exec \"$0\" -test.run='^TestChildFileLimit$'", os.Args[0])
	cmd.Env = append(os.Environ(), "TELL_FILE_LIMITS=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var ours, child uint64
	if _, err := fmt.Sscanf(string(out), "limits %d %d", &ours, &child); err != nil || ours <= 200 || child != 200 {
		t.Errorf("%s(%v), want 200 of a child and more of ours", out, err)
	}
}
