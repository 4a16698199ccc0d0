package stats

import "math"

// ChangePoint looks for one lasting change of level in a series (Pettitt's test,
// which uses ranks and so does not mind outliers). At is the first index of the
// new level, P the significance by Pettitt's approximation, which is
// conservative for short series. A series below eight values, or without
// variation, has P = 1. Values may be +Inf.
func ChangePoint(v []float64) (at int, p float64) {
	n := len(v)
	if n < 8 {
		return 0, 1
	}
	largest, u := 0, 0
	for t := range n - 1 {
		// u after step t is Σ sign(v[j]−v[i]) over i ≤ t < j.
		for j := range v {
			switch {
			case v[j] > v[t]:
				u++
			case v[j] < v[t]:
				u--
			}
		}
		if abs := max(u, -u); abs > largest {
			largest, at = abs, t+1
		}
	}
	if largest == 0 {
		return 0, 1
	}
	k, m := float64(largest), float64(n)
	return at, min(1, 2*math.Exp(-6*k*k/(m*m*m+m*m)))
}
