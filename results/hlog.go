package results

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Values of all histograms lie between 1 ns and MaxValue, with three
// significant digits: a relative error of at most 0.1 %. Equal geometry is what
// makes histograms of trials addable.
const (
	MaxValue          = int64(time.Hour)
	SignificantDigits = 3
)

// Interval is one line of an interval log: the values of one tag, for requests that
// were meant to start within [Start, Start+Length) of the attack. A tag is
// "<part>.<outcome>", followed by "@<target>" if the values are those of one target. It
// has the prefix "warmup." for requests outside the measured window, and before that
// "<stream>/" if the scenario has several streams.
type Interval struct {
	Tag    string        // "service.ok", "api/warmup.response.ok@list", …
	Start  time.Duration // since the start of the attack
	Length time.Duration
	Hist   *hdrhistogram.Histogram // in nanoseconds
}

// NewHistogram returns an empty histogram of the bundle's geometry.
func NewHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(1, MaxValue, SignificantDigits)
}

// LogWriter writes an interval log in version 1.3 of the HdrHistogram format, with
// V2 compressed histograms. The streams of a trial share one log.
type LogWriter struct {
	mu  sync.Mutex
	w   *bufio.Writer
	log *hdrhistogram.HistogramLogWriter
}

// NewLogWriter writes the heading of the named trial's log. Times in the log count
// from the start of the attack; values are in nanoseconds.
func NewLogWriter(w io.Writer, trial string) (*LogWriter, error) {
	b := bufio.NewWriter(w)
	l := &LogWriter{w: b, log: hdrhistogram.NewHistogramLogWriter(b)}
	for _, write := range []func() error{
		l.log.OutputLogFormatVersion,
		func() error {
			return l.log.OutputComment("[trial " + trial + "; seconds since the attack began; values in ns]")
		},
		l.log.OutputLegend,
	} {
		if err := write(); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// Write appends one interval. It leaves out empty histograms.
func (l *LogWriter) Write(in Interval) error {
	if in.Hist.TotalCount() == 0 {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	in.Hist.SetTag(in.Tag)
	in.Hist.SetStartTimeMs(in.Start.Milliseconds())
	in.Hist.SetEndTimeMs((in.Start + in.Length).Milliseconds())
	return l.log.OutputIntervalHistogram(in.Hist)
}

// Flush writes the buffered data to the underlying writer.
func (l *LogWriter) Flush() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Flush()
}

// ReadLog calls yield for every interval of a log, in the order of the file. Its
// errors name the line. It stops at the first error that yield returns.
func ReadLog(r io.Reader, yield func(Interval) error) error {
	return eachInterval(r, func(line []byte) error {
		in, err := parseInterval(line)
		if err != nil {
			return err
		}
		return yield(in)
	})
}

// mostLine is the longest line that a log may have, in bytes: the largest histogram
// of a bundle's geometry in base64, with room to spare.
const mostLine = 2 * mostPayload

// eachInterval calls yield for every line of a log that holds an interval. It stops at
// the first error, to which it adds the number of the line. The line is valid until
// yield returns.
//
// Note: hdrhistogram's own log reader compiles three regular expressions per log and
// skips lines that it cannot read. A bundle must not lose a line silently, so this
// package splits the lines itself.
func eachInterval(r io.Reader, yield func(line []byte) error) error {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 0, 1<<16), mostLine)
	for n := 1; ; n++ {
		if !s.Scan() {
			if errors.Is(s.Err(), bufio.ErrTooLong) {
				return fmt.Errorf("line %d: longer than %d bytes, the most that a histogram of a bundle can take", n, mostLine)
			}
			return s.Err()
		}
		line := s.Bytes()
		if len(line) == 0 || line[0] == '#' || line[0] == '"' {
			continue
		}
		if err := yield(line); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
}

// parseInterval parses one line and decodes its histogram.
func parseInterval(line []byte) (in Interval, err error) {
	in, payload, err := splitInterval(line)
	if err != nil {
		return in, err
	}
	if in.Hist, err = hdrhistogram.Decode(payload); err != nil {
		return in, fmt.Errorf("histogram: %w", err)
	}
	return in, nil
}

// splitInterval splits a line into its fields, but does not decode the histogram.
func splitInterval(line []byte) (in Interval, payload []byte, err error) {
	if rest, ok := bytes.CutPrefix(line, []byte("Tag=")); ok {
		tag, after, ok := bytes.Cut(rest, []byte(","))
		if !ok {
			return in, nil, fmt.Errorf("no comma after the tag")
		}
		in.Tag, line = string(tag), after
	}
	f := bytes.SplitN(line, []byte(","), 4)
	if len(f) != 4 {
		return in, nil, fmt.Errorf("%d fields, want start,length,max,histogram", len(f))
	}
	if in.Start, err = seconds(f[0]); err != nil {
		return in, nil, fmt.Errorf("start: %w", err)
	}
	if in.Length, err = seconds(f[1]); err != nil {
		return in, nil, fmt.Errorf("length: %w", err)
	}
	return in, f[3], nil
}

// seconds parses a time in seconds. A time that no attack can reach is an error,
// because it would make a reader count for ever.
func seconds(b []byte) (time.Duration, error) {
	v, err := strconv.ParseFloat(string(b), 64)
	if err != nil {
		return 0, err
	}
	if !(v >= 0 && v < 1e9) {
		return 0, fmt.Errorf("%v is not a time within an attack", v)
	}
	return time.Duration(v * float64(time.Second)), nil
}
