package session_test

import (
	"testing"

	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/lair-chat/lair/pkg/tracing"
	"github.com/lair-chat/lair/services/gateway/internal/session"
)

// sampled returns what traces the share of commands.
func sampled(share float64) trace.Tracer {
	return sdk.NewTracerProvider(sdk.WithSampler(sdk.ParentBased(sdk.TraceIDRatioBased(share)))).Tracer("gateway")
}

func BenchmarkSpanOfACommand(b *testing.B) {
	for _, c := range []struct {
		name   string
		tracer trace.Tracer
	}{{"no collector", noop.Tracer{}}, {"not sampled", sampled(0)}, {"sampled", sampled(1)}} {
		b.Run(c.name, func(b *testing.B) {
			gate := session.NewGate(session.Needs{Tracer: c.tracer})
			b.ReportAllocs()
			for b.Loop() {
				ctx, span := session.Begin(gate, b.Context(), "send_message")
				tracing.Parent(ctx)
				span.End()
			}
		})
	}
}
