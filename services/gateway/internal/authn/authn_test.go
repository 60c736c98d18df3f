package authn_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"

	"github.com/lair-chat/lair/pkg/bus"
	"github.com/lair-chat/lair/pkg/bus/membus"
	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	"github.com/lair-chat/lair/services/gateway/internal/authn"
)

// auth is the auth service: its keys, and its revocations in order.
type auth struct {
	mu       sync.Mutex
	keys     map[string][]byte // public
	revoked  []id.Session
	down     error
	keyCalls int
	cursors  []int64
	slow     time.Duration // how long an answer about revocations takes
}

// revokedPage is how many revocations are in one answer.
const revokedPage = 3

func (a *auth) KeySet(context.Context, *authv1.KeySetRequest, ...grpc.CallOption) (*authv1.KeySetResponse, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.keyCalls++
	if a.down != nil {
		return nil, a.down
	}
	res := &authv1.KeySetResponse{}
	for kid, public := range a.keys {
		res.Keys = append(res.Keys, &authv1.Key{Kid: kid, PublicKey: public})
	}
	return res, nil
}

func (a *auth) RevokedSince(_ context.Context, req *authv1.RevokedSinceRequest, _ ...grpc.CallOption) (*authv1.RevokedSinceResponse, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.cursors = append(a.cursors, req.GetCursor())
	if a.slow > 0 {
		a.mu.Unlock()
		time.Sleep(a.slow)
		a.mu.Lock()
	}
	if a.down != nil {
		return nil, a.down
	}
	end := min(req.GetCursor()+revokedPage, int64(len(a.revoked)))
	res := &authv1.RevokedSinceResponse{Cursor: end}
	for _, s := range a.revoked[req.GetCursor():end] {
		res.SessionIds = append(res.SessionIds, s.Bytes())
	}
	return res, nil
}

func (a *auth) set(change func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change()
}

// world is a running Authn before an auth that has the key "k1".
type world struct {
	*authn.Authn
	t    *testing.T
	auth *auth
	bus  *membus.Bus

	mu    sync.Mutex
	heard []id.Session
}

// run runs the test with a world whose first answers have come, in a bubble.
func run(t *testing.T, test func(w *world)) {
	t.Helper()
	runWithLife(t, 0, test)
}

func runWithLife(t *testing.T, life time.Duration, test func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, auth: &auth{keys: map[string][]byte{}}, bus: membus.New()}
		w.auth.keys["k1"] = public("k1")
		w.Authn = authn.New(authn.Needs{Auth: w.auth, Bus: w.bus, Now: time.Now, Log: slog.New(slog.DiscardHandler), TokenLife: life})
		w.OnRevoked(func(s id.Session) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.heard = append(w.heard, s)
		})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- w.Run(ctx) }()
		synctest.Wait()
		test(w)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func (w *world) wantHeard(sessions ...id.Session) {
	w.t.Helper()
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.heard) != len(sessions) {
		w.t.Fatalf("%d sessions were heard of, want %d", len(w.heard), len(sessions))
	}
	for i, s := range sessions {
		if w.heard[i] != s {
			w.t.Errorf("heard %v, want %v", w.heard[i], s)
		}
	}
}

func (w *world) want(token, code string) {
	w.t.Helper()
	if _, err := w.Authenticate(w.t.Context(), token); fault.CodeOf(err) != code {
		w.t.Errorf("the error is %v, want %q", err, code)
	}
}

func newSession() id.Session { return id.Session{UUID: id.New()} }

func TestTokenSaysWhoItIs(t *testing.T) {
	run(t, func(w *world) {
		want := authn.Identity{
			User: id.User{UUID: id.New()}, Session: newSession(), Username: "ann", Role: "admin",
			Expires: time.Now().Add(time.Hour).Truncate(time.Second),
		}
		got, err := w.Authenticate(t.Context(), sign(t, "k1", want))
		if err != nil {
			t.Fatal(err)
		}
		if !got.Expires.Equal(want.Expires) {
			t.Errorf("it expires at %v, want %v", got.Expires, want.Expires)
		}
		if got.Expires = want.Expires; got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		w.want("nonsense", "invalid_token")
		want.Expires = time.Now().Add(-time.Minute)
		w.want(sign(t, "k1", want), "token_expired")
	})
}

func TestRevokedSessionIsRefusedWithinASecond(t *testing.T) {
	run(t, func(w *world) {
		s, other := newSession(), newSession()
		text := token(t, "k1", s)
		w.want(text, "")
		w.auth.set(func() { w.auth.revoked = append(w.auth.revoked, s) })
		time.Sleep(time.Second)
		w.wantHeard(s)
		w.want(text, "session_not_found")
		w.want(token(t, "k1", other), "")
		time.Sleep(3 * time.Second)
		w.wantHeard(s)
		w.auth.mu.Lock()
		defer w.auth.mu.Unlock()
		if last := w.auth.cursors[len(w.auth.cursors)-1]; last != 1 {
			t.Errorf("the last question was after %d", last)
		}
	})
}

func TestRevocationIsHeardOnceFromTheBusAndFromAuth(t *testing.T) {
	run(t, func(w *world) {
		s := newSession()
		w.auth.set(func() { w.auth.revoked = append(w.auth.revoked, s) })
		bell := bus.Message{Topic: authn.Topic, Data: s.Bytes()}
		if err := w.bus.Publish(t.Context(), bell, bell, bus.Message{Topic: authn.Topic, Data: []byte("short")}); err != nil {
			t.Fatal(err)
		}
		w.wantHeard(s) // at once
		w.want(token(t, "k1", s), "session_not_found")
		time.Sleep(2 * time.Second)
		w.wantHeard(s)
	})
}

