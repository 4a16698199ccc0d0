// Package inpage replaces the generated parts of pages that are otherwise written by
// hand. A part stands between two markers, which a reader of the page does not see.
package inpage

import (
	"fmt"
	"strings"
)

// Begin is the marker before a part.
func Begin(part string) string { return "<!-- " + part + ":begin -->" }

// End is the marker after a part.
func End(part string) string { return "<!-- " + part + ":end -->" }

// Replace returns the page with text in a part. A page without the markers of the part is
// an error.
func Replace(page, part, text string) (string, error) {
	before, rest, ok := strings.Cut(page, Begin(part))
	_, after, closed := strings.Cut(rest, End(part))
	if !ok || !closed {
		return "", fmt.Errorf("the page has no part between %s and %s", Begin(part), End(part))
	}
	return before + Begin(part) + "\n\n" + text + "\n" + End(part) + after, nil
}

// Files is how pages are read and written. Write writes a file completely or not at all.
type Files struct {
	// Read returns a file as a whole.
	Read  func(path string) ([]byte, error)
	Write func(path string, data []byte) error
}

// Check returns the error that Replace would return for the page, if any. It is for callers
// that need long to make the text.
func (f Files) Check(path, part string) error {
	f.Write = func(string, []byte) error { return nil }
	return f.Replace(path, part, "")
}

// Replace replaces a part of the page in a file.
func (f Files) Replace(path, part, text string) error {
	page, err := f.Read(path)
	if err != nil {
		return fmt.Errorf("replace the part %q of a page: %w", part, err)
	}
	filled, err := Replace(string(page), part, text)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return f.Write(path, []byte(filled))
}
