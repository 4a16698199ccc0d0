package micro

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
)

// rename copies results, with /variant=NAME before -P, and leaves out lines that are
// not benchmark format.
func rename(out *bytes.Buffer, text []byte, pkg, variant string) error {
	r := benchfmt.NewReader(bytes.NewReader(text), pkg)
	w := benchfmt.NewWriter(out)
	for r.Scan() {
		rec := r.Result()
		if res, ok := rec.(*benchfmt.Result); ok && variant != "" {
			res.Name = benchfmt.Name(withVariant(string(res.Name), variant))
		}
		if _, wrong := rec.(*benchfmt.SyntaxError); wrong {
			continue // a line that the benchmark printed itself
		}
		if err := w.Write(rec); err != nil {
			return err
		}
	}
	return r.Err()
}

// withVariant puts the key before the number of CPUs, which stays last.
func withVariant(name, variant string) string {
	cpus := ""
	if _, parts := benchfmt.Name(name).Parts(); len(parts) > 0 {
		if last := string(parts[len(parts)-1]); strings.HasPrefix(last, "-") {
			cpus = last
		}
	}
	return strings.TrimSuffix(name, cpus) + "/variant=" + variant + cpus
}

// Blocks returns the number of blocks in a file of results, and its rows, each as
// "package name". Both are empty for an empty file. It is an error if the rows have
// different numbers of results, because then nobody can tell which block has a gap.
func Blocks(text []byte) (blocks int, rows []string, err error) {
	counts := map[string]int{}
	r := benchfmt.NewReader(bytes.NewReader(text), "")
	for r.Scan() {
		if res, ok := r.Result().(*benchfmt.Result); ok {
			row := res.GetConfig("pkg") + " " + string(res.Name)
			if counts[row]++; counts[row] == 1 {
				rows = append(rows, row)
			}
		}
	}
	if err := r.Err(); err != nil {
		return 0, nil, err
	}
	for _, row := range rows {
		if counts[row] != counts[rows[0]] {
			return 0, nil, fmt.Errorf("%d results of %s, %d of %s", counts[rows[0]], rows[0], counts[row], row)
		}
		blocks = counts[row]
	}
	slices.Sort(rows)
	return blocks, rows, nil
}

// VariantOf returns the variant in the name of a row, or "" if there is none.
func VariantOf(row string) string {
	_, parts := benchfmt.Name(row).Parts()
	for _, p := range parts {
		if v, ok := strings.CutPrefix(string(p), "/variant="); ok {
			return v
		}
	}
	return ""
}
