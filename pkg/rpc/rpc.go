// Package rpc makes the gRPC servers and connections of every process, so that
// identity, deadlines, logs, metrics and faults are the same everywhere.
//
// A call says who makes it: the role of the calling process, the user who acts
// and a request id. A proof under the cluster key, which is never sent, vouches
// for it; see proof.go. Handlers ask [PeerRole], [NeedRole], [ActorFrom] and
// [NeedActor]. The caller's context carries the same facts on: a handler that
// calls another service acts for the same user under the same request id.
//
// Handlers return errors of package fault, and clients receive them: every
// error of a call or a stream is a *[fault.Error], but io.EOF at a stream's
// end.
package rpc

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"
	"google.golang.org/grpc/test/bufconn"

	"github.com/lair-chat/lair/pkg/cert"
)

const (
	minKey         = 32      // bytes of the cluster key
	maxMessage     = 4 << 20 // bytes of one message, either way
	defaultTimeout = 5 * time.Second
)

// Options is what servers and connections have in common. One value serves for
// any number of both.
type Options struct {
	// Role names this process to those it calls, such as "gateway".
	Role string
	// Key is the cluster key, at least 32 bytes, the same in every process.
	Key []byte
	// Log receives refused callers and the causes of broken calls; nil is silent.
	Log *slog.Logger
	// Registry receives the histograms; nil keeps none.
	Registry prometheus.Registerer
	// Tracer makes the spans of calls; nil makes none.
	Tracer trace.TracerProvider
	// Timeout bounds a unary call that has no deadline; 0 is 5 s.
	Timeout time.Duration
	// Cert is what both ends prove their roles with, beside the key; nil is plain
	// text. A server then admits nobody without a certificate of the role that
	// the caller says it has.
	Cert *cert.Keeper
	// Service is the role of the service that is called. Only connections with
	// certificates need it.
	Service string
	// Health is what the server's health service answers; nil always serves.
	Health *Health
	// Away reports whether an error of a handler, which is no fault, means that
	// something is away that it depends on: the caller may then try again. nil
	// takes all such errors for bugs.
	Away func(error) bool
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

func (o Options) complete() (Options, error) {
	if o.Role == "" {
		return o, errors.New("rpc needs the role of this process")
	}
	if len(o.Key) < minKey {
		return o, errors.New("rpc needs a cluster key of at least 32 bytes")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	if o.Health == nil {
		o.Health = NewHealth()
	}
	if o.Away == nil {
		o.Away = func(error) bool { return false }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o, nil
}

// NewServer returns a server that admits only peers with the cluster key, but
// anybody to the health service, which it has. It panics when the role or the
// key is missing: such a server would be open to all.
func NewServer(o Options) *grpc.Server {
	o, err := o.complete()
	if err != nil {
		panic(err)
	}
	s := &server{Options: o, handled: serverHistogram(o.Registry), refused: refusals(o.Registry)}
	opts := append(serverTransport(o),
		grpc.ChainUnaryInterceptor(s.unary),
		grpc.ChainStreamInterceptor(s.stream))
	srv := grpc.NewServer(opts...)
	o.Health.register(srv)
	return srv
}

// Dial returns a connection to the service at addr, "host:port" or a gRPC
// target. It does not wait for the service to be there. Calls are spread over
// all addresses that a name resolves to.
func Dial(addr string, o Options) (*grpc.ClientConn, error) {
	return dial(addr, o)
}

// Loopback serves srv in memory, until srv is stopped, and returns a connection
// to it. Calls pass through the same interceptors and codecs as calls over the
// network. Server and connection both need certificates, or neither.
func Loopback(srv *grpc.Server, o Options) (*grpc.ClientConn, error) {
	lis := bufconn.Listen(1 << 20)
	conn, err := dial("passthrough:loopback", o, grpc.WithContextDialer(
		func(ctx context.Context, _ string) (net.Conn, error) { return lis.DialContext(ctx) }))
	if err != nil {
		return nil, err
	}
	go srv.Serve(lis) //nolint:errcheck // a listener in memory fails only when srv stops
	return conn, nil
}

func dial(addr string, o Options, extra ...grpc.DialOption) (*grpc.ClientConn, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	if o.Cert != nil && o.Service == "" {
		return nil, errors.New("rpc needs the role of the service that is called")
	}
	c := &client{Options: o, handled: clientHistogram(o.Registry)}
	opts := append(clientTransport(o),
		grpc.WithChainUnaryInterceptor(c.unary),
		grpc.WithChainStreamInterceptor(c.stream))
	return grpc.NewClient(addr, append(opts, extra...)...)
}
