// Package directory knows the names of users. Events and lists of members carry
// ids; what clients are shown has names, and asking auth for each of them would
// cost a call per event.
//
// It remembers at most 10,000 users for five minutes, so a changed name shows
// within that time on every pod even if nobody says that it has changed.
package directory

import (
	"context"
	"slices"
	"sync"
	"time"

	"google.golang.org/grpc"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/object"
)

// Deleted is the name of users whom auth does not know.
const Deleted = "deleted"

const (
	capacity = 10_000
	lifetime = 5 * time.Minute
	// grace is how long what was remembered goes on being used, without asking
	// again, when auth does not answer; and how long an unknown id stays
	// unknown.
	grace   = 10 * time.Second
	batch   = 1000            // ids in one question
	timeout = 3 * time.Second // of one question
	// pause is how long auth is not asked after it did not answer: events wait
	// for names, and must not wait for each one.
	pause = time.Second
)

// Source is the part of auth that the directory asks.
type Source interface {
	GetUsers(ctx context.Context, in *authv1.GetUsersRequest, opts ...grpc.CallOption) (*authv1.GetUsersResponse, error)
}

// Directory is safe for concurrent use.
type Directory struct {
	source Source
	now    func() time.Time

	mu      sync.Mutex
	known   *recent
	flights map[id.User]*flight
	failure error     // of the last question, if auth did not answer
	again   time.Time // when auth may be asked after that
}

// flight is one question to auth that is under way. Who was asked for is in
// users from the start; what is read after done is closed is the answer, nil
// for those without one.
type flight struct {
	done  chan struct{}
	users map[id.User]*clientv1.User
	err   error
}

// fill adds those of ids who were asked for, if there is an answer.
func (f *flight) fill(ids []id.User, found map[id.User]clientv1.User) error {
	for _, u := range ids {
		switch who, asked := f.users[u]; {
		case who != nil:
			found[u] = *who
		case asked:
			return f.err
		}
	}
	return nil
}

// New returns an empty directory. now is the clock.
func New(source Source, now func() time.Time) *Directory {
	return &Directory{source: source, now: now, known: newRecent(capacity), flights: map[id.User]*flight{}}
}

// Name returns the user name of u, [Deleted] if there is no such user. Errors
// are those of Users.
func (d *Directory) Name(ctx context.Context, u id.User) (string, error) {
	users, err := d.Users(ctx, u)
	if err != nil {
		return "", err
	}
	return users[u].Username, nil
}

// Users returns all of the users, without their e-mail addresses; those whom
// auth does not know have the name [Deleted]. If auth does not answer, what was
// once known is good enough, and the error is auth's only if somebody was not.
func (d *Directory) Users(ctx context.Context, ids ...id.User) (map[id.User]clientv1.User, error) {
	found := make(map[id.User]clientv1.User, len(ids))
	mine, others := d.plan(ids, found)
	if mine != nil {
		d.fly(ctx, mine)
		others = append(others, mine)
	}
	for _, f := range others {
		select {
		case <-f.done:
		case <-ctx.Done():
			return nil, fault.Wrap(ctx.Err(), fault.Unavailable, "unavailable", "names cannot be read now, try again")
		}
		if err := f.fill(ids, found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// plan fills in what is known and returns the question to ask, nil if there is
// none, and those under way whose answers are needed too.
func (d *Directory) plan(ids []id.User, found map[id.User]clientv1.User) (mine *flight, others []*flight) {
	now := d.now()
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, u := range ids {
		if who, ok := d.known.fresh(u, now); ok {
			found[u] = who
			continue
		}
		if f := d.flights[u]; f != nil {
			if f != mine && !slices.Contains(others, f) {
				others = append(others, f)
			}
			continue
		}
		if mine == nil {
			mine = &flight{done: make(chan struct{}), users: map[id.User]*clientv1.User{}}
		}
		d.flights[u] = mine
		mine.users[u] = nil
	}
	return mine, others
}

// fly asks for the users of f. Others wait for the answer, so it does not end
// when ctx does; it is bounded by its own time.
func (d *Directory) fly(ctx context.Context, f *flight) {
	// Without an actor: what is remembered is told to everybody.
	ctx = rpc.WithActor(context.WithoutCancel(ctx), rpc.Actor{})
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	asked := make([][]byte, 0, len(f.users))
	for u := range f.users {
		asked = append(asked, u.Bytes())
	}
	answered := make(map[id.User]clientv1.User, len(asked))
	err := d.pausing()
	for len(asked) > 0 && err == nil {
		n := min(len(asked), batch)
		var res *authv1.GetUsersResponse
		res, err = d.source.GetUsers(ctx, &authv1.GetUsersRequest{UserIds: asked[:n]})
		for _, w := range res.GetUsers() {
			who := object.User(w)
			who.Email = ""
			answered[who.ID] = who
		}
		asked = asked[n:]
	}
	d.land(f, answered, err)
}

// pausing returns the last failure if that was just now.
func (d *Directory) pausing() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.now().Before(d.again) {
		return d.failure
	}
	return nil
}

// land keeps the answer and lets go of those who wait for it.
func (d *Directory) land(f *flight, answered map[id.User]clientv1.User, err error) {
	now := d.now()
	d.mu.Lock()
	defer d.mu.Unlock()
	f.err = err
	if err != nil && !now.Before(d.again) {
		d.failure, d.again = err, now.Add(pause)
	}
	for u := range f.users {
		current := d.flights[u] == f // not outdated by Refresh
		if current {
			delete(d.flights, u)
		}
		who, ok := answered[u]
		until := now.Add(lifetime)
		if !ok {
			until = now.Add(grace)
			if err == nil {
				who = nobody(u)
			} else if who, ok = d.known.stale(u); !ok {
				continue
			}
		}
		if current {
			d.known.put(u, who, until)
		}
		f.users[u] = &who
	}
	close(f.done)
}

func nobody(u id.User) clientv1.User {
	return clientv1.User{ID: u, Username: Deleted, Role: "user", CreatedAt: clientv1.Micros(0), UpdatedAt: clientv1.Micros(0)}
}
