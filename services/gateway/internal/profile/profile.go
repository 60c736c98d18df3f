// Package profile tells clients who changed what others see of them, and makes
// the directory forget what it knew. The bell only names the user: what it is
// now is read from auth, so bells may be lost, repeated and reordered.
package profile

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"google.golang.org/grpc"

	"github.com/lair-chat/lair/pkg/bus"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/directory"
	"github.com/lair-chat/lair/services/gateway/internal/object"
)

// Topic is the bus topic of users who have changed. A message is the 16 raw
// bytes of the id of a user.
const Topic = "user-change"

const (
	// maxWaiting bounds the users who wait to be told of; the rest is dropped,
	// and seen when the directory forgets them.
	maxWaiting = 1024
	askTime    = 3 * time.Second
)

// Auth is the part of auth that is asked.
type Auth interface {
	GetUsers(ctx context.Context, in *authv1.GetUsersRequest, opts ...grpc.CallOption) (*authv1.GetUsersResponse, error)
}

// Audience is the clients of the pod.
type Audience interface {
	// Here reports whether the user has a client here.
	Here(u id.User) bool
	// Tell hands own to the clients of the user and rest to all others.
	Tell(u id.User, rest, own any)
}

// Needs is what a Carrier is built from.
type Needs struct {
	Bus       bus.Bus
	Auth      Auth
	Directory *directory.Directory
	Audience  Audience
	Log       *slog.Logger
}

// Carrier carries changes of users to clients. Build it with New.
type Carrier struct {
	needs Needs
	wake  chan struct{}

	mu      sync.Mutex
	waiting map[id.User]struct{}
}

// New returns a carrier; Run must be running.
func New(n Needs) *Carrier {
	return &Carrier{needs: n, wake: make(chan struct{}, 1), waiting: map[id.User]struct{}{}}
}

// Run carries until ctx ends.
func (c *Carrier) Run(ctx context.Context) error {
	defer c.needs.Bus.Subscribe(Topic, listener{c})()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-c.wake:
		}
		c.mu.Lock()
		users := c.waiting
		c.waiting = map[id.User]struct{}{}
		c.mu.Unlock()
		for u := range users {
			c.carry(ctx, u)
		}
	}
}

func (c *Carrier) carry(ctx context.Context, u id.User) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	who, err := c.needs.Directory.Refresh(ctx, u)
	if err != nil {
		c.needs.Log.WarnContext(ctx, "a changed user was not told of", "err", err)
		return
	}
	if who.Username == directory.Deleted {
		return // those who are left know messages of it, and ask for the name
	}
	own := who
	if c.needs.Audience.Here(u) {
		// With its address. That it is the user is known: its clients here have
		// logged in.
		res, err := c.needs.Auth.GetUsers(rpc.WithActor(ctx, rpc.Actor{User: u}), &authv1.GetUsersRequest{UserIds: [][]byte{u.Bytes()}})
		if err == nil && len(res.GetUsers()) == 1 {
			own = object.User(res.GetUsers()[0])
		}
	}
	c.needs.Audience.Tell(u,
		clientv1.UserUpdated{Type: clientv1.TypeUserUpdated, User: who}, clientv1.UserUpdated{Type: clientv1.TypeUserUpdated, User: own})
}

// listener hears the bus.
type listener struct{ carrier *Carrier }

// Listening implements bus.Handler. What was missed is seen when the directory
// forgets it.
func (listener) Listening() {}

// Deliver implements bus.Handler.
func (l listener) Deliver(data []byte) {
	u, err := id.FromBytes(data)
	if err != nil {
		return
	}
	c := l.carrier
	c.mu.Lock()
	if len(c.waiting) < maxWaiting {
		c.waiting[id.User{UUID: u}] = struct{}{}
	}
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
}
