package redisdb

import (
	"context"
	"errors"
	"net"

	"github.com/redis/go-redis/v9"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// spans makes a span for what is asked of Redis inside a span that is recorded, and
// does nothing else. It shows names of commands, never keys or values.
type spans struct{}

func begin(ctx context.Context, name string) (context.Context, func(error)) {
	parent := trace.SpanFromContext(ctx)
	if !parent.IsRecording() {
		return ctx, func(error) {}
	}
	ctx, span := parent.TracerProvider().Tracer("redis").Start(ctx, "redis "+name, //nolint:spancheck // the returned function ends it
		trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(attribute.String("db.system.name", "redis")))
	return ctx, func(err error) { //nolint:spancheck // it does
		if err != nil && !errors.Is(err, redis.Nil) {
			span.SetStatus(codes.Error, reason(err))
		}
		span.End()
	}
}

// DialHook implements redis.Hook.
func (spans) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

// ProcessHook implements redis.Hook.
func (spans) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		ctx, end := begin(ctx, cmd.Name())
		err := next(ctx, cmd)
		end(err)
		return err
	}
}

// ProcessPipelineHook implements redis.Hook.
func (spans) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		name := "pipeline"
		if len(cmds) > 0 {
			name = "pipeline " + cmds[0].Name()
		}
		ctx, end := begin(ctx, name)
		err := next(ctx, cmds)
		end(err)
		return err
	}
}
