package perfcomment

import (
	"encoding/json"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/assay-bench/assay/results"
)

// positive is the kind of a control that has a known slowdown.
const positive = "positive"

// moment is how the names of verdicts in a history begin.
var moment = regexp.MustCompile(`^([0-9]{8}T[0-9]{6}Z)-`)

// lastFound returns the day on which a positive control of a history last found its
// slowdown, as 2006-01-02; "" if none did. What cannot be read is passed over: a comment
// is worth more than its last line.
func lastFound(history string) string {
	if history == "" {
		return ""
	}
	var last time.Time
	_ = filepath.WalkDir(history, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		m := moment.FindStringSubmatch(d.Name())
		if m == nil || !strings.HasSuffix(path, ".json") {
			return nil
		}
		at, err := time.Parse("20060102T150405Z", m[1])
		if err == nil && at.After(last) && foundControl(path) {
			last = at
		}
		return nil
	})
	if last.IsZero() {
		return ""
	}
	return last.Format("2006-01-02")
}

// foundControl reports whether a verdict has a positive control that found its slowdown.
func foundControl(path string) bool {
	text, err := results.ReadRegular(path)
	if err != nil {
		return false
	}
	var v struct {
		Controls []struct {
			Kind  string `json:"kind"`
			Fired bool   `json:"fired"`
		} `json:"controls"`
	}
	if json.Unmarshal(text, &v) != nil {
		return false
	}
	for _, c := range v.Controls {
		if c.Kind == positive && c.Fired {
			return true
		}
	}
	return false
}
