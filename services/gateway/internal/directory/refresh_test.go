package directory_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"

	"github.com/lair-chat/lair/pkg/id"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	"github.com/lair-chat/lair/services/gateway/internal/directory"
)

func TestChangedUserIsAskedForAgain(t *testing.T) {
	ann, bob := user(), user()
	a := &auth{names: map[id.User]string{ann: "ann", bob: "bob"}}
	d := directory.New(a, time.Now)
	want(t, d, ann, "ann")
	want(t, d, bob, "bob")
	a.names[ann], a.names[bob] = "anna", "bobby"
	if u, err := d.Refresh(t.Context(), ann); err != nil || u.Username != "anna" {
		t.Errorf("got %+v, %v", u, err)
	}
	want(t, d, ann, "anna")
	want(t, d, bob, "bob")
	calls(t, a, 3)
}

// late answers after a second what it knew when it was asked, but the second
// question at once.
type late struct{ *auth }

func (l late) GetUsers(ctx context.Context, in *authv1.GetUsersRequest, opts ...grpc.CallOption) (*authv1.GetUsersResponse, error) {
	res, err := l.auth.GetUsers(ctx, in, opts...)
	l.mu.Lock()
	first := len(l.calls) == 1
	l.mu.Unlock()
	if first {
		time.Sleep(time.Second)
	}
	return res, err
}

func TestAnswerFromBeforeAChangeIsNotRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ann := user()
		a := &auth{names: map[id.User]string{ann: "ann"}}
		d := directory.New(late{a}, time.Now)
		go want(t, d, ann, "ann")
		time.Sleep(500 * time.Millisecond)
		a.mu.Lock()
		a.names[ann] = "anna"
		a.mu.Unlock()
		if u, err := d.Refresh(t.Context(), ann); err != nil || u.Username != "anna" {
			t.Errorf("got %+v, %v", u, err)
		}
		time.Sleep(time.Minute) // the first answer came meanwhile
		want(t, d, ann, "anna")
	})
}

func TestChangedUserIsWhatItWasIfAuthDoesNotAnswer(t *testing.T) {
	ann := user()
	a := &auth{names: map[id.User]string{ann: "ann"}}
	d := directory.New(a, time.Now)
	want(t, d, ann, "ann")
	a.down = errors.New("away")
	if u, err := d.Refresh(t.Context(), ann); err != nil || u.Username != "ann" {
		t.Errorf("got %+v, %v", u, err)
	}
}
