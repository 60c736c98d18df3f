package profile_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"

	"github.com/lair-chat/lair/pkg/bus"
	"github.com/lair-chat/lair/pkg/bus/membus"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/directory"
	"github.com/lair-chat/lair/services/gateway/internal/profile"
)

// auth has one user, whose address it tells only to her.
type auth struct {
	ann  id.User
	name string
	err  error
}

func (a *auth) GetUsers(ctx context.Context, _ *authv1.GetUsersRequest, _ ...grpc.CallOption) (*authv1.GetUsersResponse, error) {
	if a.err != nil {
		return nil, a.err
	}
	u := &authv1.User{Id: a.ann.Bytes(), Username: "ann", Role: "user", DisplayName: a.name, CreatedAt: 1, UpdatedAt: 1}
	if actor, _ := rpc.ActorFrom(ctx); actor.User == a.ann {
		u.Email = "ann@example.org"
	}
	return &authv1.GetUsersResponse{Users: []*authv1.User{u}}, nil
}

// audience keeps what it is told.
type audience struct {
	here id.User
	told []any
}

func (a *audience) Here(u id.User) bool { return u == a.here }

func (a *audience) Tell(u id.User, rest, own any) { a.told = append(a.told, u, rest, own) }

func TestWhoChangedIsToldOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &auth{ann: id.User{UUID: id.New()}, name: "Ann"}
		room, b := &audience{}, membus.New()
		d := directory.New(a, time.Now)
		c := profile.New(profile.Needs{Bus: b, Auth: a, Directory: d, Audience: room, Log: slog.New(slog.DiscardHandler)})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- c.Run(ctx) }()
		synctest.Wait()
		ring := func(data ...[]byte) {
			t.Helper()
			for _, x := range data {
				if err := b.Publish(t.Context(), bus.Message{Topic: profile.Topic, Data: x}); err != nil {
					t.Fatal(err)
				}
			}
			synctest.Wait()
		}
		frame := func(name, email string) clientv1.UserUpdated {
			return clientv1.UserUpdated{Type: "user_updated", User: clientv1.User{
				ID: a.ann, Username: "ann", Email: email, Role: "user", DisplayName: name, CreatedAt: clientv1.Micros(1), UpdatedAt: clientv1.Micros(1),
			}}
		}
		told := func(want ...any) {
			t.Helper()
			if diff := cmp.Diff(want, room.told); diff != "" {
				t.Error(diff)
			}
			room.told = nil
		}
		// Nobody here is her, so nobody asks in her name.
		ring([]byte("nobody"), a.ann.Bytes())
		told(a.ann, frame("Ann", ""), frame("Ann", ""))

		room.here, a.name = a.ann, "Anna"
		if users, err := d.Users(t.Context(), a.ann); err != nil || users[a.ann].DisplayName != "Ann" {
			t.Errorf("got %+v, %v", users, err)
		}
		ring(a.ann.Bytes())
		told(a.ann, frame("Anna", ""), frame("Anna", "ann@example.org"))
		if users, err := d.Users(t.Context(), a.ann); err != nil || users[a.ann].DisplayName != "Anna" || users[a.ann].Email != "" {
			t.Errorf("got %+v, %v", users, err)
		}

		ring(id.New().Bytes()) // somebody who is no more
		told()
		a.err = errors.New("away")
		ring(id.New().Bytes())
		told()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
