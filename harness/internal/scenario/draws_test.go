package scenario

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// draws is how many requests the tests of the draws look at. testdata/recipe.py knows it.
const draws = 100_000

// distribution is a case of testdata/scipy.json, which testdata/recipe.py writes.
type distribution struct {
	Pick   string
	N      uint64
	S      float64
	Last   []uint64  // the last rank of each bin, from 1
	P      []float64 // the exact probability of each bin
	Limit  float64   // of the chi-square statistic; correct draws exceed it once in 1,000
	Square float64   `json:"pairs_limit"` // the same for the table of two draws
}

func distributions(t *testing.T) []distribution {
	t.Helper()
	data, err := os.ReadFile("testdata/scipy.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []distribution
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// variable makes the variable that the case is about.
func (d *distribution) variable(name string) *variable {
	v := &variable{name: name, first: 1, count: d.N, salt: salt(name), pick: pickRandom}
	if d.Pick == "zipf" {
		v.pick, v.zipf = pickZipf, newZipf(d.S, d.N)
	}
	return v
}

// bin returns the bin of a row, which counts from 0.
func (d *distribution) bin(row uint64) int {
	i, _ := slices.BinarySearch(d.Last, row+1)
	return i
}

// statistic is Pearson's chi-square of counts against the expected shares.
func statistic(counts []float64, share func(i int) float64) float64 {
	sum := 0.0
	for i, n := range counts {
		want := share(i) * draws
		sum += (n - want) * (n - want) / want
	}
	return sum
}

// The shares of the values are those that pick promises. The draws are the same in
// every run of the test, so that the one in a thousand cannot happen by chance.
func TestDrawsHaveTheirDistribution(t *testing.T) {
	seeds := uint64(1)
	if !testing.Short() {
		seeds = 5
	}
	for _, d := range distributions(t) {
		t.Run(fmt.Sprintf("%s of %d, s %g", d.Pick, d.N, d.S), func(t *testing.T) {
			v := d.variable("v")
			for seed := range seeds {
				counts := make([]float64, len(d.P))
				for k := range uint64(draws) {
					row := v.row(seed, k)
					if row >= d.N {
						t.Fatalf("request %d takes value %d of %d", k, row+1, d.N)
					}
					counts[d.bin(row)]++
				}
				if got := statistic(counts, func(i int) float64 { return d.P[i] }); got > d.Limit {
					t.Errorf("seed %d: chi-square %.1f, want at most %.1f: %.0f", seed, got, d.Limit, counts)
				}
			}
		})
	}
}

// A draw says nothing about the draw of the next request, of another variable or with
// another seed.
func TestDrawsAreIndependent(t *testing.T) {
	all := distributions(t)
	i := slices.IndexFunc(all, func(d distribution) bool { return d.N == 8 })
	d := &all[i]
	one, other := d.variable("one"), d.variable("other")
	for _, c := range []struct {
		name   string
		second func(k uint64) uint64
	}{
		{"next request", func(k uint64) uint64 { return one.row(1, k+1) }},
		{"hundredth request after it", func(k uint64) uint64 { return one.row(1, k+100) }},
		{"another variable", func(k uint64) uint64 { return other.row(1, k) }},
		{"next seed", func(k uint64) uint64 { return one.row(2, k) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := len(d.P)
			counts := make([]float64, n*n)
			for k := range uint64(draws) {
				counts[n*d.bin(one.row(1, k))+d.bin(c.second(k))]++
			}
			if got := statistic(counts, func(i int) float64 { return d.P[i/n] * d.P[i%n] }); got > d.Square {
				t.Errorf("chi-square %.1f, want at most %.1f", got, d.Square)
			}
		})
	}
}

// Whatever exponent and number of values a file gives, a rank exists, it is the same
// when it is asked for again, and the first value is at least as frequent as its share
// of all values.
func TestZipfTakesAnyExponent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.Float64Range(1e-300, 1e308).Draw(t, "s")
		if rapid.Bool().Draw(t, "usual") {
			s = rapid.Float64Range(1e-9, 70).Draw(t, "s")
		}
		n := rapid.Uint64Range(1, maxCount+1).Draw(t, "n")
		z := newZipf(s, n)
		for draw := range uint64(20) {
			rank := z.rank(draw)
			if rank >= n || z.rank(draw) != rank {
				t.Fatalf("rank %d of %d, then %d", rank, n, z.rank(draw))
			}
		}
	})
}

