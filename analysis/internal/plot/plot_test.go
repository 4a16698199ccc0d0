package plot

import (
	"bytes"
	"encoding/xml"
	"flag"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var nan, inf = math.NaN(), math.Inf(1)

// figures are one example of every type of plot.
var figures = []struct {
	name string
	draw func(io.Writer, Theme) error
}{
	{"percentiles", func(w io.Writer, t Theme) error {
		shares := []float64{0, 0.5, 0.9, 0.99, 0.999}
		return Percentiles(w, t, "response time", "ms", []Curve{
			{Name: "a", Slot: 0, Shares: shares, Values: []float64{50, 75, 95, 100, 110}, Low: []float64{49, 74, 94, 98, 105}, High: []float64{51, 76, 96, 103, 120}},
			{Name: "b, among time-outs", Slot: 1, Shares: shares, Values: []float64{50, 80, 99, inf, inf}},
		})
	}},
	{"percentiles-log", func(w io.Writer, t Theme) error {
		return Percentiles(w, t, "response time", "ms", []Curve{{Name: "a", Shares: []float64{0, 0.5, 0.9}, Values: []float64{0.1, 1, 900}}})
	}},
	{"rates", func(w io.Writer, t Theme) error {
		return Throughputs(w, t, []Throughput{
			{Name: "a", Slot: 0, All: Interval{1200, 1100, 1300}, Goodput: Interval{1000, nan, nan}},
			{Name: "b", Slot: 1, All: Interval{900, 899, 901}, Goodput: Interval{nan, nan, nan}},
		})
	}},
	{"lines", func(w io.Writer, t Theme) error {
		return Lines(w, t, Axes{Title: "latency, ms", X: "seconds", Shade: 1, Note: "warm-up"}, []Line{
			{Name: "a", X: []float64{0, 1, 2, 3}, Y: []float64{5, 6, nan, 5}, Upper: []float64{9, inf, 8, 8}},
		})
	}},
	{"lines-band", func(w io.Writer, t Theme) error {
		return Lines(w, t, Axes{Title: "memory, MiB", X: "seconds", Event: [2]float64{1, 1.5}, EventNote: "spike"}, []Line{
			{Name: "a", X: []float64{0, 1, 2, 3}, Y: []float64{5, 6, 7, 8}, Low: []float64{4, 5, 6.5, 7}, High: []float64{6, 8, 7.5, 10}},
			{Name: "b", Slot: 1, X: []float64{0, 1, 2, 3}, Y: []float64{1, 2, 2, 1}, Low: []float64{0.5, nan, 1, 0.5}, High: []float64{1.5, nan, inf, 2}},
		})
	}},
	{"heat", func(w io.Writer, t Theme) error {
		return HeatMap(w, t, "latency, ms", Heat{Step: 1, Edges: []float64{1, 2, 5, 10}, Shade: 1, Counts: [][]float64{{90, 9, 1}, {80, 0, 0}, {0, 0, 5}}})
	}},
	{"ledger", func(w io.Writer, t Theme) error {
		return Ledger(w, t, "where the time goes, ms", []string{"queue", "store"}, []Bar{{"a p50", []float64{1, 9}, 9.5}, {"a p99", []float64{nan, 20}, inf}})
	}},
	{"forest", func(w io.Writer, t Theme) error {
		return Forest(w, t, "effects", []Effect{{"a scenario with a long name: goodput", "a", 0, Interval{0.2, 0.19, 0.22}}, {"another: p99", "a", 0, Interval{1.1, 1, 1.2}}, {"another: p99", "b", 1, Interval{1.5, nan, nan}}, {"", "c", 2, Interval{nan, nan, nan}}})
	}},
	{"forest-near-one", func(w io.Writer, t Theme) error {
		return Forest(w, t, "effects", []Effect{{"", "a goodput", 0, Interval{0.99, 0.97, 1.01}}})
	}},
	{"order", func(w io.Writer, t Theme) error {
		return RunOrder(w, t, "p99, ms", []Sample{{"a", 0, []float64{1, 3, 6}, []float64{100, inf, 102}}, {"b", 1, []float64{2, 4, 5}, []float64{110, 111, 109}}})
	}},
	{"ecdf", func(w io.Writer, t Theme) error {
		return ECDF(w, t, "share of trials", "ms", []Sample{{"a", 0, nil, []float64{100, 101, inf}}, {"b", 1, nil, []float64{110, 111, 109}}})
	}},
	{"against", func(w io.Writer, t Theme) error {
		return Against(w, t, "goodput, per second", "workers", []Response{
			{"a", 0, []Point{{X: 50, Y: Interval{500, 480, 520}}, {X: 10, Y: Interval{100, 95, 105}}, {X: 20, Y: Interval{200, nan, nan}}}},
			{"b", 1, []Point{{X: 10, Y: Interval{nan, nan, nan}}}},
		})
	}},
	{"sweep", func(w io.Writer, t Theme) error {
		return SweepOf(w, t, Sweep{Title: "p99, ms", Setting: "offered rate, per second", Limit: 200}, []Response{
			{"a", 0, []Point{
				{X: 400, Y: Interval{4000, 3500, 4600}, Hollow: true}, {X: 100, Y: Interval{100, 98, 103}},
				{X: 200, Y: Interval{120, 110, 140}}, {X: 283, Y: Interval{190, nan, nan}}, {X: 800, Y: Interval{inf, inf, inf}},
			}},
			{"b", 1, []Point{{X: 100, Y: Interval{90, 88, 91}}, {X: 3200, Y: Interval{140, 130, 150}}}},
			{"c", 2, nil},
		})
	}},
	{"sweep-equal", func(w io.Writer, t Theme) error {
		return SweepOf(w, t, Sweep{Title: "goodput, per second", Setting: "offered rate, per second", Equal: true}, []Response{
			{"a", 0, []Point{{X: 100, Y: Interval{95, 94, 96}}, {X: 200, Y: Interval{190, 189, 191}}, {X: 400, Y: Interval{250, 240, 260}, Hollow: true}}},
		})
	}},
}

func TestGolden(t *testing.T) {
	for _, f := range figures {
		for _, theme := range []Theme{Light(), Dark()} {
			var got bytes.Buffer
			if err := f.draw(&got, theme); err != nil {
				t.Fatalf("%s: %v", f.name, err)
			}
			path := filepath.Join("testdata", f.name+"-"+theme.Name+".svg")
			if *update {
				if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("%s differs from its golden file; look at it and run the test with -update", path)
			}
			wellFormed(t, path, got.Bytes())
		}
	}
}

// odd are things that no picture may hold.
var odd = regexp.MustCompile(`NaN|Inf|Liberation Sans;`)

func wellFormed(t *testing.T, path string, svg []byte) {
	t.Helper()
	if m := odd.Find(svg); m != nil {
		t.Errorf("%s holds %q", path, m)
	}
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		_, err := d.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return
		}
	}
}

