package telemetry_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	collectorv1 "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"

	"github.com/lair-chat/lair/pkg/config"
	"github.com/lair-chat/lair/pkg/run"
	"github.com/lair-chat/lair/pkg/telemetry"
	"github.com/lair-chat/lair/pkg/tracing"
)

// load returns the configuration of an environment.
func load(t *testing.T, environ ...string) telemetry.Config {
	t.Helper()
	var cfg telemetry.Config
	if err := config.Load(environ, nil, &cfg); err != nil {
		t.Fatal(err)
	}
	return cfg
}

func create(t *testing.T, w io.Writer, environ ...string) *telemetry.Telemetry {
	t.Helper()
	tel, err := telemetry.New(t.Context(), load(t, environ...), "gateway", "1.2.3", w)
	if err != nil {
		t.Fatal(err)
	}
	return tel
}

func TestLogLinesAreJSONWithServiceAndTrace(t *testing.T) {
	var buf bytes.Buffer
	tel := create(t, &buf)
	ctx, span := sdk.NewTracerProvider().Tracer("test").Start(tracing.WithRequestID(t.Context(), "r7"), "work")
	tel.Log.With("room", "hall").InfoContext(ctx, "message sent", "key", config.Secret("hunter2"))
	tel.Log.DebugContext(ctx, "not important")
	var got map[string]any
	if err := json.Unmarshal(buf.Bytes(), &got); err != nil {
		t.Fatalf("%v: %s", err, buf.String())
	}
	delete(got, "time")
	want := map[string]any{
		"level": "INFO", "msg": "message sent", "service": "gateway", "version": "1.2.3", "room": "hall", "key": "[redacted]",
		"request_id": "r7", "trace_id": span.SpanContext().TraceID().String(), "span_id": span.SpanContext().SpanID().String(),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLogForPeople(t *testing.T) {
	var buf bytes.Buffer
	create(t, &buf, "LAIR_LOG_FORMAT=text", "LAIR_LOG_LEVEL=debug").Log.Debug("started")
	if got := buf.String(); !strings.Contains(got, "level=DEBUG msg=started service=gateway version=1.2.3") {
		t.Error(got)
	}
}

func TestConfigurationIsChecked(t *testing.T) {
	for variable, cfg := range map[string]telemetry.Config{
		"LAIR_LOG_FORMAT":    {LogFormat: "xml"},
		"LAIR_TRACE_SAMPLE":  {LogFormat: "json", TraceSample: math.NaN()},
		"LAIR_OTLP_ENDPOINT": {LogFormat: "json", OTLPEndpoint: "collector:4317"},
	} {
		_, err := telemetry.New(t.Context(), cfg, "gateway", "1.2.3", io.Discard)
		if err == nil || !strings.HasPrefix(err.Error(), variable) {
			t.Errorf("%s: %v", variable, err)
		}
	}
}

func TestEveryVariableIsDescribed(t *testing.T) {
	for _, v := range config.Describe(telemetry.Config{}) {
		if v.Desc == "" {
			t.Errorf("%s has no description", v.Name)
		}
	}
}

func TestMetrics(t *testing.T) {
	rec := httptest.NewRecorder()
	create(t, io.Discard).Handler().ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	for _, want := range []string{`lair_build_info{go_version="go`, `service="gateway",version="1.2.3"} 1`, "go_goroutines", "process_open_fds"} {
		if !strings.Contains(rec.Body.String(), want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestMetricsHaveAPortOfTheirOwn(t *testing.T) {
	tel := create(t, io.Discard, "LAIR_METRICS_ADDR=127.0.0.1:0")
	parts, err := tel.Parts(t.Context())
	if err != nil || len(parts) != 2 {
		t.Fatalf("%v, %v", parts, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- run.All(ctx, parts...) }()
	addr := strings.TrimPrefix(parts[1].Name, "http ")
	for path, want := range map[string]int{"/metrics": http.StatusOK, "/": http.StatusNotFound} {
		resp, err := http.Get("http://" + addr + path) //nolint:noctx // a test
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: %s", path, resp.Status)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}

	taken := create(t, io.Discard, "LAIR_METRICS_ADDR=256.0.0.1:1")
	if _, err := taken.Parts(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "LAIR_METRICS_ADDR: ") {
		t.Error(err)
	}
}

func TestNoCollectorNoSpans(t *testing.T) {
	tel := create(t, io.Discard)
	if _, span := tel.Tracer.Tracer("x").Start(t.Context(), "work"); span.IsRecording() {
		t.Error("a span for nobody")
	}
	if err := tel.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

// collector keeps the names of spans.
type collector struct {
	collectorv1.UnimplementedTraceServiceServer
	names chan string
}

func (c *collector) Export(_ context.Context, req *collectorv1.ExportTraceServiceRequest) (*collectorv1.ExportTraceServiceResponse, error) {
	for _, r := range req.GetResourceSpans() {
		for _, attr := range r.GetResource().GetAttributes() {
			if v := attr.GetValue(); v.GetStringValue() != "" {
				c.names <- v.GetStringValue()
			} else {
				c.names <- strconv.FormatInt(v.GetIntValue(), 10)
			}
		}
		for _, s := range r.GetScopeSpans() {
			for _, span := range s.GetSpans() {
				c.names <- span.GetName()
			}
		}
	}
	return &collectorv1.ExportTraceServiceResponse{}, nil
}

func TestLastSpansAreSentAtTheEnd(t *testing.T) {
	lis, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &collector{names: make(chan string, 10)}
	srv := grpc.NewServer() //nolint:forbidigo // a collector is no peer
	collectorv1.RegisterTraceServiceServer(srv, c)
	go srv.Serve(lis) //nolint:errcheck // ends with srv
	defer srv.Stop()

	var buf bytes.Buffer
	tel := create(t, &buf, "LAIR_OTLP_ENDPOINT=http://"+lis.Addr().String(), "LAIR_TRACE_SAMPLE=1")
	_, span := tel.Tracer.Tracer("x").Start(t.Context(), "work")
	span.End()
	parts, err := tel.Parts(t.Context())
	if err != nil || len(parts) != 1 {
		t.Fatalf("%v, %v", parts, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := run.All(ctx, parts...); err != nil {
		t.Error(err)
	}
	close(c.names)
	var got []string
	for name := range c.names {
		got = append(got, name)
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{host, strconv.Itoa(os.Getpid()), "gateway", "1.2.3", "work"}, got); diff != "" || buf.Len() > 0 {
		t.Errorf("%s %s", diff, buf.String())
	}
}
