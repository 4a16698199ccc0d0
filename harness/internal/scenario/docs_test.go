package scenario

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// yamlBlock is an example in a page.
var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// Scenarios that the pages show are valid.
func TestScenariosInPages(t *testing.T) {
	pages, err := filepath.Glob("../../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range yamlBlock.FindAllStringSubmatch(string(text), -1) {
			if !strings.HasPrefix(block[1], "version: 1\n") {
				continue // a part of a file
			}
			shown++
			if _, err := Parse(page, []byte(block[1]), Options{}); err != nil {
				t.Errorf("%s: %v", page, err)
			}
		}
	}
	if shown == 0 {
		t.Error("no page shows a scenario: nothing was tested")
	}
}
