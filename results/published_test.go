package results

import (
	"compress/zlib"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mostPublished is what a publication may take, in bytes: in the history, where
// every file is deflated, and its bundles on disk as well.
const mostPublished = 6_000_000

// What a publication adds to the repository stays for ever, so it is bounded. It is
// counted as git stores it before any packing, each file deflated by itself, and
// for the bundles as the sum of the lengths of the files too.
func TestPublicationIsSmall(t *testing.T) {
	bundles, stored := int64(0), int64(0)
	for _, root := range []string{"runs/published", "runs/published-capacity", "plots", "report", "../BENCHMARKS.md"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			var n counter
			z := zlib.NewWriter(&n)
			if _, err := z.Write(data); err != nil {
				return err
			}
			if err := z.Close(); err != nil {
				return err
			}
			stored += int64(n)
			if strings.HasPrefix(root, "runs/") {
				bundles += int64(len(data))
			}
			return nil
		})
		if err != nil && !os.IsNotExist(err) { // a publication without a search has no second bundle
			t.Fatal(err)
		}
	}
	t.Logf("%d bytes in the history, the bundles %d on disk", stored, bundles)
	if stored > mostPublished || bundles > mostPublished {
		t.Errorf("the publication takes %d bytes in the history and its bundles %d on disk; each may be %d", stored, bundles, mostPublished)
	}
}
