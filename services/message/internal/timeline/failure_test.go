package timeline

import (
	"errors"
	"testing"
	"time"
)

func TestAFailureThatGoesOnIsSaidNowAndThen(t *testing.T) {
	full, down := errors.New("full"), errors.New("down")
	var f failure
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	for i, step := range []struct {
		err  error
		at   time.Duration
		want bool
	}{
		{full, 0, true},
		{full, time.Second, false},
		{down, 2 * time.Second, true},
		{full, 3 * time.Second, true},
		{full, 7 * time.Second, false},
		{full, 8 * time.Second, true},
		{full, 9 * time.Second, false},
	} {
		if got := f.news(step.err, noon.Add(step.at)); got != step.want {
			t.Errorf("%d: %t", i, got)
		}
	}
}
