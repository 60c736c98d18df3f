// Package tracing has what spans need that gRPC does not carry: the parent of a
// span inside a message, and exemplars. Work that is not sampled costs nothing
// here: its parent is nil.
package tracing

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
)

// size is what a parent takes: the ids of trace and span (W3C Trace Context,
// section 3.2.2), in bytes.
const size = 16 + 8

// Parent returns the span that ctx is in, to be sent along with work that somebody
// else goes on with. It is nil unless the span is sampled.
func Parent(ctx context.Context) []byte {
	s := trace.SpanContextFromContext(ctx)
	if !s.IsSampled() || !s.IsValid() {
		return nil
	}
	b := make([]byte, 0, size)
	t, i := s.TraceID(), s.SpanID()
	return append(append(b, t[:]...), i[:]...)
}

// SpanContext returns the span that a parent names; it is not valid if parent is
// nil or nonsense.
func SpanContext(parent []byte) trace.SpanContext {
	if len(parent) != size {
		return trace.SpanContext{}
	}
	return trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID(parent[:16]), SpanID: trace.SpanID(parent[16:]),
		TraceFlags: trace.FlagsSampled, Remote: true,
	})
}

// Join starts a span for work that was begun by several parents: it is a child of
// the first of them and has links to the others. Without any there is no span, and
// ctx is returned as it is.
func Join(ctx context.Context, tracer trace.Tracer, name string, parents [][]byte) (context.Context, trace.Span) {
	var first trace.SpanContext
	var others []trace.Link
	for _, p := range parents {
		switch s := SpanContext(p); {
		case !s.IsValid():
		case !first.IsValid():
			first = s
		default:
			others = append(others, trace.Link{SpanContext: s})
		}
	}
	if !first.IsValid() {
		return ctx, trace.SpanFromContext(context.Background()) // which does nothing
	}
	return tracer.Start(trace.ContextWithRemoteSpanContext(ctx, first), name, trace.WithLinks(others...)) //nolint:spancheck // the caller ends it
}

// Observe adds a value to a histogram, with the trace as its exemplar if ctx is in a
// span that is sampled.
func Observe(ctx context.Context, o prometheus.Observer, value float64) {
	if s := trace.SpanContextFromContext(ctx); s.IsSampled() {
		if e, ok := o.(prometheus.ExemplarObserver); ok {
			e.ObserveWithExemplar(value, prometheus.Labels{"trace_id": s.TraceID().String()})
			return
		}
	}
	o.Observe(value)
}
