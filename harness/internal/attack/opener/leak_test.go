package opener

import (
	"testing"

	"go.uber.org/goleak"
)

// Every goroutine that the package starts ends before its tests do.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
