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
// other part it keeps the sum over the warm-up and the sum over the window, each
// as one interval. No value is lost; doing it again changes nothing.
func Slim(dir string) error {
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
		if stream, part := streamAndPart(in.Tag); part == "response" {
			open[stream] = true
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
		stream, part := streamAndPart(in.Tag)
		sum := byTag[in.Tag]
		switch {
		case part == "response", part == "service" && !open[stream]:
			kept = append(kept, in)
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
	return writeFile(path, out.Bytes())
}

// streamAndPart takes a tag apart: "warmup.api/response.ok" is of api's response.
func streamAndPart(tag string) (stream, part string) {
	part = strings.TrimPrefix(tag, "warmup.")
	if i := strings.IndexByte(part, '/'); i >= 0 {
		stream, part = part[:i], strings.TrimPrefix(part[i+1:], "warmup.")
	}
	part, _, _ = strings.Cut(part, ".")
	return stream, part
}
