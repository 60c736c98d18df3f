// Package roster knows who is here: which users are online on any pod, who
// came and who went, and who is typing. It knows nothing of gRPC, Redis or the
// bus. Start at Report.
//
// A pod is one life of a gateway process. An entry (user, pod) lives until the
// pod reports the departure of the user, or for the expiry time after the pod
// last renewed it. A user with an entry is online.
package roster

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/lair-chat/lair/pkg/id"
)

// Change says that a user came online or went offline.
type Change struct {
	User   id.User
	Online bool
}

// Typing says that a user is writing something in a conversation.
type Typing struct {
	Conversation id.Conversation
	User         id.User
	Recipient    id.User // the addressee of a direct conversation, else zero
}

// Announcer tells the gateways what happened.
type Announcer interface {
	Presence(ctx context.Context, changes []Change) error
	Typing(ctx context.Context, t Typing) error
}

// Roster keeps the registry and announces what changes in it. Its exported
// fields are set before the first call and not changed after it. It is safe
// for concurrent use.
type Roster struct {
	Registry Registry
	Announce Announcer
	Expiry   time.Duration // the one that the registry was made with
	Log      *slog.Logger

	mu   sync.Mutex
	owed map[id.User]struct{} // users whose present state must be announced
}

// Report notes that users came to the pod and went from it. A user who is in
// both lists has reconnected and is there. The first arrival of a user on any
// pod and the last departure are announced.
//
// It returns a fault.Invalid for a bad list or pod, and a fault.Unavailable if
// the registry is out of reach; then some of the changes may have been made,
// and the next Renew makes the others.
func (r *Roster) Report(ctx context.Context, pod string, arrived, departed []id.User) error {
	if err := check(pod, arrived, departed); err != nil {
		return err
	}
	arrived, departed = distinct(arrived, nil), distinct(departed, arrived)
	changes, err := r.Registry.Report(ctx, pod, arrived, departed)
	r.announce(ctx, changes)
	return err
}

// Renew says that the pod lives and which users it holds. Users that the
// registry did not know are announced, unless it lost them and they were
// online before. The errors are those of Report.
func (r *Roster) Renew(ctx context.Context, pod string, users []id.User) error {
	if err := check(pod, users, nil); err != nil {
		return err
	}
	changes, err := r.Registry.Renew(ctx, pod, distinct(users, nil))
	r.announce(ctx, changes)
	return err
}

// Online returns those of the users who are online, and how many are online in
// all. With no users named it returns anybody who is online, at most limit.
// The errors are those of Report.
func (r *Roster) Online(ctx context.Context, users []id.User, limit int) ([]id.User, int, error) {
	if len(users) == 0 {
		if err := checkLimit(limit); err != nil {
			return nil, 0, err
		}
		return r.Registry.All(ctx, limit)
	}
	if err := checkUsers(users); err != nil {
		return nil, 0, err
	}
	return r.Registry.Online(ctx, distinct(users, nil))
}

// Type announces that a user is typing, at most once per TypingEvery for each
// user and conversation; what is more is dropped. It returns a
// fault.Unavailable if the registry or the bus is out of reach.
func (r *Roster) Type(ctx context.Context, t Typing) error {
	if err := t.check(); err != nil {
		return err
	}
	first, err := r.Registry.Type(ctx, t.Conversation, t.User)
	if err != nil || !first {
		return err
	}
	return r.Announce.Typing(ctx, t)
}
