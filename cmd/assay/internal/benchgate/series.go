package benchgate

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/assay-bench/assay/results"
)

// kind is a kind of check, by what is known about its commits.
type kind struct {
	name     string
	variable string        // environment variable for the number of checks
	usual    int           // number of checks without the variable
	guess    time.Duration // estimated duration until one has been made
}

// The kinds of checks.
var (
	same   = kind{"aa", "AA", 20, 130 * time.Second}     // a commit and itself
	slower = kind{"slow", "SLOW", 10, 240 * time.Second} // head is slower
	loaded = kind{"load", "LOAD", 5, 170 * time.Second}  // as same, beside another program
)

// one is one check of a series.
type one struct {
	kind   kind
	number int // counted from 1
}

// name returns the name of the folder of the finished check.
func (o one) name() string { return fmt.Sprintf("%s-%02d", o.kind.name, o.number) }

// series holds the checks to be made, and the folder of the finished ones.
type series struct {
	dir    string
	counts map[string]int // by the name of the kind
	checks []one
}

// newSeries reads from the environment how many checks of each kind there are.
func newSeries(dir string, lookup func(string) (string, bool)) (*series, error) {
	s := &series{dir: dir, counts: map[string]int{}}
	for _, k := range []kind{same, slower, loaded} {
		n := k.usual
		if text, set := lookup(k.variable); set {
			var err error
			if n, err = strconv.Atoi(text); err != nil || n < 0 || n > 99 {
				return nil, fmt.Errorf("%s=%s: want a whole number from 0 to 99", k.variable, text)
			}
		}
		s.counts[k.name] = n
		for i := range n {
			s.checks = append(s.checks, one{k, i + 1})
		}
	}
	// The kinds are mixed, so that wherever a series stops, each kind has its share.
	slices.SortFunc(s.checks, func(a, b one) int {
		return cmp.Or(cmp.Compare(s.place(a), s.place(b)), cmp.Compare(a.name(), b.name()))
	})
	return s, nil
}

// place returns the position of a check in the series, from 0 to 1.
func (s *series) place(o one) float64 {
	// Each kind is spread evenly over the series, by the middles of equal parts.
	share := (float64(o.number) - 0.5) / float64(s.counts[o.kind.name])
	return math.Round(share*1e6) / 1e6 // so that equal shares are equal numbers
}

// done reports whether a check has been made.
func (s *series) done(o one) bool {
	info, err := os.Stat(filepath.Join(s.dir, o.name()))
	return err == nil && info.IsDir()
}

// missing returns the checks that have not been made.
func (s *series) missing() []one {
	return slices.DeleteFunc(slices.Clone(s.checks), s.done)
}

// left estimates how long the missing checks take.
func (s *series) left() time.Duration {
	var sum time.Duration
	for _, o := range s.missing() {
		sum += s.takes(o.kind)
	}
	return sum
}

// takes returns how long a check of a kind takes: the mean of the finished ones, or
// a guess.
func (s *series) takes(k kind) time.Duration {
	done, err := filepath.Glob(filepath.Join(s.dir, k.name+"-[0-9][0-9]"))
	if err != nil || len(done) == 0 {
		return k.guess
	}
	sum, n := 0.0, 0
	for _, dir := range done {
		if seconds, ok := secondsOf(filepath.Join(dir, noteFile)); ok {
			sum, n = sum+seconds, n+1
		}
	}
	if n == 0 {
		return k.guess
	}
	return time.Duration(sum / float64(n) * float64(time.Second)).Truncate(time.Second)
}

// secondsOf reads from the note of a finished check how long the check took.
func secondsOf(path string) (seconds float64, ok bool) {
	text, err := results.ReadRegular(path)
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(text)) {
		if value, found := strings.CutPrefix(strings.TrimSpace(line), "seconds="); found {
			seconds, err = strconv.ParseFloat(value, 64)
			return seconds, err == nil
		}
	}
	return 0, false
}

// duration formats a time for people, in hours and minutes if it is long.
func duration(d time.Duration) string {
	if d >= 90*time.Minute {
		return fmt.Sprintf("%d h %d min", d/time.Hour, d%time.Hour/time.Minute)
	}
	return fmt.Sprintf("%d min", (d+time.Minute-time.Second)/time.Minute)
}
