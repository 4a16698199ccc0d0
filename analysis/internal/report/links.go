package report

import (
	"fmt"
	"path/filepath"
	"strings"
)

// links turns paths into links relative to the page, so that a report reads the
// same wherever its tree lies.
type links struct {
	page  string // absolute folder of the page
	plots string // link to the folder of pictures
}

func newLinks(o Options) (links, error) {
	out, err := filepath.Abs(o.Out)
	if err != nil {
		return links{}, fmt.Errorf("place of the report: %w", err)
	}
	l := links{page: filepath.Dir(out)}
	if l.plots, err = l.to(o.Plots); err != nil {
		return links{}, err
	}
	return l, nil
}

// to is the link from the page to a path.
func (l links) to(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("link to %s: %w", path, err)
	}
	rel, err := filepath.Rel(l.page, abs)
	if err != nil {
		return "", fmt.Errorf("link to %s: %w", path, err)
	}
	return filepath.ToSlash(rel), nil
}

// relative cuts a folder from the names in a message.
func relative(message, dir string) string {
	return strings.ReplaceAll(message, filepath.Clean(dir)+string(filepath.Separator), "")
}
