package main

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// The bounds are those of tables: 1 − 0.05^(1/n) for no loss, and the values that R gives
// for binom.test(k, n, alternative = "less")$conf.int[2].
func TestUpperBound(t *testing.T) {
	for _, c := range []struct {
		lost, n int
		want    float64
	}{
		{0, 1, 0.95}, {0, 60, 0.04870291}, {0, 50, 0.05815507}, {1, 10, 0.3941633}, {2, 100, 0.06161920}, {5, 5, 1}, {0, 0, 1},
	} {
		if got := upperBound(c.lost, c.n, confidence); math.Abs(got-c.want) > 1e-6 {
			t.Errorf("%d of %d: %.8f, want %.8f", c.lost, c.n, got, c.want)
		}
	}
}

// Whatever failed in a run of go test is found: parts, and a test that failed by itself.
func TestLeaves(t *testing.T) {
	out := `{"Action": "fail", "Test": "TestA"}
{"Action": "pass", "Test": "TestA/one"}
{"Action": "fail", "Test": "TestB"}
{"Action": "fail", "Test": "TestB/one"}
{"Action": "pass", "Test": "TestC"}
{"Action": "skip", "Test": "TestC/one"}
{"Action": "pass", "Test": "TestD"}
`
	passed, failed, skipped := leaves([]byte(out))
	for _, names := range [][]string{passed, failed, skipped} {
		slices.Sort(names)
	}
	got := fmt.Sprint(passed, failed, skipped)
	if want := "[TestA/one TestD] [TestA TestB/one] [TestC/one]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// The page says what was lost and what was not run, and nothing in it is markup.
func TestPage(t *testing.T) {
	r := result{tried: 3}
	r.lose("<b>| x\n`y`")
	r.skip("disk full", "no root")
	done := []finished{{row{name: "harness killed", must: "nothing lost"}, r, time.Second}, {row: row{name: "empty"}}}
	var page, lines bytes.Buffer
	writePage(&page, done, true, 7, 3*time.Minute)
	for _, want := range []string{"| harness killed | nothing lost | 3 | 1 | 86 % |\n", "| empty |  | 0 | 0 | – |\n", "- harness killed: `<b>/ x 'y'`\n", "- harness killed: `disk full: no root`\n", "the short form", "seed 7, in 3 minutes"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("%q is not in:\n%s", want, page.String())
		}
	}
	done[0].print(&lines)
	if !strings.Contains(lines.String(), "tried       3  lost   1") || !strings.Contains(lines.String(), "not run: disk full: no root") {
		t.Errorf("lines:\n%s", lines.String())
	}
}
