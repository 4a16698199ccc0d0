//go:build unix

package irregular

import (
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// places are the words by which the help of a flag calls a file or a folder.
var places = map[string]bool{
	"file": true, "files": true, "page": true, "dir": true, "folder": true, "path": true, "bundle": true, "name=dir": true, "body": true,
}

// flagOf reports a flag whose value is a file or a folder and that is not known.
func flagOf(t *testing.T, command string, known map[string]bool) func(*pflag.Flag) {
	return func(f *pflag.Flag) {
		word, _ := pflag.UnquoteUsage(f)
		long, short := command+" --"+f.Name, command+" -"+f.Shorthand
		if places[strings.ToLower(word)] && !known[long] && !known[short] {
			t.Errorf("%s: no row says what it does with a pipe or a device", long)
		}
	}
}
