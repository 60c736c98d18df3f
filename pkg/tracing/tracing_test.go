package tracing_test

import (
	"bytes"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/lair-chat/lair/pkg/tracing"
)

func TestWorkOfSeveralIsAChildOfTheFirstAndLinkedToTheOthers(t *testing.T) {
	recorder := tracetest.NewSpanRecorder()
	tracer := sdk.NewTracerProvider(sdk.WithSpanProcessor(recorder)).Tracer("test")
	var parents [][]byte
	for range 3 {
		ctx, span := tracer.Start(t.Context(), "send")
		parents = append(parents, tracing.Parent(ctx), nil)
		span.End()
	}
	_, span := tracing.Join(t.Context(), tracer, "commit", parents)
	span.End()
	ended := recorder.Ended()
	commit := ended[len(ended)-1]
	if commit.Parent().SpanID() != ended[0].SpanContext().SpanID() || !commit.Parent().IsRemote() || len(commit.Links()) != 2 {
		t.Errorf("parent %v, links %v", commit.Parent(), commit.Links())
	}
}

func TestWhatIsNotSampledHasNoParentAndNoSpan(t *testing.T) {
	recorder := tracetest.NewSpanRecorder()
	tracer := sdk.NewTracerProvider(sdk.WithSampler(sdk.NeverSample()), sdk.WithSpanProcessor(recorder)).Tracer("test")
	ctx, send := tracer.Start(t.Context(), "send")
	defer send.End()
	if p := tracing.Parent(ctx); p != nil {
		t.Errorf("the parent is %x", p)
	}
	for _, parents := range [][][]byte{nil, {nil}, {[]byte("nonsense")}, {bytes.Repeat([]byte{0}, 24)}} {
		joined, span := tracing.Join(t.Context(), tracer, "commit", parents)
		span.End()
		if joined != t.Context() {
			t.Errorf("%x began a span", parents)
		}
	}
	if n := testing.AllocsPerRun(100, func() { tracing.Join(t.Context(), tracer, "commit", nil); tracing.Parent(ctx) }); n > 0 {
		t.Errorf("%v allocations for work that is not sampled", n)
	}
}

func TestAnExemplarNamesTheTrace(t *testing.T) {
	tracer := sdk.NewTracerProvider().Tracer("test")
	ctx, span := tracer.Start(t.Context(), "send")
	h := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "h", Buckets: []float64{1}})
	tracing.Observe(t.Context(), h, 0.1)
	tracing.Observe(ctx, h, 0.5)
	var m dto.Metric
	if err := h.Write(&m); err != nil {
		t.Fatal(err)
	}
	e := m.GetHistogram().GetBucket()[0].GetExemplar()
	if m.GetHistogram().GetSampleCount() != 2 || e.GetValue() != 0.5 || e.GetLabel()[0].GetValue() != span.SpanContext().TraceID().String() {
		t.Errorf("%v", &m)
	}
}