// Half of all draws are taken, even where the method is at its worst, so that the bound
// on the tries is never met.
func TestZipfTakesMostDraws(t *testing.T) {
	for _, s := range []float64{0.01, 0.5, 1, 1.5, 2, 3, 5, 10, 30, 63} {
		for _, n := range []uint64{2, 3, 10, 1000, maxCount} {
			z := newZipf(s, n)
			taken := 0
			for draw := range uint64(2000) {
				if _, ok := z.try(draw, 0); ok {
					taken++
				}
			}
			if taken < 1000 {
				t.Errorf("s %g, n %d: %d of 2,000 draws are taken", s, n, taken)
			}
		}
	}
}

func TestUUID(t *testing.T) {
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	v := &variable{name: "v", uuid: true, salt: salt("v")}
	seen := map[string]bool{}
	for seed := range uint64(3) {
		for k := range uint64(1000) {
			id := string(v.append(nil, seed, k))
			if !form.MatchString(id) || seen[id] {
				t.Fatalf("seed %d, request %d: %s is no UUID or not the first of its kind", seed, k, id)
			}
			seen[id] = true
			if again := string(v.append(nil, seed, k)); again != id {
				t.Fatalf("seed %d, request %d: %s, then %s", seed, k, id, again)
			}
		}
	}
}

// Every variant and copy of a block meets the same requests, under every kind of
// variable and every way to pick.
func TestVariantsMeetTheSameDraws(t *testing.T) {
	kinds := []string{
		"sequence: [0, 9999]", "sequence: [5, 99], pick: random, format: P%03d", "sequence: [0, 999], pick: zipf", "values: [a, b, c], pick: random",
		"values: [a, b, c], pick: zipf, s: 0.3", "file: lines.txt", "file: lines.txt, pick: random", "file: lines.txt, pick: zipf, s: 2.5",
		"random: [1, 1000]", "uuid: true",
	}
	tables := []string{"csv: table.csv", "csv: table.csv, pick: random", "csv: table.csv, pick: zipf"}
	vars, body := "", ""
	for i, kind := range append(kinds, tables...) {
		vars += fmt.Sprintf("  v%d: {%s}\n", i, kind)
		name := fmt.Sprintf("v%d", i)
		if i >= len(kinds) {
			body += "${" + name + ".a}"
			name += ".b"
		}
		body += " ${" + name + "}"
	}
	source := fmt.Sprintf(`version: 1
name: x
server: {command: [x, "${kind}", "${size}"]}
variants: [{name: one, params: {kind: a}}, {name: two, params: {kind: b}}]
aa: one
matrix: {size: [1, 2]}
load: {open: {rate: 1/s, duration: 1s}}
vars:
%stargets:
  - {path: "/%s", weight: 3}
  - {method: POST, path: "/?q=${v8}", headers: {A: "${v9}"}, body: "%s"}
`, vars, "${v0}", body)
	s, err := Parse("testdata/f", []byte(source), Options{})
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		seed, k := rapid.Uint64().Draw(t, "seed"), rapid.Uint64().Draw(t, "k")
		var first string
		for i, cell := range s.Cells() {
			r, err := s.Resolve(cell, Env{Ports: map[string]int{"server": 80}, Seed: seed, Layout: uint64(i)})
			if err != nil {
				t.Fatal(err)
			}
			var all []byte
			for n := range uint64(20) {
				q := r.Streams[0].Targets.At(seed, k+n)
				all = q.AppendBody(append(q.AppendPath(append(all, '\n')), ' '))
				for h := range q.NumHeader() {
					_, value := q.Header(h)
					all = append(all, value...)
				}
			}
			if i == 0 {
				first = string(all)
			} else if string(all) != first {
				t.Fatalf("%s meets other requests than %s:%s\n\n%s", cell.Name(), s.Cells()[0].Name(), all, first)
			}
		}
	})
}

func BenchmarkZipf(b *testing.B) {
	z := newZipf(1.1, 1_000_000)
	for k := uint64(0); b.Loop(); k++ {
		z.rank(splitmix(1, k))
	}
}
