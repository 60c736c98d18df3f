package rpc

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/tracing"
)

// client holds the interceptors of one connection.
type client struct {
	Options
	handled *prometheus.HistogramVec
}

func (c *client) unary(
	ctx context.Context, method string, req, reply any,
	cc *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption,
) error {
	ctx, cancel := bounded(ctx, c.Timeout)
	defer cancel()
	began := time.Now()
	err := invoke(c.prepare(ctx, method), method, req, reply, cc, opts...)
	c.observe(ctx, method, began, err)
	return faultOf(ctx, err)
}

func (c *client) stream(
	ctx context.Context, desc *grpc.StreamDesc, cc *grpc.ClientConn,
	method string, open grpc.Streamer, opts ...grpc.CallOption,
) (grpc.ClientStream, error) {
	began := time.Now()
	cs, err := open(c.prepare(ctx, method), desc, cc, method, opts...)
	if err != nil {
		c.observe(ctx, method, began, err)
		return nil, faultOf(ctx, err)
	}
	s := &clientStream{ClientStream: cs, ctx: ctx, oneReply: !desc.ServerStreams}
	var once sync.Once
	s.observe = func(err error) { once.Do(func() { c.observe(ctx, method, began, err) }) }
	// Who gives up a stream cancels it and does not read to the end.
	s.release = context.AfterFunc(ctx, func() { s.observe(ctx.Err()) })
	return s, nil
}

// prepare names the request, unless its name is known, and signs the call.
func (c *client) prepare(ctx context.Context, method string) context.Context {
	if RequestID(ctx) == "" {
		ctx = WithRequestID(ctx, "")
	}
	return sign(ctx, c.Options, method)
}

func (c *client) observe(ctx context.Context, method string, began time.Time, err error) {
	tracing.Observe(ctx, c.handled.WithLabelValues(label(method), statusFrom(err).Code().String()), time.Since(began).Seconds())
}

// clientStream is a stream whose errors are faults.
type clientStream struct {
	grpc.ClientStream
	ctx      context.Context //nolint:containedctx // a stream lives as long as its context
	oneReply bool            // the first reply is also the end
	observe  func(error)     // counts the stream, the first time
	release  func() bool     // lets go of ctx
}

func (s *clientStream) Header() (metadata.MD, error) {
	md, err := s.ClientStream.Header()
	return md, s.fault(err)
}

func (s *clientStream) SendMsg(m any) error { return s.fault(s.ClientStream.SendMsg(m)) }

func (s *clientStream) CloseSend() error { return s.fault(s.ClientStream.CloseSend()) }

func (s *clientStream) RecvMsg(m any) error {
	err := s.ClientStream.RecvMsg(m)
	if err == nil && !s.oneReply {
		return nil
	}
	s.release()
	if errors.Is(err, io.EOF) {
		s.observe(nil)
		return io.EOF
	}
	s.observe(err)
	return s.fault(err)
}

// fault leaves io.EOF alone: it is not an error of a stream, and of SendMsg it
// means that RecvMsg has the true one.
func (s *clientStream) fault(err error) error {
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	return faultOf(s.ctx, err)
}

// faultOf is fault.FromStatus for what gRPC returns. A caller who gave up, or
// ran out of time, finds the error of its own context in the chain.
func faultOf(ctx context.Context, err error) error {
	if err == nil {
		return nil // not the nil *fault.Error
	}
	st := statusFrom(err)
	e := fault.FromStatus(st)
	switch {
	case st.Code() == codes.DeadlineExceeded:
		// It is the caller's deadline, but the server's timer may be the first.
		e.Err = context.DeadlineExceeded
	case st.Code() == codes.Canceled && ctx.Err() != nil:
		e.Err = ctx.Err()
	}
	if e.Kind == fault.Unauthenticated && e.Code == peerRefused {
		// A gateway passes Unauthenticated on to users, who would then log out
		// because two clocks differ or a key is being changed.
		return fault.Wrap(refusedBy(err, e.Text), fault.Unavailable, peerRefused, "a part of the system is not available, try again")
	}
	return e
}

func statusFrom(err error) *status.Status {
	if st, ok := status.FromError(err); ok {
		return st
	}
	return status.FromContextError(err)
}
