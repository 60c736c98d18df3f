package limit

import (
	"context"
	"log/slog"

	"github.com/redis/go-redis/v9"
)

// Len returns how many buckets are kept.
func Len(m *Memory) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.buckets)
}

// Debt is what the server has to hear of one bucket.
type Debt struct {
	Rule  Rule
	Key   Key
	Taken int
}

// Tell takes the tokens from the server's buckets, once.
func Tell(ctx context.Context, client redis.UniversalClient, debts []Debt) (levels []float64, told []bool, err error) {
	var list []debt
	for _, d := range debts {
		list = append(list, debt{name{d.Rule.Name, d.Key}, d.Rule, d.Taken})
	}
	return NewRedis(client, slog.New(slog.DiscardHandler)).tell(ctx, list)
}
