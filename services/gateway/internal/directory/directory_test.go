package directory_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	"github.com/lair-chat/lair/services/gateway/internal/directory"
)

// auth knows users by name and remembers how many were asked for in each call.
type auth struct {
	mu    sync.Mutex
	names map[id.User]string
	calls []int
	actor bool
	down  error
	slow  time.Duration
}

func (a *auth) GetUsers(ctx context.Context, in *authv1.GetUsersRequest, _ ...grpc.CallOption) (*authv1.GetUsersResponse, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(a.slow):
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls = append(a.calls, len(in.GetUserIds()))
	if _, acting := rpc.ActorFrom(ctx); acting {
		a.actor = true
	}
	if a.down != nil {
		return nil, a.down
	}
	res := &authv1.GetUsersResponse{}
	for _, b := range in.GetUserIds() {
		u := id.User{UUID: id.UUID(b)}
		if name, ok := a.names[u]; ok {
			res.Users = append(res.Users, &authv1.User{Id: b, Username: name, Email: name + "@example.com", Role: "user"})
		}
	}
	return res, nil
}

func user() id.User { return id.User{UUID: id.New()} }

func want(t *testing.T, d *directory.Directory, u id.User, name string) {
	t.Helper()
	got, err := d.Name(t.Context(), u)
	if err != nil || got != name {
		t.Errorf("the name is %q, %v, want %q", got, err, name)
	}
}

func calls(t *testing.T, a *auth, want int) {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.calls) != want {
		t.Errorf("auth was asked %d times, want %d", len(a.calls), want)
	}
}

func TestNameIsAskedForOnceInFiveMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ann := user()
		a := &auth{names: map[id.User]string{ann: "ann"}}
		d := directory.New(a, time.Now)
		want(t, d, ann, "ann")
		a.names[ann] = "anna"
		time.Sleep(5*time.Minute - time.Second)
		want(t, d, ann, "ann")
		calls(t, a, 1)
		time.Sleep(2 * time.Second)
		want(t, d, ann, "anna")
		calls(t, a, 2)
	})
}

func TestNobodyLearnsAnAddress(t *testing.T) {
	ann := user()
	a := &auth{names: map[id.User]string{ann: "ann"}}
	ctx := rpc.WithActor(t.Context(), rpc.Actor{User: ann})
	users, err := directory.New(a, time.Now).Users(ctx, ann)
	if err != nil || users[ann].Username != "ann" || users[ann].Email != "" {
		t.Errorf("got %+v, %v", users[ann], err)
	}
	if a.actor {
		t.Error("auth was asked for somebody, whose view would be told to all")
	}
}

func TestUnknownUserIsCalledDeletedForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ann, ghost := user(), user()
		a := &auth{names: map[id.User]string{ann: "ann"}}
		d := directory.New(a, time.Now)
		users, err := d.Users(t.Context(), ann, ghost, ann)
		if err != nil || len(users) != 2 || users[ghost].Username != directory.Deleted || users[ghost].ID != ghost {
			t.Errorf("got %+v, %v", users, err)
		}
		a.names[ghost] = "bob"
		want(t, d, ghost, directory.Deleted)
		calls(t, a, 1)
		time.Sleep(10 * time.Second)
		want(t, d, ghost, "bob")
	})
}

func TestManyAreAskedForInBatches(t *testing.T) {
	a := &auth{}
	ids := make([]id.User, 2500)
	for i := range ids {
		ids[i] = user()
	}
	users, err := directory.New(a, time.Now).Users(t.Context(), ids...)
	if err != nil || len(users) != 2500 {
		t.Fatalf("got %d users, %v", len(users), err)
	}
	if len(a.calls) != 3 || a.calls[0] != 1000 || a.calls[1] != 1000 || a.calls[2] != 500 {
		t.Errorf("the batches were %v", a.calls)
	}
}

func TestThoseWhoAskAtOnceShareTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ann, bob := user(), user()
		a := &auth{names: map[id.User]string{ann: "ann", bob: "bob"}, slow: time.Second}
		d := directory.New(a, time.Now)
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() { want(t, d, ann, "ann") })
		}
		synctest.Wait()
		all.Go(func() {
			users, err := d.Users(t.Context(), ann, bob)
			if err != nil || users[ann].Username != "ann" || users[bob].Username != "bob" {
				t.Errorf("got %v, %v", users, err)
			}
		})
		all.Wait()
		calls(t, a, 2) // the second one for bob alone
		if a.calls[1] != 1 {
			t.Errorf("the second question named %d users", a.calls[1])
		}
	})
}

func TestOneWhoGivesUpDoesNotSpoilTheAnswerForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ann := user()
		a := &auth{names: map[id.User]string{ann: "ann"}, slow: time.Second}
		d := directory.New(a, time.Now)
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() { _, _ = d.Users(ctx, ann) })
		synctest.Wait()
		all.Go(func() { want(t, d, ann, "ann") })
		waiting, giveUp := context.WithCancel(t.Context())
		all.Go(func() {
			if _, err := d.Users(waiting, ann); !errors.Is(err, context.Canceled) {
				t.Errorf("who gave up got %v", err)
			}
		})
		synctest.Wait()
		cancel()
		giveUp()
		all.Wait()
	})
}

func TestOldNameIsBetterThanNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ann, bob := user(), user()
		a := &auth{names: map[id.User]string{ann: "ann", bob: "bob"}}
		d := directory.New(a, time.Now)
		want(t, d, ann, "ann")
		time.Sleep(6 * time.Minute)
		a.down = fault.New(fault.Unavailable, "unavailable", "auth is away")
		want(t, d, ann, "ann")
		want(t, d, ann, "ann")
		calls(t, a, 2) // not again at once
		if _, err := d.Users(t.Context(), ann, bob); fault.CodeOf(err) != "unavailable" {
			t.Errorf("for one who was never known the error is %v", err)
		}
		a.down = nil
		time.Sleep(10 * time.Second)
		a.names[ann] = "anna"
		want(t, d, ann, "anna")
		want(t, d, bob, "bob")
	})
}

func TestOnlySoManyAreRemembered(t *testing.T) {
	a := &auth{}
	d := directory.New(a, time.Now)
	first, second := user(), user()
	ids := make([]id.User, 9_999)
	for i := range ids {
		ids[i] = user()
	}
	ask := func(ids ...id.User) {
		t.Helper()
		if _, err := d.Users(t.Context(), ids...); err != nil {
			t.Fatal(err)
		}
	}
	ask(first)
	ask(ids...)
	before := len(a.calls)
	ask(first) // is now the most recent
	ask(second)
	ask(first)
	if got := len(a.calls) - before; got != 1 {
		t.Errorf("auth was asked %d times, want once for the new one", got)
	}
	before = len(a.calls)
	ask(ids...)
	if len(a.calls) == before {
		t.Error("nobody was forgotten")
	}
}

// Events wait for names: with auth away, each new name must not cost the time
// that a question may take.
func TestAuthThatIsAwayIsNotAskedForEachName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ann := user()
		a := &auth{names: map[id.User]string{ann: "ann"}, slow: time.Hour}
		d := directory.New(a, time.Now)
		begun := time.Now()
		for range 100 {
			if _, err := d.Name(t.Context(), user()); err == nil {
				t.Error("a name came from nowhere")
			}
		}
		if took := time.Since(begun); took > 4*time.Second {
			t.Errorf("a hundred names took %v", took)
		}
		a.slow = 0
		time.Sleep(2 * time.Second)
		want(t, d, ann, "ann")
	})
}
