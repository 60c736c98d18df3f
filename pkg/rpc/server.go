package rpc

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"runtime/debug"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/tracing"
)

// peerRefused is the code of a call that was not admitted. The client side
// knows it: that a peer was refused says nothing about the user's token.
const peerRefused = "peer_refused"

// server holds the interceptors of one server.
type server struct {
	Options
	handled *prometheus.HistogramVec
	refused *prometheus.CounterVec
}

func (s *server) unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	var resp any
	err := s.handle(ctx, info.FullMethod, func(ctx context.Context) error {
		ctx, cancel := bounded(ctx, s.Timeout)
		defer cancel()
		var err error
		resp, err = next(ctx, req)
		return err
	})
	if err != nil {
		return nil, err
	}
	return resp, nil
}

func (s *server) stream(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	return s.handle(ss.Context(), info.FullMethod, func(ctx context.Context) error {
		return next(srv, &serverStream{ss, ctx})
	})
}

// serverStream is a stream whose context knows the caller.
type serverStream struct {
	grpc.ServerStream
	ctx context.Context //nolint:containedctx // the interface asks for it
}

func (s *serverStream) Context() context.Context { return s.ctx }

// handle admits the caller, runs the handler and turns its error into a
// status, which is logged and counted here and nowhere else.
func (s *server) handle(ctx context.Context, method string, run func(context.Context) error) error {
	began := time.Now()
	md, _ := metadata.FromIncomingContext(ctx)
	ctx = WithRequestID(ctx, one(md, nameKey))
	err := s.classified(ctx, s.guard(ctx, method, isHealth(method) && one(md, macKey) == "", run))
	st := statusOf(ctx, err)
	tracing.Observe(ctx, s.handled.WithLabelValues(label(method), st.Code().String()), time.Since(began).Seconds())
	s.report(ctx, method, st, err)
	return st.Err()
}

// guard admits the caller, who may be anybody if open, and makes a panic an error.
func (s *server) guard(ctx context.Context, method string, open bool, run func(context.Context) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &panicError{v, debug.Stack()}
		}
	}()
	if !open {
		admitted, refusal := verify(ctx, s.Options, method)
		if refusal != nil {
			why := reasonOf(refusal)
			s.refused.WithLabelValues(string(why)).Inc()
			return fault.Wrap(refusal, fault.Unauthenticated, peerRefused, refusalText(why))
		}
		ctx = admitted
	}
	return run(ctx)
}

// classified makes a fault of an error that says that something is away.
func (s *server) classified(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return err
	}
	if _, ok := errors.AsType[*fault.Error](err); ok || !s.Away(err) {
		return err
	}
	return fault.Wrap(err, fault.Unavailable, "unavailable", "a part of the system is not available, try again")
}

type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

// statusOf is fault.ToStatus for what handlers return: also the statuses that
// gRPC itself makes, such as Unimplemented or those of a broken stream, and
// the errors of a caller who did not wait.
func statusOf(ctx context.Context, err error) *status.Status {
	if err == nil {
		return status.New(codes.OK, "")
	}
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return status.FromContextError(ctx.Err())
	}
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return fault.ToStatus(err)
	}
	if st, ok := status.FromError(err); ok && st.Code() != codes.Unknown && st.Code() != codes.Internal {
		return st
	}
	return fault.ToStatus(err)
}

// report logs what an operator has to know: bugs, parts that are down, and
// callers who are not ours. The rest is between caller and handler.
func (s *server) report(ctx context.Context, method string, st *status.Status, err error) {
	if err == nil {
		if !isHealth(method) && s.Log.Enabled(ctx, slog.LevelDebug) { // so a trace leads to the log here, too
			s.Log.LogAttrs(ctx, slog.LevelDebug, "call served", slog.String("method", label(method)))
		}
		return
	}
	attrs := []slog.Attr{
		slog.String("method", label(method)), slog.Any("err", err),
	}
	switch f := fault.Of(err); {
	case st.Code() == codes.Internal:
		if p, ok := errors.AsType[*panicError](err); ok {
			attrs = append(attrs, slog.String("stack", string(p.stack)))
		}
		s.Log.LogAttrs(ctx, slog.LevelError, "call failed", attrs...)
	case st.Code() == codes.Unavailable && f.Err != nil && ctx.Err() == nil:
		s.Log.LogAttrs(ctx, slog.LevelWarn, "call found a part unavailable", attrs...)
	case st.Code() == codes.Unauthenticated && f.Code == peerRefused:
		s.Log.LogAttrs(ctx, slog.LevelWarn, "caller refused", append(attrs, slog.String("peer", address(ctx)))...)
	}
}

// address returns the network address of the caller.
func address(ctx context.Context) string {
	if p, ok := peer.FromContext(ctx); ok {
		if host, _, err := net.SplitHostPort(p.Addr.String()); err == nil {
			return host
		}
		return p.Addr.String()
	}
	return ""
}

// bounded gives the context a deadline if it has none.
func bounded(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, limit)
}
