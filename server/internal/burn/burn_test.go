package burn

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestCalibrateFindsASpeed(t *testing.T) {
	// Any processor that runs Go does between ten and ten thousand rounds in a microsecond.
	if speed := Calibrate().roundsPerMicro; speed < 10 || speed > 10_000 {
		t.Errorf("calibrated to %.1f rounds per microsecond", speed)
	}
}

func TestRoundsAreProportionalToTheTime(t *testing.T) {
	b := &Burner{roundsPerMicro: 500}
	for _, test := range []struct {
		d    time.Duration
		want int
	}{{0, 0}, {time.Microsecond, 500}, {200 * time.Microsecond, 100_000}, {time.Millisecond, 500_000}} {
		if got := b.rounds(test.d); got != test.want {
			t.Errorf("%v: %d rounds, want %d", test.d, got, test.want)
		}
	}
}

func TestBurnStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	// Were the context ignored, this would run for an hour.
	if err := Calibrate().Burn(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
}

func BenchmarkBurn(b *testing.B) {
	burner := Calibrate()
	for b.Loop() {
		if err := burner.Burn(b.Context(), 100*time.Microsecond); err != nil {
			b.Fatal(err)
		}
	}
}
