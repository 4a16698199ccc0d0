package plot

import (
	"math"

	"gonum.org/v1/plot"
)

// mostTicks is far more than any axis of a figure has. It ends the loop over an axis
// whose ends are so close to each other, or so large, that adding a step to a tick gives
// the same tick again.
const mostTicks = 100

// niceTicks are about n ticks on round numbers from 0 or min to max. An axis whose ends
// are not finite, or are in the wrong order, has none.
func niceTicks(lo, hi float64, n int) []plot.Tick {
	if !isFinite(lo) || !isFinite(hi) || hi < lo {
		return nil
	}
	step := niceStep((hi - lo) / float64(n))
	var ticks []plot.Tick
	for i := math.Ceil(lo / step); i*step <= min(hi*(1+1e-9), math.MaxFloat64) && len(ticks) < mostTicks; i++ {
		ticks = append(ticks, plot.Tick{Value: i * step, Label: number(i * step)})
	}
	return ticks
}

// niceStep is the smallest step of 1, 2 or 5 times a power of ten that is not below
// raw.
func niceStep(raw float64) float64 {
	if raw <= 0 || math.IsNaN(raw) || math.IsInf(raw, 0) {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= raw {
			return m * power
		}
	}
	return 10 * power
}

// logTicks are the 1-2-5 values between lo and hi. A logarithmic axis has no place for
// ends that are not above 0 and finite: such an axis has no ticks.
func logTicks(lo, hi float64) []plot.Tick {
	if !(lo > 0) || !isFinite(hi) {
		return nil
	}
	var ticks []plot.Tick
	decades := math.Log10(hi / lo)
	for e := math.Floor(math.Log10(lo)); e <= math.Ceil(math.Log10(hi)); e++ {
		for _, m := range []float64{1, 2, 5} {
			v := m * math.Pow(10, e)
			if !isFinite(v) || v < lo*(1-1e-9) || v > hi*(1+1e-9) {
				continue
			}
			t := plot.Tick{Value: v, Label: number(v)}
			if decades > 2 && m != 1 {
				t.Label = ""
			}
			ticks = append(ticks, t)
		}
	}
	return ticks
}
