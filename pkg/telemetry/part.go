package telemetry

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/lair-chat/lair/pkg/run"
)

// flushTime bounds the sending of the last spans.
const flushTime = 5 * time.Second

// Parts returns what has to run for the telemetry: the server of /metrics, if
// it has an address, and the sender of the last spans. They belong before all
// other parts of a process, so that they end last.
func (t *Telemetry) Parts(ctx context.Context) ([]run.Part, error) {
	parts := []run.Part{{Name: "telemetry", Run: t.flush}}
	if t.addr == "" {
		return parts, nil
	}
	lis, err := new(net.ListenConfig).Listen(ctx, "tcp", t.addr)
	if err != nil {
		return nil, fmt.Errorf("LAIR_METRICS_ADDR: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", t.Handler())
	return append(parts, run.ServeHTTP(&http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}, lis)), nil
}

// flush waits for the end. A collector that is away is no reason for a process
// to fail.
func (t *Telemetry) flush(ctx context.Context) error {
	<-ctx.Done()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTime)
	defer cancel()
	if err := t.Shutdown(ctx); err != nil {
		t.Log.WarnContext(ctx, "last spans were not sent", "err", err)
	}
	return nil
}
