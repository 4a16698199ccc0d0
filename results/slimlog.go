package results

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
)

// mostSums limits how many tags of one log may be summed up. A scenario has a few
// tags for each of its streams.
const mostSums = 4096

// slimLog writes what a slim bundle keeps of a trial's log. It holds one line in
// memory at a time, and the occupied bins of the outcomes that it sums up.
func (b *Bundle) slimLog(w io.Writer, r io.Reader, t *Trial) error {
	out := bufio.NewWriter(w)
	log, err := NewLogWriter(out, t.ID)
	if err != nil {
		return err
	}
	if err := log.Flush(); err != nil {
		return err
	}
	sums := map[string]*sum{}
	var d binDecoder
	err = eachInterval(r, func(line []byte) error {
		in, payload, err := splitInterval(line)
		if err != nil {
			return err
		}
		switch b.fate(t, in.Tag) {
		case keepSeconds:
			out.Write(line)
			return out.WriteByte('\n')
		case keepSum:
			bins, err := d.decode(payload)
			if err != nil {
				return fmt.Errorf("histogram: %w", err)
			}
			if sums[in.Tag] == nil && len(sums) == mostSums {
				return fmt.Errorf("more than %d different tags", mostSums)
			}
			sums[in.Tag] = sums[in.Tag].add(in, bins)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, tag := range slices.Sorted(maps.Keys(sums)) {
		if err := sums[tag].write(log, tag); err != nil {
			return err
		}
	}
	return errors.Join(log.Flush(), out.Flush())
}

// fate is what happens to an interval.
type fate int

const (
	dropped     fate = iota
	keepSeconds      // every interval stays
	keepSum          // all intervals of the tag are added up to one
)

// fate decides what happens to the intervals of a tag: see [Slim].
func (b *Bundle) fate(t *Trial, text string) fate {
	tag, ok := ParseTag(text)
	s := t.stream(tag.Stream)
	switch {
	case !ok || s == nil || tag.Target != "" || tag.Part != HeadlinePart(s.Model):
		return dropped
	case tag.Outcome == OK, b.hasStages(t.Scenario, s.Name):
		return keepSeconds
	case tag.Warmup:
		return dropped
	}
	return keepSum
}

// stream returns the result of the named stream. Without a name it returns the
// result of the only stream.
func (t *Trial) stream(name string) *StreamResult {
	for i := range t.Streams {
		if t.Streams[i].Name == name || name == "" && len(t.Streams) == 1 {
			return &t.Streams[i]
		}
	}
	return nil
}

// hasStages reports whether the rate of a stream changes. If it does, the report
// shows outcomes by the second.
func (b *Bundle) hasStages(scenario, stream string) bool {
	sc := b.Manifest.Scenario(scenario)
	return sc != nil && slices.ContainsFunc(sc.Streams, func(s Stream) bool { return s.Name == stream && len(s.Stages) > 0 })
}

// sum adds up intervals of one tag.
type sum struct {
	start, end time.Duration
	counts     map[int64]uint64 // by the highest value of a bin
}

// add adds an interval and returns the sum. A nil sum is empty.
func (s *sum) add(in Interval, bins []Bin) *sum {
	if s == nil {
		s = &sum{start: in.Start, end: in.Start + in.Length, counts: map[int64]uint64{}}
	}
	s.start, s.end = min(s.start, in.Start), max(s.end, in.Start+in.Length)
	for _, b := range bins {
		s.counts[b.Value] += b.Count
	}
	return s
}

// write writes the sum as one interval of a log. Values above MaxValue count as
// MaxValue.
func (s *sum) write(log *LogWriter, tag string) error {
	h := NewHistogram()
	for value, n := range s.counts {
		if err := h.RecordValues(min(value, MaxValue), int64(n)); err != nil {
			return fmt.Errorf("%s: the histogram has another range than those of a bundle: %w", tag, err)
		}
	}
	return log.Write(Interval{Tag: tag, Start: s.start, Length: s.end - s.start, Hist: h})
}
