package telemetry

import (
	"context"
	"log/slog"
	"os"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// newTracer returns where spans are made and what sends the last of them.
func newTracer(
	ctx context.Context, cfg Config, service, version string, log *slog.Logger,
) (trace.TracerProvider, func(context.Context) error, error) {
	if cfg.OTLPEndpoint == "" {
		return noop.NewTracerProvider(), func(context.Context) error { return nil }, nil
	}
	exporter, err := otlptracegrpc.New(ctx, otlptracegrpc.WithEndpointURL(cfg.OTLPEndpoint))
	if err != nil {
		return nil, nil, err
	}
	// The exporter works in the background and has no other way to say that it
	// fails; by default it would write lines of its own form to standard error.
	otel.SetErrorHandler(&quiet{log: log})
	host, _ := os.Hostname() // a trace is of use without it, too
	provider := sdk.NewTracerProvider(
		sdk.WithBatcher(exporter),
		sdk.WithResource(resource.NewSchemaless(
			attribute.String("service.name", service), attribute.String("service.version", version),
			// Which of several: a container and a pod have a host name of their own.
			attribute.String("host.name", host), attribute.Int("process.pid", os.Getpid()))),
		// Who began the trace has decided.
		sdk.WithSampler(sdk.ParentBased(sdk.TraceIDRatioBased(cfg.TraceSample))),
	)
	return provider, provider.Shutdown, nil
}
