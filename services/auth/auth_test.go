package auth_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/grpc"

	"github.com/lair-chat/lair/pkg/bus"
	"github.com/lair-chat/lair/pkg/bus/bustest"
	"github.com/lair-chat/lair/pkg/bus/membus"
	"github.com/lair-chat/lair/pkg/config"
	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	"github.com/lair-chat/lair/pkg/testkit/sqlitetest"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	"github.com/lair-chat/lair/services/auth"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var secret = config.Secret(strings.Repeat("s", 32))

// world is the service behind the real interceptors, with a clock of its own.
type world struct {
	authv1.AuthServiceClient // of a gateway

	t       *testing.T
	store   auth.Store
	service *auth.Service
	server  *grpc.Server
	bells   *bustest.Ear
	now     time.Time
}

var start = time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)

func openStore(t *testing.T) auth.Store {
	t.Helper()
	store, err := auth.SQLite(t.Context(), sqlitetest.New(t))
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func setup(t *testing.T) *world {
	t.Helper()
	return setupOn(t, membus.New())
}

func setupOn(t *testing.T, b bus.Bus) *world {
	t.Helper()
	w := &world{t: t, store: openStore(t), bells: bustest.NewEar(), now: start}
	t.Cleanup(b.Subscribe(auth.Topic, w.bells))
	var err error
	w.service, err = auth.New(t.Context(), auth.Needs{
		Config: auth.Config{Secret: secret}, Store: w.store, Bus: b,
		Now: func() time.Time { return w.now }, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	w.server = rpc.NewServer(options("auth"))
	w.service.Register(w.server)
	t.Cleanup(func() { rpc.Stop(w.server) })
	w.AuthServiceClient = w.as("gateway")
	return w
}

func options(role string) rpc.Options {
	return rpc.Options{Role: role, Key: bytes.Repeat([]byte{7}, 32), Timeout: time.Minute}
}

// as returns a client with the role.
func (w *world) as(role string) authv1.AuthServiceClient {
	w.t.Helper()
	conn, err := rpc.Loopback(w.server, options(role))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if err := conn.Close(); err != nil {
			w.t.Error(err)
		}
	})
	return authv1.NewAuthServiceClient(conn)
}

// person is somebody who is logged in.
type person struct {
	context.Context //nolint:containedctx // of a person's calls
	user            *authv1.User
	session         *authv1.Session
	token           string
}

func (w *world) person(u *authv1.User, s *authv1.Session, token string) person {
	actor := rpc.Actor{User: id.User{UUID: id.UUID(u.GetId())}, Session: id.Session{UUID: id.UUID(s.GetId())}}
	return person{rpc.WithActor(w.t.Context(), actor), u, s, token}
}

// register makes a user whose password is "password".
func (w *world) register(name string) person {
	w.t.Helper()
	res, err := w.Register(w.t.Context(), &authv1.RegisterRequest{
		Username: name, Email: name + "@example.com", Password: "password",
		Client: &authv1.Client{UserAgent: "phone", Address: "192.0.2.1"},
	})
	must(w.t, err)
	return w.person(res.GetUser(), res.GetSession(), res.GetToken())
}

func (w *world) logIn(name, password string) person {
	w.t.Helper()
	res, err := w.Login(w.t.Context(), &authv1.LoginRequest{Identifier: name, Password: password})
	must(w.t, err)
	return w.person(res.GetUser(), res.GetSession(), res.GetToken())
}

// wantRevoked expects what a gateway that starts is told.
func (w *world) wantRevoked(want ...person) {
	w.t.Helper()
	res, err := w.RevokedSince(w.t.Context(), &authv1.RevokedSinceRequest{})
	must(w.t, err)
	if len(res.GetSessionIds()) != len(want) || res.GetCursor() != int64(len(want)) {
		w.t.Fatalf("got %d, cursor %d, want %d", len(res.GetSessionIds()), res.GetCursor(), len(want))
	}
	for i, p := range want {
		if !bytes.Equal(res.GetSessionIds()[i], p.session.GetId()) {
			w.t.Errorf("session %d is another one", i)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func want(t *testing.T, err error, kind fault.Kind, code string) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind || fault.CodeOf(err) != code {
		t.Errorf("got %v (%s), want %s", err, fault.CodeOf(err), code)
	}
}
