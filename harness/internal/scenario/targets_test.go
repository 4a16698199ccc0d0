package scenario

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func targets(t testing.TB, source string) *Targets {
	t.Helper()
	s, err := Parse("testdata/f", []byte("version: 1\nname: x\nserver: {command: [x, \"${p}\"]}\nvariants: [{name: v, params: {p: \"a/b?c\"}}]\nload: {open: {rate: 1/s, duration: 1s}}\n"+source), Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Resolve(s.Cells()[0], Env{Ports: map[string]int{"server": 80}, Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	return r.Streams[0].Targets
}

func paths(t *Targets, n int) string {
	var all []string
	for k := range n {
		all = append(all, string(t.At(1, uint64(k)).AppendPath(nil)))
	}
	return strings.Join(all, " ")
}

func TestPaths(t *testing.T) {
	for _, c := range []struct{ name, source, want string }{
		{"plain", "targets: [{path: /a?b=c}]", "/a?b=c /a?b=c /a?b=c /a?b=c"},
		{"sequence", "vars: {i: {sequence: [9, 11]}}\ntargets: [{path: \"/${i}\"}]", "/9 /10 /11 /9"},
		{"paths of a sequence", "vars: {i: {sequence: [9, 10], format: \"/items/%d\"}}\ntargets: [{path: \"${i}\"}]", "/items/9 /items/10 /items/9 /items/10"},
		{"format", "vars: {i: {sequence: [9, 11], format: \"P%03d%%\"}}\ntargets: [{path: \"/${i}?${i}\"}]", "/P009%25?P009%25 /P010%25?P010%25 /P011%25?P011%25 /P009%25?P009%25"},
		{"values", "vars: {i: {values: [a, 2]}}\ntargets: [{path: \"/${i}\"}]", "/a /2 /a /2"},
		{"file", "vars: {i: {file: lines.txt}}\ntargets: [{path: \"/${i}\"}]", "/first /second /third /first"},
		{"escaped", "vars: {i: {values: [\"a&b /?+ü\"]}}\ntargets: [{path: \"/${i}?q=${i}\"}]", strings.TrimSpace(strings.Repeat("/a&b%20%2F%3F+%C3%BC?q=a%26b+%2F%3F%2B%C3%BC ", 4))},
		{"query in a parameter", "vars: {i: {values: [\"a b\"]}}\ntargets: [{path: \"/${i}/${p}=${i}\"}]", strings.TrimSpace(strings.Repeat("/a%20b/a/b?c=a+b ", 4))},
		{"whole paths", "vars: {i: {values: [\"/a?b=c&d\", /e]}}\ntargets: [{path: \"${i}\"}]", "/a?b=c&d /e /a?b=c&d /e"},
		{"two variables", "vars: {i: {values: [a, b]}, j: {values: [1, 2, 3]}}\ntargets: [{path: \"/${i}${j}\"}]", "/a1 /b2 /a3 /b1"},
		{"built in", "targets: [{path: \"/${seed}-${variant}-${port}-$${x\"}]", "/7-v-80-${x /7-v-80-${x /7-v-80-${x /7-v-80-${x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := paths(targets(t, c.source), 4); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestRequest(t *testing.T) {
	s := load(t, "testdata/example.yaml")
	r, err := s.Resolve(s.Cells()[0], Env{Ports: map[string]int{"server": 80}, Seed: 3, Binaries: map[string]string{"server": "b"}})
	if err != nil {
		t.Fatal(err)
	}
	targets := r.Streams[0].Targets
	seen := map[int]string{}
	for k := uint64(0); len(seen) < targets.Len() && k < 1000; k++ {
		if k%30 != 1 { // every variable at its second value
			continue
		}
		q := targets.At(1, k)
		got := q.Method() + " " + string(q.AppendPath(nil))
		for i := range q.NumHeader() {
			name, value := q.Header(i)
			got += fmt.Sprintf(" %s:%s", name, value)
		}
		seen[q.Index()] = got + " " + string(q.AppendBody([]byte("|")))
	}
	want := map[int]string{
		0: "GET /patients/P009%2F%25?id=P009%2F%25&drug=c+d&q=1k |",
		1: "POST /naive Content-Type:text/plain X-Line:<second> |id=P009/% seed=3 ${raw}\n",
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// The draws follow the weights, depend on the seed, and are the same whenever
// they are asked for.
func TestWeights(t *testing.T) {
	set := targets(t, "targets: [{path: /a, weight: 1}, {path: /b, weight: 2}, {path: /c, weight: 7}]")
	const n = 100_000
	var counts [3]float64
	differ := 0
	for k := range uint64(n) {
		i := set.At(1, k).Index()
		counts[i]++
		if set.At(1, k).Index() != i {
			t.Fatal("not a pure function")
		}
		if set.At(2, k).Index() != i {
			differ++
		}
	}
	for i, share := range []float64{0.1, 0.2, 0.7} {
		// Five standard deviations of a binomial count.
		if got := counts[i] / n; math.Abs(got-share) > 5*math.Sqrt(share*(1-share)/n) {
			t.Errorf("target %d: share %.4f, want %.1f", i, got, share)
		}
	}
	// Independent draws differ with probability 1 - (0.01+0.04+0.49).
	if share := float64(differ) / n; math.Abs(share-0.46) > 0.01 {
		t.Errorf("another seed differs in a share of %.3f, want 0.46", share)
	}
}

// Known outputs of the reference implementation of SplitMix64 seeded with
// 1234567 (https://rosettacode.org/wiki/Pseudo-random_numbers/Splitmix64).
func TestSplitmix(t *testing.T) {
	for k, want := range []uint64{6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821} {
		if got := splitmix(1234567, uint64(k)); got != want {
			t.Errorf("output %d: %d, want %d", k, got, want)
		}
	}
}

func TestDigits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64().Draw(t, "n") >> rapid.IntRange(0, 63).Draw(t, "shift")
		if got, want := digits(n), len(fmt.Sprint(n)); got != want {
			t.Fatalf("digits(%d) = %d, want %d", n, got, want)
		}
	})
	for p, n := 1, uint64(1); p < 20; p, n = p+1, n*10 {
		if digits(n) != p || n > 1 && digits(n-1) != p-1 {
			t.Errorf("digits around %d: %d, %d", n, digits(n-1), digits(n))
		}
	}
}

const heavy = `vars: {id: {sequence: [0, 9999], format: "P%05d"}, drug: {values: ["a b", c]}}
targets:
  - {path: "/api/v1/patients?id=${id}", weight: 9}
  - {method: POST, path: "/api/v1/patients/${id}", headers: {Content-Type: application/json}, body: '{"id": "${id}", "drug": "${drug}"}'}
`

func TestRequestAllocates(t *testing.T) {
	set := targets(t, heavy)
	buf := make([]byte, 0, 1024)
	k := uint64(0)
	if n := testing.AllocsPerRun(1000, func() {
		q := set.At(1, k)
		buf = q.AppendBody(q.AppendPath(buf[:0]))
		for i := range q.NumHeader() {
			q.Header(i)
		}
		k++
	}); n != 0 {
		t.Errorf("%v allocations for a request, want 0", n)
	}
}

func BenchmarkRequest(b *testing.B) {
	set := targets(b, heavy)
	buf := make([]byte, 0, 1024)
	b.ReportAllocs()
	for k := uint64(0); b.Loop(); k++ {
		q := set.At(1, k)
		buf = q.AppendBody(q.AppendPath(buf[:0]))
	}
}
