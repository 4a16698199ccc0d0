package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGather(t *testing.T) {
	effect := func(kind, where string) finding {
		return finding{kind: kind, where: where, text: kind + " in " + where + "."}
	}
	var texts []string
	for _, f := range gather([]finding{
		effect("more", "a"), effect("more", "b"), effect("less", "c"), effect("more", "d"), effect("more", "e"), effect("more", "f"),
		effect("alone", "g"), effect("more", "h"), {rank: 1, text: "none."}, {rank: 1, text: "none either."},
	}) {
		texts = append(texts, f.text)
	}
	want := []string{"more in a. Likewise, if less, in b, d, e and 2 more.", "less in c.", "alone in g.", "none.", "none either."}
	if d := cmp.Diff(want, texts); d != "" {
		t.Error(d)
	}
}
