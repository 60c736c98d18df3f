package rpc

import (
	"time"

	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/stats"
)

// A peer that vanished without a word is noticed after pingEvery + pingWait.
const (
	pingEvery = 20 * time.Second
	pingWait  = 5 * time.Second
	// A connection older than this takes no new calls, so that pods that came
	// later get their share. Calls and streams on it go on.
	maxConnectionAge = 15 * time.Minute
)

// spread sends each call to the next address. One address is the simple case.
const spread = `{"loadBalancingConfig":[{"round_robin":{}}]}`

func serverTransport(o Options) []grpc.ServerOption {
	opts := []grpc.ServerOption{
		grpc.Creds(serverCredentials(o)),
		grpc.MaxRecvMsgSize(maxMessage),
		grpc.MaxSendMsgSize(maxMessage),
		grpc.KeepaliveParams(keepalive.ServerParameters{
			Time: pingEvery, Timeout: pingWait, MaxConnectionAge: maxConnectionAge,
		}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{
			MinTime: pingEvery / 2, PermitWithoutStream: true,
		}),
	}
	if o.Tracer != nil {
		opts = append(opts, grpc.StatsHandler(otelgrpc.NewServerHandler(spans(o)...)))
	}
	return opts
}

func clientTransport(o Options) []grpc.DialOption {
	// The first retry comes soon and the last waits little: a service that
	// restarts is missed by everybody at once.
	retry := backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 3 * time.Second}
	opts := []grpc.DialOption{
		grpc.WithTransportCredentials(clientCredentials(o)),
		grpc.WithDefaultServiceConfig(spread),
		// Nobody puts another into the DNS, and where a network has no way out the
		// question for it is answered after seconds only.
		grpc.WithDisableServiceConfig(),
		grpc.WithResolvers(freshNames()),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: retry, MinConnectTimeout: 5 * time.Second}),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{
			Time: pingEvery, Timeout: pingWait, PermitWithoutStream: true,
		}),
		grpc.WithDefaultCallOptions(
			grpc.MaxCallRecvMsgSize(maxMessage), grpc.MaxCallSendMsgSize(maxMessage)),
	}
	if o.Tracer != nil {
		opts = append(opts, grpc.WithStatsHandler(otelgrpc.NewClientHandler(spans(o)...)))
	}
	return opts
}

// spans names every part explicitly: otelgrpc falls back to global state.
func spans(o Options) []otelgrpc.Option {
	return []otelgrpc.Option{
		otelgrpc.WithTracerProvider(o.Tracer),
		otelgrpc.WithMeterProvider(noop.NewMeterProvider()), // metrics.go counts
		otelgrpc.WithPropagators(propagation.TraceContext{}),
		otelgrpc.WithFilter(func(info *stats.RPCTagInfo) bool { return !isHealth(info.FullMethodName) }),
	}
}
