package lair

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestBackoffStaysInItsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lowest := time.Duration(rapid.Int64Range(1, int64(time.Minute)).Draw(t, "min"))
		highest := time.Duration(rapid.Int64Range(int64(lowest), math.MaxInt64/2).Draw(t, "max"))
		drawn := rapid.Float64Range(0, math.Nextafter(1, 0))
		b := &backoff{min: lowest, max: highest}
		ceiling := lowest
		for range 80 {
			r := drawn.Draw(t, "rand")
			b.rand = func() float64 { return r }
			if d := b.next(); d < 0 || d > ceiling || d != time.Duration(r*float64(ceiling)) {
				t.Fatalf("pause of %v, the ceiling is %v", d, ceiling)
			}
			if ceiling *= 2; ceiling > highest || ceiling <= 0 {
				ceiling = highest
			}
		}
		b.reset()
		b.rand = func() float64 { return .5 }
		if d := b.next(); d != time.Duration(float64(lowest)*.5) {
			t.Fatalf("pause of %v after a reset", d)
		}
	})
}
