package roster

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/lair-chat/lair/pkg/id"
)

const (
	announceTimeout = 5 * time.Second
	announceRounds  = 3
	maxOwed         = MaxUsers
)

// announce tells the gateways about changes that the registry has made. What
// cannot be told now is owed, and told by Run.
func (r *Roster) announce(ctx context.Context, changes []Change) {
	if len(changes) == 0 {
		return
	}
	// The change has happened: a caller that has lost patience must not keep
	// the others from hearing of it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), announceTimeout)
	defer cancel()
	if err := r.tell(ctx, changes); err != nil {
		r.Log.WarnContext(ctx, "presence was not announced", "changes", len(changes), "err", err)
	}
}

// tell announces the changes and then looks whether they are still true. The
// bus keeps no order between two processes: the departure that one announces
// may overtake, or fall behind, the arrival on another pod that a second one
// announces. Whoever finds that it spoke last and wrongly corrects itself, so
// the last word is always the truth.
func (r *Roster) tell(ctx context.Context, changes []Change) error {
	for range announceRounds {
		if err := r.Announce.Presence(ctx, changes); err != nil {
			r.owe(changes)
			return err
		}
		now, err := r.present(ctx, changes)
		if err != nil {
			r.owe(changes)
			return err
		}
		var wrong []Change
		for i, c := range changes {
			if now[i].Online != c.Online {
				wrong = append(wrong, now[i])
			}
		}
		if len(wrong) == 0 {
			return nil
		}
		changes = wrong
	}
	r.owe(changes) // somebody flutters; the next sweep has another look
	return nil
}

// present returns the state of the users of the changes as it is now, in the
// same order.
func (r *Roster) present(ctx context.Context, changes []Change) ([]Change, error) {
	now := make([]Change, len(changes))
	at := make(map[id.User]int, len(changes))
	for i, c := range changes {
		now[i].User, at[c.User] = c.User, i
	}
	online, _, err := r.Registry.Online(ctx, slices.Collect(maps.Keys(at)))
	for _, u := range online {
		now[at[u]].Online = true
	}
	return now, err
}

func (r *Roster) owe(changes []Change) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.owed == nil {
		r.owed = make(map[id.User]struct{})
	}
	for _, c := range changes {
		if len(r.owed) == maxOwed {
			return
		}
		r.owed[c.User] = struct{}{}
	}
}

// pay announces the present state of the users who are owed.
func (r *Roster) pay(ctx context.Context) error {
	r.mu.Lock()
	owed := r.owed
	r.owed = nil
	r.mu.Unlock()
	if len(owed) == 0 {
		return nil
	}
	changes := make([]Change, 0, len(owed))
	for u := range owed {
		changes = append(changes, Change{User: u})
	}
	now, err := r.present(ctx, changes)
	if err != nil {
		r.owe(changes)
		return err
	}
	return r.tell(ctx, now)
}
