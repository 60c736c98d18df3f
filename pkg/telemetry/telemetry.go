// Package telemetry gives a process its log, its metrics and its traces: one
// call in main, everything else receives what it needs.
//
// The log is JSON lines with the service, its version and, where there is one, the
// ids of the request, of the trace and of the span. Whoever logs sees to it that no content, token or
// password is in the attributes; package config has a type for secrets.
package telemetry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel/trace"
)

// Config says how a process tells about itself.
type Config struct {
	LogLevel     slog.Level `env:"LAIR_LOG_LEVEL" envDefault:"info" desc:"The least important lines that are logged."`
	LogFormat    string     `env:"LAIR_LOG_FORMAT" envDefault:"json" desc:"Form of the log: json, or text for people."`
	MetricsAddr  string     `env:"LAIR_METRICS_ADDR" desc:"Address, such as :9090, where /metrics is served; without it there is none."`
	OTLPEndpoint string     `env:"LAIR_OTLP_ENDPOINT" desc:"Collector of traces (OTLP over gRPC), such as http://collector:4317; without it there are no traces."`
	TraceSample  float64    `env:"LAIR_TRACE_SAMPLE" envDefault:"0.01" desc:"Share of requests that are traced, from 0 to 1."`
}

// Validate returns an error that names the variable with a value that no
// process can use.
func (c *Config) Validate() error {
	switch {
	case c.LogFormat != "json" && c.LogFormat != "text":
		return fmt.Errorf("LAIR_LOG_FORMAT is %q, not json or text", c.LogFormat)
	case !(c.TraceSample >= 0 && c.TraceSample <= 1): // also not NaN
		return fmt.Errorf("LAIR_TRACE_SAMPLE is %v, not a number from 0 to 1", c.TraceSample)
	case c.OTLPEndpoint != "" && !strings.HasPrefix(c.OTLPEndpoint, "http://") && !strings.HasPrefix(c.OTLPEndpoint, "https://"):
		return errors.New("LAIR_OTLP_ENDPOINT must begin with http:// or https://")
	}
	return nil
}

// Telemetry is what a process tells about itself. Its fields are safe for
// concurrent use.
type Telemetry struct {
	Log      *slog.Logger
	Registry *prometheus.Registry // has the collectors of the process already
	Tracer   trace.TracerProvider // makes nothing if there is no collector

	addr     string
	shutdown func(context.Context) error
}

// New returns the telemetry of a process of the given service and version,
// which logs to w. The collector of traces need not be there yet.
func New(ctx context.Context, cfg Config, service, version string, w io.Writer) (*Telemetry, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	log := newLog(cfg, w).With("service", service, "version", version)
	tracer, shutdown, err := newTracer(ctx, cfg, service, version, log)
	if err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}
	return &Telemetry{
		Log: log, Registry: newRegistry(service, version), Tracer: tracer,
		addr: cfg.MetricsAddr, shutdown: shutdown,
	}, nil
}

func newRegistry(service, version string) *prometheus.Registry {
	reg := prometheus.NewRegistry()
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "lair_build_info", Help: "Always 1; the labels say what runs.",
	}, []string{"service", "version", "go_version"})
	build.WithLabelValues(service, version, runtime.Version()).Set(1)
	reg.MustRegister(build, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return reg
}

// Handler serves the metrics in the form of Prometheus, to a few at once.
func (t *Telemetry) Handler() http.Handler {
	return promhttp.HandlerFor(t.Registry, promhttp.HandlerOpts{
		EnableOpenMetrics:   true, // it alone has exemplars
		MaxRequestsInFlight: 4, Timeout: 10 * time.Second,
		ErrorLog: slog.NewLogLogger(t.Log.Handler(), slog.LevelError),
	})
}

// Shutdown sends the spans that are still here, as long as ctx allows.
func (t *Telemetry) Shutdown(ctx context.Context) error { return t.shutdown(ctx) }
