// Package backend is what a client may ask of the system, whichever way it
// came: the HTTP API and the sessions of sockets call the same functions, which
// call the services and answer in the words of clients.
//
// The acting user is in the context (rpc.WithActor). Errors are faults with the
// codes of the services, "unavailable" if one of them is out of reach.
package backend

import (
	"context"
	"time"

	"google.golang.org/grpc"

	"github.com/lair-chat/lair/pkg/id"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	presencev1 "github.com/lair-chat/lair/proto/presence/v1"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
	"github.com/lair-chat/lair/services/gateway/internal/directory"
	"github.com/lair-chat/lair/services/gateway/internal/object"
)

// Conns are the connections to the services.
type Conns struct {
	Auth, Room, Message, Presence grpc.ClientConnInterface
}

// Backend is the services. It is safe for concurrent use.
type Backend struct {
	Auth     authv1.AuthServiceClient
	Rooms    roomv1.RoomServiceClient
	Messages messagev1.MessageServiceClient
	Presence presencev1.PresenceServiceClient
	// Directory remembers the names of users.
	Directory *directory.Directory
}

// New returns the services behind the connections.
func New(c Conns) *Backend {
	auth := authv1.NewAuthServiceClient(c.Auth)
	return &Backend{
		Auth: auth, Rooms: roomv1.NewRoomServiceClient(c.Room),
		Messages: messagev1.NewMessageServiceClient(c.Message), Presence: presencev1.NewPresenceServiceClient(c.Presence),
		Directory: directory.New(auth, time.Now),
	}
}

const (
	defaultLimit = 50
	maxLimit     = 100
	// maxOnline is the most that presence tells, and is asked, at once.
	maxOnline = 10_000
)

// Page says which part of a list is wanted. A nil Limit is 50; more than 100 is
// 100, and 0 is an empty page that only tells how many there are.
type Page struct {
	Limit  *uint32
	Offset uint32
	// Cursor is the place behind which the page begins, of lists by name; it
	// takes the place of an offset.
	Cursor *Cursor
}

// size returns how many entries to ask a service for, which takes no 0, and how
// many of them to show.
func size(limit *uint32) (ask, show uint32) {
	if limit == nil {
		return defaultLimit, defaultLimit
	}
	show = min(*limit, maxLimit)
	return max(show, 1), show
}

// cut returns the first n of the list.
func cut[T any](list []T, n uint32) []T { return list[:min(len(list), int(n))] }

// Online returns all users who are online, up to 10,000.
func (b *Backend) Online(ctx context.Context) ([]id.User, error) {
	res, err := b.Presence.Online(ctx, &presencev1.OnlineRequest{Limit: maxOnline})
	if err != nil {
		return nil, err
	}
	users := make([]id.User, len(res.GetUserIds()))
	for i, u := range res.GetUserIds() {
		users[i] = object.UserID(u)
	}
	return users, nil
}

// online returns those of the users who are online. When presence is out of
// reach nobody is: a green dot is no reason to refuse a list of names.
func (b *Backend) online(ctx context.Context, users [][]byte) map[id.User]bool {
	here := map[id.User]bool{}
	for len(users) > 0 { // a question that names nobody is about everybody
		n := min(len(users), maxOnline)
		res, err := b.Presence.Online(ctx, &presencev1.OnlineRequest{UserIds: users[:n], Limit: maxOnline})
		if err != nil {
			return here
		}
		for _, u := range res.GetUserIds() {
			here[object.UserID(u)] = true
		}
		users = users[n:]
	}
	return here
}
