package command

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/assay-bench/assay/harness/internal/scenario"
)

// Every scenario that the documentation shows is one that runs.
func TestDocumentedScenariosAreValid(t *testing.T) {
	block := regexp.MustCompile("(?s)```yaml\n(.*?)```")
	shown := 0
	for _, pattern := range []string{"../../*.md", "../../*/*.md", "../../.github/*.md"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range block.FindAllSubmatch(text, -1) {
				if !strings.Contains(string(m[1]), "version: 1") {
					continue // a piece of something else
				}
				shown++
				if _, err := scenario.Parse(file, m[1], scenario.Options{}); err != nil {
					t.Errorf("%s shows a scenario that is refused:\n%v", file, err)
				}
			}
		}
	}
	if shown == 0 {
		t.Error("the documentation shows no scenario")
	}
}
