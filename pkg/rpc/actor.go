package rpc

import (
	"context"
	"slices"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/tracing"
)

// Actor is the user on whose behalf a call is made, and his session.
type Actor struct {
	User    id.User
	Session id.Session // zero when no session is involved
}

type (
	actorKey struct{}
	peerKey  struct{}
)

// WithActor states who acts in the calls made with the context. Only a process
// that verified the user's token, or was told by a peer, may say so.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorFrom returns who acts: in a handler, the actor that the caller stated.
// It reports false when there is none, as in calls that a service makes for
// itself.
func ActorFrom(ctx context.Context) (Actor, bool) {
	a, _ := ctx.Value(actorKey{}).(Actor)
	return a, !a.User.IsZero()
}

// NeedActor is ActorFrom for handlers that serve only users: without an actor
// it returns an Unauthenticated fault, "invalid_token".
func NeedActor(ctx context.Context) (Actor, error) {
	a, ok := ActorFrom(ctx)
	if !ok {
		return Actor{}, fault.New(fault.Unauthenticated, "invalid_token", "log in first")
	}
	return a, nil
}

// PeerRole returns the authenticated role of the process that called, such as
// "gateway". It is empty outside of a handler and in the health service.
func PeerRole(ctx context.Context) string {
	role, _ := ctx.Value(peerKey{}).(string)
	return role
}

// NeedRole returns a Denied fault, "permission_denied", unless the caller has
// one of the roles.
func NeedRole(ctx context.Context, roles ...string) error {
	if role := PeerRole(ctx); role != "" && slices.Contains(roles, role) {
		return nil
	}
	return fault.New(fault.Denied, "permission_denied", "this part of the system may not make this call")
}

// WithPeer returns the context of a handler that a process of the given role
// called, for tests of handlers. It has no effect on outgoing calls.
func WithPeer(ctx context.Context, role string) context.Context {
	return context.WithValue(ctx, peerKey{}, role)
}

// WithRequestID is [tracing.WithRequestID]: it names the request that the calls made
// with the context belong to, also on their other side.
func WithRequestID(ctx context.Context, name string) context.Context {
	return tracing.WithRequestID(ctx, name)
}

// RequestID returns the name of the request, "" if it has none. It is not
// covered by the proof of a call and good only for logs.
func RequestID(ctx context.Context) string { return tracing.RequestID(ctx) }
