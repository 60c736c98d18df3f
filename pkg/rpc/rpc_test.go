package rpc_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
)

func TestHandlerKnowsWhoCalls(t *testing.T) {
	ann := rpc.Actor{User: id.User{UUID: id.New()}, Session: id.Session{UUID: id.New()}}
	check := func(ctx context.Context) {
		if a, err := rpc.NeedActor(ctx); err != nil || a != ann {
			t.Errorf("actor %v, %v", a, err)
		}
		if rpc.PeerRole(ctx) != "gateway" || rpc.NeedRole(ctx, "message", "gateway") != nil {
			t.Errorf("role %q", rpc.PeerRole(ctx))
		}
		if got := rpc.RequestID(ctx); got != "r1" {
			t.Errorf("request %q", got)
		}
	}
	var log logged
	conn := pair(t, options(&log), &echo{
		say:  func(ctx context.Context, s string) (string, error) { check(ctx); return s, nil },
		chat: func(ss grpc.ServerStream) error { check(ss.Context()); return nil },
	})
	ctx := rpc.WithRequestID(rpc.WithActor(t.Context(), ann), "r1")
	if got, err := say(ctx, conn, "hi"); err != nil || got != "hi" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := receive(open(ctx, t, conn)); err.Error() != "EOF" {
		t.Error(err)
	}
	if log.String() != "" {
		t.Errorf("logged %s", log.String())
	}
}

func TestCallOfAServiceHasNoActorButAName(t *testing.T) {
	conn := pair(t, options(new(logged)), &echo{say: func(ctx context.Context, _ string) (string, error) {
		if _, ok := rpc.ActorFrom(ctx); ok {
			t.Error("somebody acts")
		}
		if len(rpc.RequestID(ctx)) != 36 {
			t.Errorf("request %q", rpc.RequestID(ctx))
		}
		_, err := rpc.NeedActor(ctx)
		return "", err
	}})
	_, err := say(t.Context(), conn, "")
	if f := fault.Of(err); f.Kind != fault.Unauthenticated || f.Code != "invalid_token" {
		t.Errorf("%+v", f)
	}
}

func TestActorAndRequestTravelOn(t *testing.T) {
	ann := rpc.Actor{User: id.User{UUID: id.New()}}
	far := options(new(logged))
	far.Role = "message"
	second := pair(t, far, &echo{say: func(ctx context.Context, _ string) (string, error) {
		a, err := rpc.NeedActor(ctx)
		if a != ann || rpc.PeerRole(ctx) != "message" {
			t.Errorf("%v by %q", a, rpc.PeerRole(ctx))
		}
		return rpc.RequestID(ctx), err
	}})
	first := pair(t, options(new(logged)), &echo{
		say: func(ctx context.Context, s string) (string, error) { return say(ctx, second, s) },
	})
	if got, err := say(rpc.WithRequestID(rpc.WithActor(t.Context(), ann), "r2"), first, ""); err != nil || got != "r2" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestNeedRole(t *testing.T) {
	for _, ctx := range []context.Context{t.Context(), rpc.WithPeer(t.Context(), ""), rpc.WithPeer(t.Context(), "room")} {
		if err := rpc.NeedRole(ctx, "gateway", ""); fault.KindOf(err) != fault.Denied || fault.CodeOf(err) != "permission_denied" {
			t.Errorf("role %q: %v", rpc.PeerRole(ctx), err)
		}
	}
	if err := rpc.NeedRole(rpc.WithPeer(t.Context(), "room"), "room"); err != nil {
		t.Error(err)
	}
}

func TestRequestIDsFromOutsideAreTamed(t *testing.T) {
	if got := rpc.RequestID(rpc.WithRequestID(t.Context(), "abc-1")); got != "abc-1" {
		t.Errorf("%q", got)
	}
	for _, bad := range []string{"", "two words", "ü", "a\nb", string(make([]byte, 65))} {
		if got := rpc.RequestID(rpc.WithRequestID(t.Context(), bad)); len(got) != 36 {
			t.Errorf("%q became %q", bad, got)
		}
	}
}

func TestOptionsWithoutAKeyAreRefused(t *testing.T) {
	for _, o := range []rpc.Options{{Role: "gateway"}, {Role: "gateway", Key: key[:31]}, {Key: key}} {
		if _, err := rpc.Dial("localhost:1", o); err == nil {
			t.Errorf("dialled with role %q and %d bytes", o.Role, len(o.Key))
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("served with role %q and %d bytes", o.Role, len(o.Key))
				}
			}()
			rpc.NewServer(o)
		}()
	}
}

func TestHealthNeedsNoProof(t *testing.T) {
	server := options(new(logged))
	server.Health = rpc.NewHealth()
	srv := rpc.NewServer(server)
	lis, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go srv.Serve(lis) //nolint:errcheck // it ends with the test
	t.Cleanup(srv.Stop)
	conn, err := grpc.NewClient(lis.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	probe := grpc_health_v1.NewHealthClient(conn)
	for _, ready := range []bool{true, false, true} {
		server.Health.SetServing(ready)
		got, err := probe.Check(t.Context(), &grpc_health_v1.HealthCheckRequest{})
		if err != nil || (got.GetStatus() == grpc_health_v1.HealthCheckResponse_SERVING) != ready {
			t.Errorf("ready %v: %v, %v", ready, got, err)
		}
	}
}

// A part of the system that asks for health wants to know whether its calls are taken.
func TestAProofThatIsGivenForHealthMustBeGood(t *testing.T) {
	late, stranger := options(new(logged)), options(new(logged))
	late.Now = func() time.Time { return time.Now().Add(-time.Minute) }
	stranger.Key = make([]byte, 32)
	for _, c := range []struct {
		client rpc.Options
		clock  bool
	}{{late, true}, {stranger, false}} {
		server := options(new(logged))
		server.Health = rpc.NewHealth()
		conn := link(t, server, c.client, &echo{})
		_, err := grpc_health_v1.NewHealthClient(conn).Check(t.Context(), &grpc_health_v1.HealthCheckRequest{})
		refused(t, err)
		if !errors.Is(err, rpc.ErrRefused) || errors.Is(err, rpc.ErrClock) != c.clock {
			t.Errorf("got %v", err)
		}
	}
	good := options(new(logged))
	good.Health = rpc.NewHealth()
	if _, err := grpc_health_v1.NewHealthClient(pair(t, good, &echo{})).Check(t.Context(), &grpc_health_v1.HealthCheckRequest{}); err != nil {
		t.Error(err)
	}
}

func TestDialReachesAServerThatComesLater(t *testing.T) {
	lis, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := rpc.Dial(lis.Addr().String(), options(new(logged)))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	srv := rpc.NewServer(options(new(logged)))
	srv.RegisterService(&echoDesc, &echo{say: func(_ context.Context, s string) (string, error) { return s + s, nil }})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- rpc.Serve(ctx, srv, lis) }()
	if got, err := say(t.Context(), conn, "ho"); err != nil || got != "hoho" {
		t.Errorf("%q, %v", got, err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	_, err = say(t.Context(), conn, "ho")
	if f := fault.Of(err); f.Kind != fault.Unavailable || f.Text == "" {
		t.Errorf("%+v", f)
	}
}

// certificate returns a self-signed one for clients and servers.
