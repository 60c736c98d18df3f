package memory_test

import (
	"sync"
	"testing"
	"time"

	"github.com/lair-chat/lair/services/presence/internal/memory"
	"github.com/lair-chat/lair/services/presence/internal/rostertest"
)

func TestContract(t *testing.T) {
	rostertest.Run(t, func(testing.TB) rostertest.Fixture {
		var mu sync.Mutex
		now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		r := memory.New(rostertest.Expiry, func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return now
		})
		return rostertest.Fixture{One: r, Two: r, Advance: func(d time.Duration) {
			mu.Lock()
			defer mu.Unlock()
			now = now.Add(d)
		}}
	})
}
