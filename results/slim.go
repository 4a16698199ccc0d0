package results

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Slim makes a finished bundle small enough to be committed, in place. A log
// keeps its one-second intervals for the response, or under closed load the
// service, of every outcome: what happens over time is read from them. Of every
// other part it keeps the sum over the window, as one interval, and leaves out
// the warm-up. Doing it again changes nothing. A bundle that was changed since it
// was written is an error, and so is one that Slim was interrupted in.
func Slim(dir string) error {
	if err := Unchanged(dir); err != nil {
		return fmt.Errorf("slim bundle: %w: it was changed, or slimmed by half: take a new copy of what was measured", err)
	}
	logs, err := filepath.Glob(filepath.Join(dir, TrialsDir, "*.hlog"))
	if err != nil {
		return fmt.Errorf("slim bundle: %w", err)
	}
	if len(logs) == 0 {
		return fmt.Errorf("slim bundle: %s: %w: no interval logs", dir, fs.ErrNotExist)
	}
	for _, path := range logs {
		if err := slimLog(path); err != nil {
			return fmt.Errorf("slim bundle: %s: %w", path, err)
		}
	}
	return WriteSums(dir)
}

func slimLog(path string) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var all []Interval
	open := map[string]bool{} // streams with a response
	err = ReadLog(bytes.NewReader(old), func(in Interval) error {
		all = append(all, in)
		if t, _ := ParseTag(in.Tag); t.Part == PartResponse {
			open[t.Stream] = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	var kept, sums []*Interval
	byTag := map[string]*Interval{}
	for i := range all {
		in := &all[i]
		t, _ := ParseTag(in.Tag)
		sum := byTag[in.Tag]
		switch {
		case t.Part == PartResponse, t.Part == PartService && !open[t.Stream]:
			kept = append(kept, in)
		case t.Warmup:
		case sum == nil:
			byTag[in.Tag] = in
			sums = append(sums, in)
		default:
			if dropped := sum.Hist.Merge(in.Hist); dropped > 0 {
				return errors.New("a histogram of another range than the others")
			}
			end := max(sum.Start+sum.Length, in.Start+in.Length)
			sum.Start = min(sum.Start, in.Start)
			sum.Length = end - sum.Start
		}
	}
	var out bytes.Buffer
	w, err := NewLogWriter(&out, strings.TrimSuffix(filepath.Base(path), ".hlog"))
	if err != nil {
		return err
	}
	for _, in := range append(kept, sums...) {
		if err := w.Write(*in); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return WriteFile(path, out.Bytes())
}
