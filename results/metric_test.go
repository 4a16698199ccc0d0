package results

import (
	"strings"
	"testing"
)

// Every row of the metric table is complete, and no two share a name or a unit: a
// lookup would find only one of them.
func TestMetricTable(t *testing.T) {
	units, names := map[string]bool{}, map[string]bool{}
	for _, m := range Metrics() {
		if m.Unit == "" || m.Label == "" || m.Better == NoDirection || m.Dimension == "" || m.read == nil {
			t.Errorf("%q: the row lacks a unit, a label, a direction, a dimension, or how it is read", m.Unit)
		}
		if (m.Name == "") != (m.Phrase == "") {
			t.Errorf("%s: name %q and phrase %q: people meet both or neither", m.Unit, m.Name, m.Phrase)
		}
		if units[m.Unit] || m.Name != "" && names[m.Name] {
			t.Errorf("%s: the unit or the name %q stands in the table twice", m.Unit, m.Name)
		}
		units[m.Unit], names[m.Name] = true, true
		if found, ok := MetricByUnit(m.Unit); !ok || found.Label != m.Label {
			t.Errorf("MetricByUnit(%q) = %v, %v", m.Unit, found.Label, ok)
		}
		if found, ok := MetricByName(m.Name); m.Name != "" && (!ok || found.Unit != m.Unit) {
			t.Errorf("MetricByName(%q) = %v, %v", m.Name, found.Unit, ok)
		}
	}
	if _, ok := MetricByName(""); ok {
		t.Error("a metric without a name was found by name")
	}
}

// A trial in which nothing was measured has no figures but rates of 0.
func TestFiguresOfNothing(t *testing.T) {
	s := &StreamResult{Name: "load", Model: ModelOpen}
	got := Figures(&Manifest{}, &Trial{Streams: []StreamResult{*s}}, s)
	for unit, v := range got {
		if v != 0 || !strings.HasSuffix(unit, "/s") {
			t.Errorf("%s = %v", unit, v)
		}
	}
	if len(got) != 2 {
		t.Errorf("%d figures, want req/s and goodput/s: %v", len(got), got)
	}
}

// Each part of the ledger that has a metric of its own is read from its histogram.
func TestFiguresOfParts(t *testing.T) {
	for unit, part := range map[string]string{
		"service-p99-sec": PartService, "lag-p99-sec": PartLag, "conn-wait-p99-sec": PartConnWait, "handling-p99-sec": PartHandling,
	} {
		h := NewHistogram()
		for range 2000 {
			_ = h.RecordValue(3_000_000)
		}
		s := &StreamResult{Name: "load", Model: ModelOpen, Parts: map[string]Quantiles{PartOf(part, OK): Summarise(h, 0)}}
		got := Figures(&Manifest{}, &Trial{Streams: []StreamResult{*s}}, s)
		if v := got[unit]; v < 0.00299 || v > 0.00301 || len(got) != 3 {
			t.Errorf("%s = %v of %v, want 0.003 beside two rates", unit, v, got)
		}
	}
}
