package telemetry

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// quietFor is the time between two lines about a collector that is away.
const quietFor = time.Minute

// quiet logs failures to send telemetry: the first at once, and then one a minute
// with the number of those that were not logged. The exporter fails every few
// seconds for as long as a collector is away.
type quiet struct {
	log *slog.Logger

	mu   sync.Mutex
	next time.Time
	more int
}

// Handle implements otel.ErrorHandler.
func (q *quiet) Handle(err error) {
	q.mu.Lock()
	now := time.Now()
	if now.Before(q.next) {
		q.more++
		q.mu.Unlock()
		return
	}
	more := q.more
	q.more, q.next = 0, now.Add(quietFor)
	q.mu.Unlock()
	q.log.WarnContext(context.Background(), "telemetry was not sent", "err", err, "more", more)
}