func TestRevocationIsKeptAsLongAsATokenMayLive(t *testing.T) {
	const life = 10 * time.Minute // and the hour for clocks that differ
	runWithLife(t, life, func(w *world) {
		var texts []string
		for range 30 { // long enough for generations to be exchanged
			s := newSession()
			texts = append(texts, token(t, "k1", s))
			w.auth.set(func() { w.auth.revoked = append(w.auth.revoked, s) })
			time.Sleep(5 * time.Minute)
			for _, text := range texts[max(0, len(texts)-14):] { // 70 minutes
				w.want(text, "session_not_found")
			}
		}
		w.want(texts[0], "") // forgotten
		w.mu.Lock()
		defer w.mu.Unlock()
		if len(w.heard) != len(texts) {
			t.Errorf("%d sessions were heard of", len(w.heard))
		}
	})
}

func TestNobodyIsLetInWhenRevocationsAreUnknownForTenSeconds(t *testing.T) {
	run(t, func(w *world) {
		text := token(t, "k1", newSession())
		w.auth.set(func() { w.auth.down = errors.New("away") })
		time.Sleep(10 * time.Second)
		w.want(text, "")
		time.Sleep(1100 * time.Millisecond)
		_, err := w.Authenticate(t.Context(), text)
		if fault.KindOf(err) != fault.Unavailable || fault.CodeOf(err) != "unavailable" {
			t.Errorf("the error is %v", err)
		}
		w.want("nonsense", "invalid_token")
		w.auth.set(func() { w.auth.down = nil })
		time.Sleep(time.Second)
		w.want(text, "")
	})
}

// A gateway that starts must know all revocations, not the first page of them,
// before it lets anybody in.
func TestNobodyIsLetInBeforeAllRevocationsAreRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, auth: &auth{keys: map[string][]byte{"k1": public("k1")}, slow: time.Second}, bus: membus.New()}
		var last id.Session
		for range 2*revokedPage + 1 {
			last = newSession()
			w.auth.revoked = append(w.auth.revoked, last)
		}
		w.Authn = authn.New(authn.Needs{Auth: w.auth, Bus: w.bus, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- w.Run(ctx) }()
		token := sign(t, "k1", authn.Identity{
			User: id.User{UUID: id.New()}, Session: last, Username: "ann", Role: "user", Expires: time.Now().Add(time.Hour),
		})
		time.Sleep(2500 * time.Millisecond) // two pages have come
		w.want(token, "unavailable")
		time.Sleep(2 * time.Second)
		w.want(token, "session_not_found")
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestNobodyIsLetInBeforeTheFirstAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := authn.New(authn.Needs{Auth: &auth{}, Bus: membus.New(), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
		if _, err := a.Authenticate(t.Context(), token(t, "k1", newSession())); fault.CodeOf(err) != "unavailable" {
			t.Errorf("the error is %v", err)
		}
	})
}

func TestNewKeyIsAskedForAtMostOnceInFiveSeconds(t *testing.T) {
	run(t, func(w *world) {
		time.Sleep(10 * time.Second)
		calls := func(want int) {
			t.Helper()
			w.auth.mu.Lock()
			defer w.auth.mu.Unlock()
			if w.auth.keyCalls != want {
				t.Errorf("keys were asked for %d times, want %d", w.auth.keyCalls, want)
			}
		}
		calls(1)
		text := token(t, "k2", newSession())
		w.auth.set(func() { w.auth.keys["k2"] = public("k2") })
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() { w.want(text, "") })
		}
		all.Wait()
		calls(2)
		made := token(t, "k3", newSession())
		w.want(made, "invalid_token")
		calls(2)
		time.Sleep(5 * time.Second)
		w.want(made, "invalid_token")
		w.want(made, "invalid_token")
		calls(3)
		w.want(text, "")
	})
}

func TestUnknownKeyIsNoReasonToLogOutWhileAuthIsAway(t *testing.T) {
	run(t, func(w *world) {
		time.Sleep(6 * time.Second)
		text := token(t, "k2", newSession())
		w.auth.set(func() { w.auth.keys["k2"], w.auth.down = public("k2"), errors.New("away") })
		w.want(text, "unavailable")
		w.want(text, "unavailable") // not asked again
		w.auth.set(func() { w.auth.down = nil })
		time.Sleep(5 * time.Second)
		w.want(text, "")
	})
}

func TestKeysThatWereWithdrawnAreForgottenInAMinute(t *testing.T) {
	run(t, func(w *world) {
		text := token(t, "k1", newSession())
		w.auth.set(func() { delete(w.auth.keys, "k1") })
		time.Sleep(time.Minute + time.Second)
		w.want(text, "invalid_token")
	})
}

func TestKeysAreAskedForUntilAuthAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		service := &auth{keys: map[string][]byte{"k1": public("k1")}, down: errors.New("away")}
		a := authn.New(authn.Needs{Auth: service, Bus: membus.New(), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() { _ = a.Run(ctx) })
		time.Sleep(3500 * time.Millisecond)
		service.set(func() { service.down = nil })
		time.Sleep(time.Second)
		if _, err := a.Authenticate(t.Context(), token(t, "k1", newSession())); err != nil {
			t.Error(err)
		}
		cancel()
		all.Wait()
	})
}

// token returns a token of the session, for a day.
func token(t *testing.T, kid string, s id.Session) string {
	t.Helper()
	return sign(t, kid, authn.Identity{
		User: id.User{UUID: id.New()}, Session: s, Username: "ann", Role: "user", Expires: time.Now().Add(24 * time.Hour),
	})
}
