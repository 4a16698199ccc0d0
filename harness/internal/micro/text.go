package micro

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
)

// rename copies results, with /variant=NAME before -P, and leaves out what is
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
			continue // the line of a benchmark that printed something itself
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

// Blocks counts the blocks of a file of results and lists their rows, each as
// "package name"; both are empty for an empty file. It is an error if some row
// has another number of results than the others: whose block is missing cannot
// be told.
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

// VariantOf is the variant in the name of a row; empty if it has none.
func VariantOf(row string) string {
	_, parts := benchfmt.Name(row).Parts()
	for _, p := range parts {
		if v, ok := strings.CutPrefix(string(p), "/variant="); ok {
			return v
		}
	}
	return ""
}
