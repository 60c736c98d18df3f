package message

import (
	"context"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/lair-chat/lair/pkg/tracing"
)

// traces implements timeline.Traces.
type traces struct{ tracer trace.Tracer }

// Commit implements timeline.Traces.
func (t traces) Commit(ctx context.Context, parents [][]byte) (context.Context, func(error)) {
	ctx, span := tracing.Join(ctx, t.tracer, "commit", parents)
	return ctx, func(err error) {
		if err != nil {
			span.SetStatus(codes.Error, "") // the span of the statement says why, without values
		}
		span.End()
	}
}
