package gobench

import (
	"slices"
	"testing"
)

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
		`A/\(|B`:                 `A|B`,
		"A/(B|c)|D":              "A|D",
		"A(":                     "A(",
		"^Benchmark(Query|Rec)$": "^Benchmark(Query|Rec)$",
	} {
		if got := Functions(bench); got != want {
			t.Errorf("%s: %q, want %q", bench, got, want)
		}
	}
}

func TestNames(t *testing.T) {
	for source, want := range map[string][]string{
		"package x; func BenchmarkA(b *testing.B) {}; func Benchmark(b *testing.B) {}; func BenchmarkÄ_1(b *testing.B) {}": {"BenchmarkA", "Benchmark", "BenchmarkÄ_1"},
		"package x; func Benchmarks(b *testing.B) {}; func TestA(t *testing.T) {}; func (b T) BenchmarkA() {}":             nil,
		"package x; // func BenchmarkA(b *testing.B) {}\nvar _ = `\nfunc BenchmarkB(b *testing.B) {}`":                     nil,
		"package x; func BenchmarkA(b *testing.B) {}; func (":                                                              {"BenchmarkA"},
		"no go": nil,
		"":      nil,
	} {
		if got := Names([]byte(source)); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
}
