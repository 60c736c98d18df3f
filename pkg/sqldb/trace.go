package sqldb

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// spans makes a span for each statement inside a span that is recorded, and does
// nothing else. It never shows parameters. It implements the tracers of pgx.
type spans struct{}

type spanKey struct{}

func (spans) begin(ctx context.Context, name string) context.Context {
	parent := trace.SpanFromContext(ctx)
	if !parent.IsRecording() {
		return ctx
	}
	ctx, span := parent.TracerProvider().Tracer("sql").Start(ctx, "sql "+name, //nolint:spancheck // end ends it
		trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(attribute.String("db.system.name", "postgresql")))
	return context.WithValue(ctx, spanKey{}, span) //nolint:spancheck // end ends it
}

func (spans) end(ctx context.Context, err error) {
	span, ok := ctx.Value(spanKey{}).(trace.Span)
	if !ok {
		return
	}
	if err != nil {
		span.SetStatus(codes.Error, reason(err))
	}
	span.End()
}

// TraceQueryStart implements pgx.QueryTracer.
func (s spans) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	return s.begin(ctx, nameOf(d.SQL))
}

// TraceQueryEnd implements pgx.QueryTracer.
func (s spans) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryEndData) {
	s.end(ctx, d.Err)
}

// TraceBatchStart implements pgx.BatchTracer.
func (s spans) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return s.begin(ctx, "batch")
}

// TraceBatchQuery implements pgx.BatchTracer.
func (spans) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

// TraceBatchEnd implements pgx.BatchTracer.
func (s spans) TraceBatchEnd(ctx context.Context, _ *pgx.Conn, d pgx.TraceBatchEndData) {
	s.end(ctx, d.Err)
}

// nameOf returns the name that sqlc gave a statement ("-- name: InsertUser :exec"),
// or else its first word.
func nameOf(sql string) string {
	if rest, ok := strings.CutPrefix(sql, "-- name: "); ok {
		sql = rest
	}
	name, _, _ := strings.Cut(strings.TrimSpace(sql), " ")
	name, _, _ = strings.Cut(name, "\n")
	return name
}
