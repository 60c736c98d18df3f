package rpc_test

import (
	"bytes"
	"context"
	"log/slog"
	"sync"
	"testing"

	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/lair-chat/lair/pkg/rpc"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	echoMethod = "/lair.test.Echo/Say"
	chatMethod = "/lair.test.Echo/Chat"
)

var key = bytes.Repeat([]byte{7}, 32)

// echo is a service of two methods whose behaviour each test says.
type echo struct {
	say  func(context.Context, string) (string, error)
	chat func(grpc.ServerStream) error
}

var echoDesc = grpc.ServiceDesc{
	ServiceName: "lair.test.Echo",
	HandlerType: (*any)(nil),
	Methods: []grpc.MethodDesc{{MethodName: "Say", Handler: func(
		srv any, ctx context.Context, dec func(any) error, via grpc.UnaryServerInterceptor,
	) (any, error) {
		in := new(wrapperspb.StringValue)
		if err := dec(in); err != nil {
			return nil, err
		}
		info := &grpc.UnaryServerInfo{Server: srv, FullMethod: echoMethod}
		return via(ctx, in, info, func(ctx context.Context, req any) (any, error) {
			out, err := srv.(*echo).say(ctx, req.(*wrapperspb.StringValue).GetValue())
			return wrapperspb.String(out), err
		})
	}}},
	Streams: []grpc.StreamDesc{{
		StreamName: "Chat", ServerStreams: true, ClientStreams: true,
		Handler: func(srv any, ss grpc.ServerStream) error { return srv.(*echo).chat(ss) },
	}},
}

func options(log *logged) rpc.Options {
	return rpc.Options{Role: "gateway", Key: key, Log: slog.New(slog.NewTextHandler(log, nil))}
}

// pair returns a connection with the options to a server with the same.
func pair(t *testing.T, o rpc.Options, e *echo) *grpc.ClientConn {
	t.Helper()
	return link(t, o, o, e)
}

func link(t *testing.T, server, client rpc.Options, e *echo) *grpc.ClientConn {
	t.Helper()
	srv := rpc.NewServer(server)
	srv.RegisterService(&echoDesc, e)
	conn, err := rpc.Loopback(srv, client)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(srv.Stop)
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func say(ctx context.Context, conn *grpc.ClientConn, text string) (string, error) {
	out := new(wrapperspb.StringValue)
	err := conn.Invoke(ctx, echoMethod, wrapperspb.String(text), out)
	return out.GetValue(), err
}

func open(ctx context.Context, t *testing.T, conn *grpc.ClientConn) grpc.ClientStream {
	t.Helper()
	cs, err := conn.NewStream(ctx, &echoDesc.Streams[0], chatMethod)
	if err != nil {
		t.Fatal(err)
	}
	return cs
}

func receive(s interface{ RecvMsg(any) error }) (string, error) {
	m := new(wrapperspb.StringValue)
	err := s.RecvMsg(m)
	return m.GetValue(), err
}

// logged is a log that a test reads.
type logged struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
