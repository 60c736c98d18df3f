package telemetry_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel"
	collectorv1 "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
)

func TestACollectorThatIsAwayIsLoggedNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var buf bytes.Buffer
		tel := create(t, &buf, "LAIR_OTLP_ENDPOINT=http://127.0.0.1:1", "LAIR_TRACE_SAMPLE=1")
		defer tel.Shutdown(t.Context()) //nolint:errcheck // nothing is there to be sent
		for range 25 {
			otel.Handle(errors.New("the collector is away"))
			time.Sleep(5 * time.Second)
		}
		lines := strings.Split(strings.TrimSpace(buf.String()), "\n")
		if len(lines) != 3 {
			t.Fatalf("%d lines: %s", len(lines), buf.String())
		}
		if !strings.Contains(lines[0], `"more":0`) || !strings.Contains(lines[1], `"more":11`) {
			t.Errorf("got %s", buf.String())
		}
	})
}

// hanging takes requests and does not answer until it may.
type hanging struct {
	collectorv1.UnimplementedTraceServiceServer
	asked chan struct{}
	may   chan struct{}
	once  sync.Once
	spans atomic.Int64
}

func (c *hanging) Export(ctx context.Context, req *collectorv1.ExportTraceServiceRequest) (*collectorv1.ExportTraceServiceResponse, error) {
	c.once.Do(func() { close(c.asked) })
	select {
	case <-c.may:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	for _, r := range req.GetResourceSpans() {
		for _, s := range r.GetScopeSpans() {
			c.spans.Add(int64(len(s.GetSpans())))
		}
	}
	return &collectorv1.ExportTraceServiceResponse{}, nil
}

func TestACollectorThatHangsHoldsNobodyUpAndKeepsFewSpans(t *testing.T) {
	lis, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &hanging{asked: make(chan struct{}), may: make(chan struct{})}
	srv := grpc.NewServer() //nolint:forbidigo // a collector is no peer
	collectorv1.RegisterTraceServiceServer(srv, c)
	go srv.Serve(lis) //nolint:errcheck // ends with srv
	defer srv.Stop()

	var buf bytes.Buffer
	tel := create(t, &buf, "LAIR_OTLP_ENDPOINT=http://"+lis.Addr().String(), "LAIR_TRACE_SAMPLE=1")
	tracer := tel.Tracer.Tracer("x")
	const some, many, queue, batch = 512, 20_000, 2048, 512
	for range some { // a batch, which is sent at once
		_, span := tracer.Start(t.Context(), "work")
		span.End()
	}
	<-c.asked
	for range many { // would never end if an end of a span waited
		_, span := tracer.Start(t.Context(), "work")
		span.End()
	}
	close(c.may)
	if err := tel.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if got := c.spans.Load(); got < some || got > some+queue+2*batch {
		t.Errorf("%d spans were kept", got)
	}
}
