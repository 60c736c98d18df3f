package session

import (
	"context"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// Meter hears of every command what became of it. Its methods must not block.
type Meter interface {
	// Command says how long the command of the type took until its answer, and
	// the code of the error in it, or CodeOK. What is no command has the type
	// KindInvalid.
	Command(ctx context.Context, kind, code string, took time.Duration)
}

// What a Meter hears beside types and codes of the protocol.
const (
	CodeOK      = "ok"
	KindInvalid = "invalid"
)

// measure tells the meter of a command, and the log of who wants all of it, so that a
// trace leads there.
func (g *Gate) measure(ctx context.Context, kind, code string, begun time.Time) {
	took := time.Since(begun)
	if g.needs.Meter != nil {
		g.needs.Meter.Command(ctx, kind, code, took)
	}
	if g.needs.Log.Enabled(ctx, slog.LevelDebug) {
		g.needs.Log.LogAttrs(ctx, slog.LevelDebug, "command served",
			slog.String("command", kind), slog.String("code", code), slog.Duration("took", took))
	}
	if span := trace.SpanFromContext(ctx); span.IsRecording() {
		span.SetAttributes(attribute.String("lair.code", code))
		if code == clientv1.CodeUnavailable || code == "internal_error" {
			span.SetStatus(codes.Error, code)
		}
	}
}

// root is how the span of a command begins, made once for all of them.
var root = []trace.SpanStartOption{trace.WithSpanKind(trace.SpanKindServer), trace.WithNewRoot()}

// begin starts the span of a command, whose type is one that the decoder knows. It
// gets its name only if somebody will read it: most commands are not sampled.
func (g *Gate) begin(ctx context.Context, kind string) (context.Context, trace.Span) {
	ctx, span := g.needs.Tracer.Start(ctx, "command", root...)
	if span.IsRecording() {
		span.SetName("command " + kind)
	}
	return ctx, span
}

// note remembers what the command that is being handled was answered.
func (s *Session) note(answer any) {
	if a, ok := answer.(interface{ ErrorCode() string }); ok {
		if s.outcome = a.ErrorCode(); s.outcome == "" {
			s.outcome = CodeOK
		}
	}
}

// handled tells the meter of the command, unless it is answered later.
func (s *Session) handled(ctx context.Context, c *clientv1.Command, malformed error, begun time.Time) {
	kind := c.Type
	if malformed != nil {
		kind = KindInvalid
	}
	if s.outcome != "" {
		s.gate.measure(ctx, kind, s.outcome, begun)
	}
}
