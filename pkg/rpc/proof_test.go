package rpc_test

import (
	"bytes"
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
)

func TestWrongKeyIsRefused(t *testing.T) {
	var log logged
	server, client := options(&log), options(new(logged))
	client.Key = make([]byte, 32)
	conn := link(t, server, client, &echo{
		say:  func(context.Context, string) (string, error) { t.Error("admitted"); return "", nil },
		chat: func(grpc.ServerStream) error { t.Error("admitted"); return nil },
	})
	_, err := say(t.Context(), conn, "")
	refused(t, err)
	_, err = receive(open(t.Context(), t, conn))
	refused(t, err)
	if n := strings.Count(log.String(), `level=WARN msg="caller refused"`); n != 2 {
		t.Errorf("logged %s", log.String())
	}
}

// refused checks that users do not hear that they must log in again.
func refused(t *testing.T, err error) {
	t.Helper()
	if f := fault.Of(err); f.Kind != fault.Unavailable || f.Code != "peer_refused" || status.Code(f.Err) != codes.Unauthenticated {
		t.Errorf("%+v", f)
	}
}

func TestClocksMayDifferALittle(t *testing.T) {
	for skew, want := range map[time.Duration]bool{
		0: true, 29 * time.Second: true, -29 * time.Second: true, 31 * time.Second: false, -31 * time.Second: false,
	} {
		server, client := options(new(logged)), options(new(logged))
		noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
		server.Now = func() time.Time { return noon }
		client.Now = func() time.Time { return noon.Add(skew) }
		conn := link(t, server, client, &echo{say: func(_ context.Context, s string) (string, error) { return s, nil }})
		if _, err := say(t.Context(), conn, ""); (err == nil) != want {
			t.Errorf("%v: %v", skew, err)
		}
	}
}

// TestEveryClaimIsProved overhears a true call and changes one thing of it.
func TestEveryClaimIsProved(t *testing.T) {
	var heard metadata.MD
	server := options(new(logged))
	srv := rpc.NewServer(server)
	srv.RegisterService(&echoDesc, &echo{
		say: func(ctx context.Context, _ string) (string, error) {
			heard, _ = metadata.FromIncomingContext(ctx)
			return "", nil
		},
		chat: func(grpc.ServerStream) error { return nil },
	})
	t.Cleanup(srv.Stop)
	honest, err := rpc.Loopback(srv, options(new(logged)))
	if err != nil {
		t.Fatal(err)
	}
	defer honest.Close()
	ann := rpc.Actor{User: id.User{UUID: id.New()}, Session: id.Session{UUID: id.New()}}
	if _, err := say(rpc.WithActor(t.Context(), ann), honest, ""); err != nil {
		t.Fatal(err)
	}
	mine := metadata.MD{}
	for k, v := range heard {
		if strings.HasPrefix(k, "lair-") {
			mine[k] = v
		}
	}
	if len(mine) != 5 || strings.Contains(mine["lair-proof-bin"][0], string(key)) {
		t.Fatalf("heard %v", mine)
	}

	raw := bare(t, srv)
	call := func(change func(metadata.MD)) codes.Code {
		md := mine.Copy()
		change(md)
		ctx := metadata.NewOutgoingContext(t.Context(), md)
		return status.Code(raw.Invoke(ctx, echoMethod, wrapperspb.String(""), new(wrapperspb.StringValue)))
	}
	if got := call(func(metadata.MD) {}); got != codes.OK {
		t.Fatalf("the same again: %v", got) // within the clock's tolerance, as documented
	}
	for what, change := range map[string]func(metadata.MD){
		"role":        func(md metadata.MD) { md.Set("lair-role", "auth") },
		"time":        func(md metadata.MD) { md.Set("lair-time", md["lair-time"][0]+"0") },
		"another":     func(md metadata.MD) { md.Set("lair-actor", id.New().String()+"/"+id.New().String()) },
		"no actor":    func(md metadata.MD) { md.Delete("lair-actor") },
		"two actors":  func(md metadata.MD) { md.Append("lair-actor", md["lair-actor"][0]) },
		"proof":       func(md metadata.MD) { md.Set("lair-proof-bin", strings.Repeat("x", 32)) },
		"no proof":    func(md metadata.MD) { md.Delete("lair-proof-bin") },
		"two proofs":  func(md metadata.MD) { md.Append("lair-proof-bin", md["lair-proof-bin"][0]) },
		"role spills": func(md metadata.MD) { md.Set("lair-role", "gateway"+echoMethod) },
		"nothing":     func(md metadata.MD) { clear(md) },
	} {
		if got := call(change); got != codes.Unauthenticated {
			t.Errorf("%s: %v", what, got)
		}
	}
	cs, err := raw.NewStream(metadata.NewOutgoingContext(t.Context(), mine), &echoDesc.Streams[0], chatMethod)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := receive(cs); status.Code(err) != codes.Unauthenticated {
		t.Errorf("another method: %v", err)
	}
}

// bare returns a connection without any of our interceptors.
func bare(t *testing.T, srv *grpc.Server) *grpc.ClientConn {
	t.Helper()
	lis := bufconn.Listen(1 << 16)
	go srv.Serve(lis) //nolint:errcheck // ends with srv
	conn, err := grpc.NewClient("passthrough:bare", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return lis.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func TestRefusalsAreCountedByReason(t *testing.T) {
	registry := prometheus.NewRegistry()
	server, wrongClock, wrongKey := options(new(logged)), options(new(logged)), options(new(logged))
	server.Registry = registry
	wrongClock.Now = func() time.Time { return time.Now().Add(time.Minute) }
	wrongKey.Key = bytes.Repeat([]byte("x"), 32)
	for _, client := range []rpc.Options{wrongClock, wrongKey} {
		if _, err := say(t.Context(), link(t, server, client, &echo{}), "hi"); err == nil {
			t.Error("a stranger is admitted")
		}
	}
	const want = `# HELP lair_rpc_server_refused_total Calls of callers that are no part of the system, by reason.
# TYPE lair_rpc_server_refused_total counter
lair_rpc_server_refused_total{reason="certificate"} 0
lair_rpc_server_refused_total{reason="clock"} 1
lair_rpc_server_refused_total{reason="proof"} 1
`
	if err := testutil.GatherAndCompare(registry, strings.NewReader(want), "lair_rpc_server_refused_total"); err != nil {
		t.Error(err)
	}
}
