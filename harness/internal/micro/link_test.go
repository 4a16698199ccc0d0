package micro

import "testing"

func TestFunctionsOfAnExpression(t *testing.T) {
	for bench, want := range map[string]string{
		".":                      ".",
		"^BenchmarkA$":           "^BenchmarkA$",
		"A/size=4":               "A",
		"A/size=4/b":             "A",
		"A/b|C":                  "A|C",
		"A|B/c|D/e":              "A|B|D",
		"(A|B/c)D/e":             "(A|B/c)D",
		"A[/|]B/c":               "A[/|]B",
		`A\/B/c`:                 `A\/B`,
		"/size=4":                "",
		"^Benchmark(Query|Rec)$": "^Benchmark(Query|Rec)$",
	} {
		if got := functions(bench); got != want {
			t.Errorf("%s: %q, want %q", bench, got, want)
		}
	}
}
