package rpc_test

import (
	"bytes"
	"context"
	"log/slog"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/lair-chat/lair/pkg/bus/bustest"
	"github.com/lair-chat/lair/pkg/bus/membus"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	"github.com/lair-chat/lair/pkg/testkit/sqlitetest"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/room/internal/membership"
	roomrpc "github.com/lair-chat/lair/services/room/internal/rpc"
	"github.com/lair-chat/lair/services/room/internal/sqlite"
	"github.com/lair-chat/lair/services/room/internal/wire"
)

// world is a room service behind the interceptors of every process.
type world struct {
	roomv1.RoomServiceClient
	server *grpc.Server
	store  membership.Store
	bus    *membus.Bus
	// stranger calls with the role of a part that is no gateway.
	stranger roomv1.RoomServiceClient
}

var at = time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)

func setup(t *testing.T) *world {
	t.Helper()
	file := sqlitetest.New(t)
	if err := sqlite.Migrate(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	w := &world{store: sqlite.New(file), bus: membus.New()}
	w.server = rpc.NewServer(options("room"))
	t.Cleanup(w.server.Stop)
	roomv1.RegisterRoomServiceServer(w.server, &roomrpc.Server{Rooms: &membership.Rooms{
		Store: w.store, Wire: wire.Wire{Bus: w.bus, Log: slog.New(slog.DiscardHandler)},
		Now: func() time.Time { return at },
	}})
	w.RoomServiceClient = w.dial(t, "gateway")
	w.stranger = w.dial(t, "message")
	return w
}

func options(role string) rpc.Options {
	return rpc.Options{Role: role, Key: bytes.Repeat([]byte{7}, 32), Timeout: time.Minute}
}

func (w *world) dial(t *testing.T, role string) roomv1.RoomServiceClient {
	t.Helper()
	conn, err := rpc.Loopback(w.server, options(role))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return roomv1.NewRoomServiceClient(conn)
}

func (w *world) user(t *testing.T) id.User {
	t.Helper()
	u := id.User{UUID: id.New()}
	w.must(t, func(tx membership.Tx) error { return tx.CreateUser(t.Context(), u) })
	return u
}

func (w *world) must(t *testing.T, f func(membership.Tx) error) {
	t.Helper()
	if err := w.store.Update(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// promote makes somebody a moderator or an owner.
func (w *world) promote(t *testing.T, room []byte, u id.User, role journal.Role) {
	t.Helper()
	c := id.Conversation{UUID: id.UUID(room)}
	w.must(t, func(tx membership.Tx) error {
		if _, err := tx.Lock(t.Context(), c); err != nil {
			return err
		}
		m, _, err := tx.Member(t.Context(), c, u)
		if err != nil {
			return err
		}
		m.Role = role
		return tx.PutMember(t.Context(), m)
	})
}

// as is the context of a gateway that acts for u.
func as(t *testing.T, u id.User) context.Context {
	t.Helper()
	return rpc.WithActor(t.Context(), rpc.Actor{User: u, Session: id.Session{UUID: id.New()}})
}

func (w *world) room(t *testing.T, owner id.User, name string) []byte {
	t.Helper()
	resp, err := w.CreateRoom(as(t, owner), &roomv1.CreateRoomRequest{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return resp.GetRoom().GetId()
}

// listen hears a topic from now on.
func (w *world) listen(t *testing.T, topic string) *bustest.Ear {
	t.Helper()
	ear := bustest.NewEar()
	t.Cleanup(w.bus.Subscribe(topic, ear))
	ear.AwaitListening(t)
	return ear
}

func hear(t *testing.T, ear *bustest.Ear) *eventv1.Bell {
	t.Helper()
	bell := &eventv1.Bell{}
	if err := proto.Unmarshal([]byte(ear.Next(t)), bell); err != nil {
		t.Fatal(err)
	}
	return bell
}

func same(t *testing.T, got, want proto.Message) {
	t.Helper()
	if !proto.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}
