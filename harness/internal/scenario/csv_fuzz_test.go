package scenario

import (
	"bytes"
	"testing"
)

// A CSV file is read with as many fields in each row as it has columns, or every mistake
// has a place in it.
func FuzzCSV(f *testing.F) {
	for _, text := range []string{"", "a,b\n1,2\n", "a,b\r\n1\r\n", "a\n\"x\ny\"\n", "a\n\"x", "\ufeffa ,b\n1,2", "\xff\xfea\x00", "a,a\n1,2\n", "a;b\n1;2\n", "\xff,b\n1,2\n", "a\nx\"y\n", ",\n,\n\n"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		in := &csvFile{reporter: reporter{file: "f.csv"}, what: "var v"}
		columns, rows := in.read(data)
		lines := 1 + bytes.Count(data, []byte("\n")) + bytes.Count(data, []byte("\r"))
		for _, e := range in.errors {
			if e.File != "f.csv" || e.Line < 1 || e.Line > lines || e.Column < 1 || e.Message == "" {
				t.Errorf("%+v of %d lines", e, lines)
			}
		}
		if len(in.errors) > 0 {
			return
		}
		if len(columns) == 0 || len(rows) == 0 || len(rows) > lines {
			t.Errorf("%d columns, %d rows of %d lines", len(columns), len(rows), lines)
		}
		for i, row := range rows {
			if len(row) != len(columns) {
				t.Errorf("row %d has %d fields, and there are %d columns", i, len(row), len(columns))
			}
		}
	})
}
