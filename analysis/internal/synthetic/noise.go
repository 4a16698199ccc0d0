package synthetic

import (
	"math"
	"math/rand/v2"
)

// Noise names a shape of noise.
type Noise string

// Shapes of noise. The first two have the standard deviation 1. Outliers are eight times
// as wide as the others, which have it. That of t with two degrees of freedom is infinite,
// and that of Cauchy does not exist.
const (
	Normal    Noise = "normal"
	Lognormal Noise = "lognormal"
	Outliers  Noise = "5 % outliers"
	StudentT2 Noise = "t with 2 degrees of freedom"
	Cauchy    Noise = "Cauchy"
)

// noises draw one value each. Lognormal noise is skewed to the slow side, as response
// times are: exp of a normal value, centred and scaled.
var noises = map[Noise]func(*rand.Rand) float64{
	Normal: (*rand.Rand).NormFloat64,
	Lognormal: func(r *rand.Rand) float64 {
		const mean, deviation = 1.6487212707, 2.1611974158 // of exp of a normal value
		return (math.Exp(r.NormFloat64()) - mean) / deviation
	},
	Outliers: func(r *rand.Rand) float64 {
		if r.Float64() < 0.05 {
			return 8 * r.NormFloat64()
		}
		return r.NormFloat64()
	},
	// A normal value over the root of a χ² value with two degrees of freedom, halved:
	// an exponential value.
	StudentT2: func(r *rand.Rand) float64 { return r.NormFloat64() / math.Sqrt(r.ExpFloat64()) },
	Cauchy:    func(r *rand.Rand) float64 { return max(-100, min(100, r.NormFloat64()/r.NormFloat64())) },
}
