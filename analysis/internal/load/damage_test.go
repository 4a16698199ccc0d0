package load

import (
	"fmt"
	"strings"
	"testing"
)

// A file says itself that its run failed, or holds results that a parser of the
// format would not see: each is told of with its line. Byte order marks cost nothing.
func TestDamagedText(t *testing.T) {
	const good = "BenchmarkA-8 100 5.1 ns/op 16 B/op\n"
	for _, c := range []struct {
		name, text string
		results    int
		says       string // the first problem, or the error
	}{
		{"whole", "goos: linux\n" + good + "PASS\nok  \texample.com/p\t1.2s\n", 1, ""},
		{"the name twice, as with -v", "BenchmarkA\n" + good, 1, ""},
		{"a log of the benchmark", good + "--- BENCH: BenchmarkA-8\n    a_test.go:9: 41\n", 1, ""},
		{"a benchmark failed", "--- FAIL: BenchmarkB-8\n    b_test.go:9: wrong\n" + good, 1, `t:1: the run says that it failed: "--- FAIL: BenchmarkB-8"`},
		{"a sub-benchmark failed", good + "    --- FAIL: BenchmarkB/x-8\n", 1, `t:2: the run says that it failed`},
		{"the package failed", good + "FAIL\texample.com/p\t1.2s\n", 1, `t:2: the run says that it failed: "FAIL\texample.com/p\t1.2s"`},
		{"FAIL with a carriage return", good + "FAIL\r\n", 1, `t:2: the run says that it failed: "FAIL"`},
		{"the program ended otherwise", good + "exit status 1\n", 1, `t:2: the run says that it failed: "exit status 1"`},
		{"the program ended well", good + "exit status 0\n", 1, ""},
		{"panic", good + "panic: index out of range\ngoroutine 7 [running]:\n", 1, `t:2: the run says that it failed: "panic: index out of range"`},
		{"deadlock", good + "fatal error: all goroutines are asleep - deadlock!\n", 1, `t:2: the run says that it failed`},
		{"words about failures", good + "FAILED attempts are counted\nno panic: all is well\n", 1, ""},
		{"behind other text", good + "warming up..." + good, 1, `t:2: a result stands behind other text and is not read: "warming up..."`},
		{"behind a blank", good + " " + good, 1, `t:2: a result stands behind other text and is not read: " "`},
		{"parted from its name", good + "BenchmarkB-8\nwarming up\n 100\t 5.1 ns/op\n", 1, `t:4: a result without its name`},
		{"a mark before a result", "\ufeff" + good + good, 2, ""},
		{"a mark before a key", "\ufeffgoos: linux\n" + good, 1, ""},
		{"a mark where files were joined", good + "\ufeff" + good, 2, ""},
		{"UTF-16", "\xff\xfeB\x00e\x00n\x00c\x00h\x00", 0, "t: the file is in UTF-16"},
		{"UTF-16 without a mark", "B\x00e\x00n\x00c\x00h\x00", 0, "t: the file is in UTF-16"},
		{"nothing but a failure", "FAIL\texample.com/p [build failed]\n", 0, "t: no benchmark results; t:1: the run says that it failed"},
		{"a line without an end", strings.TrimSuffix(good, "\n"), 1, "t: the last line has no end"},
		{"a line that is too long", good + strings.Repeat("x", longestLine+10) + "\n", 1, "longer than 64 KiB"},
	} {
		text, results, goos := Text{path: "t", label: "t"}, 0, ""
		err := text.read(strings.NewReader(c.text), func(o Observation) error {
			results++
			goos = o.Result.GetConfig("goos")
			return nil
		})
		said := ""
		if err != nil {
			said = err.Error()
		} else if len(text.problems) > 0 {
			said = fmt.Sprint(text.problems[0])
		}
		if results != c.results || (c.says == "") != (said == "") || !strings.Contains(said, c.says) {
			t.Errorf("%s: %d results, %q; want %d, %q", c.name, results, said, c.results, c.says)
		}
		if strings.Contains(c.text, "goos") && goos != "linux" {
			t.Errorf("%s: goos %q is lost", c.name, goos)
		}
	}
}
