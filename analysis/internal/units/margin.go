package units

// Margin is the change of a metric below which it does not matter: a share of
// the base value, or a difference for shares.
func Margin(unit string) float64 {
	switch {
	case IsShare(unit):
		return 0.01
	case Quantile(unit) >= 0.99:
		return 0.10
	}
	return 0.05
}
