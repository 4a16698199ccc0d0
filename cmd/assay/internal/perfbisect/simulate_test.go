package perfbisect

import (
	"testing"

	analysis "github.com/assay-bench/assay/analysis/command"
)

// Drawn measurements and the real gate find the slow commit, whatever the seed is.
func TestSimulation(t *testing.T) {
	for seed := range uint64(2) {
		s := Simulation{Commits: 4, CV: 0.005, Slower: 0.3, Seed: seed, Temp: t.TempDir(), Analysis: analysis.Commands}
		got, err := s.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !got.Right || got.Outcome != "found" || got.Checks > 3 {
			t.Errorf("seed %d: %+v", seed, got)
		}
		again, err := s.Run(t.Context())
		if err != nil || again != got {
			t.Errorf("seed %d: %+v and then %+v, %v", seed, got, again, err)
		}
	}
}
