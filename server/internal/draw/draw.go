// Package draw makes numbers that look random but are a pure function of a key.
//
// It is for the simulated parts of the server: the same key gives the same numbers
// in every process, on every platform and for every pattern, so that variants that
// are compared meet the same draws. It is not for secrets.
//
// A Source is a SplitMix64 generator (Steele, Lea and Flood, "Fast splittable
// pseudorandom number generators", OOPSLA 2014). The parts of the key are folded in
// one after the other through the generator's finaliser, so that keys that differ in
// one bit of one part give unrelated sequences.
package draw

// golden is 2⁶⁴ divided by the golden ratio, made odd: SplitMix64's increment.
const golden = 0x9e3779b97f4a7c15

// Source is a sequence of draws. It is a value: copying it copies the position.
type Source struct{ state uint64 }

// New returns the sequence for a key. The order of the parts matters.
func New(parts ...uint64) Source {
	var state uint64
	for _, part := range parts {
		state = mix(state + golden + mix(part))
	}
	return Source{state: state}
}

// Uint64 returns the next 64 bits.
func (s *Source) Uint64() uint64 {
	s.state += golden
	return mix(s.state)
}

// Float64 returns the next number, uniform in [0, 1) in steps of 2⁻⁵³.
func (s *Source) Float64() float64 {
	return float64(s.Uint64()>>11) / (1 << 53)
}

// IntN returns the next whole number in [0, n). It panics if n is not positive.
// The bias towards small numbers is n/2⁶⁴, far below what any test could see.
func (s *Source) IntN(n int) int {
	if n <= 0 {
		panic("draw: IntN of a range that is not positive")
	}
	return int(s.Uint64() % uint64(n))
}

// Text folds a text into one key part (64-bit FNV-1a). It does not allocate.
func Text(text string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(text) {
		h ^= uint64(text[i])
		h *= 1099511628211
	}
	return h
}

// mix is the last step of SplitMix64: it spreads every bit of z over the whole result.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
