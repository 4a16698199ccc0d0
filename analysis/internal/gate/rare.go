package gate

import (
	"fmt"
	"math"
)

// rare says in how many blocks head was far worse, if that was more than head was
// ever better: by more than badFactor margins, and by more than base was worse than
// head in any block, so that noise alike on both sides says nothing. It is empty if
// there are none.
//
// The estimate and the bound are about a typical block, and do not move for a few
// bad ones however bad they are: a row that passes may still start badly now and
// then.
func (j *Judgement) rare() string {
	var differences []float64
	most := 0.0 // by which base was worse
	for i := range j.Blocks {
		if d := j.difference(j.Base[i], j.Head[i]); !math.IsNaN(d) {
			differences = append(differences, d)
			most = max(most, -d)
		}
	}
	n, least := 0, math.Inf(1)
	for _, d := range differences {
		if d > most && j.setback(d) > badFactor*j.Margin {
			n++
			least = min(least, d)
		}
	}
	if n == 0 {
		return ""
	}
	by := "worse by at least " + j.change(j.loss(least), false)
	if math.IsInf(j.loss(least), 1) {
		by = "worse beyond any ratio (" + j.noRatio() + ")"
	}
	return fmt.Sprintf("in %d of %d blocks head was %s: a typical start is judged, not every start", n, len(differences), by)
}