func TestThemesHaveOneGeometry(t *testing.T) {
	colours := regexp.MustCompile(`#[0-9A-F]{6}`)
	for _, f := range figures {
		var light, dark bytes.Buffer
		if err := f.draw(&light, Light()); err != nil {
			t.Fatal(err)
		}
		if err := f.draw(&dark, Dark()); err != nil {
			t.Fatal(err)
		}
		a := colours.ReplaceAllString(light.String(), "")
		b := strings.ReplaceAll(colours.ReplaceAllString(dark.String(), ""), "lighter:", "darker:")
		if a != b && f.name != "heat" {
			t.Errorf("%s: the themes differ in more than colour", f.name)
		}
	}
}

func TestEmptyFiguresDoNotFail(t *testing.T) {
	for name, draw := range map[string]func(io.Writer, Theme) error{
		"percentiles": func(w io.Writer, t Theme) error { return Percentiles(w, t, "x", "ms", nil) },
		"rates":       func(w io.Writer, t Theme) error { return Throughputs(w, t, nil) },
		"lines":       func(w io.Writer, t Theme) error { return Lines(w, t, Axes{}, []Line{{Name: "a"}}) },
		"forest":      func(w io.Writer, t Theme) error { return Forest(w, t, "x", nil) },
		"order": func(w io.Writer, t Theme) error {
			return RunOrder(w, t, "x", []Sample{{Name: "a", Values: []float64{nan}, X: []float64{1}}})
		},
		"ecdf": func(w io.Writer, t Theme) error {
			return ECDF(w, t, "x", "ms", []Sample{{Name: "a", Values: []float64{inf}}})
		},
		"against": func(w io.Writer, t Theme) error { return Against(w, t, "x", "y", nil) },
		"sweep": func(w io.Writer, t Theme) error {
			return SweepOf(w, t, Sweep{Limit: 1, Equal: true}, []Response{{Name: "a", Points: []Point{{X: 1, Y: Interval{inf, nan, nan}}}}})
		},
		"sweep of zeros": func(w io.Writer, t Theme) error {
			return SweepOf(w, t, Sweep{Equal: true}, []Response{{Name: "a", Points: []Point{{X: 1}, {X: 1000}}}})
		},
		"equal": func(w io.Writer, t Theme) error {
			return ECDF(w, t, "x", "ms", []Sample{{Name: "a", Values: []float64{0, 0}}})
		},
	} {
		var b bytes.Buffer
		if err := draw(&b, Light()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		wellFormed(t, name, b.Bytes())
	}
}

func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 0.1: "0.1", 999: "999", 1000: "1,000", 1234567.5: "1,234,567.5", -1000: "-1,000", 0.30000000000000004: "0.3"} {
		if got := number(v); got != want {
			t.Errorf("number(%v) = %q, want %q", v, got, want)
		}
	}
}

func TestEveryColourIsInBothThemes(t *testing.T) {
	for _, theme := range []Theme{Light(), Dark()} {
		if len(theme.series) != Colours {
			t.Errorf("%s: %d colours, want %d", theme.Name, len(theme.series), Colours)
		}
	}
}
