package identity_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/testkit/sqlitetest"
	"github.com/lair-chat/lair/services/auth/internal/identity"
	"github.com/lair-chat/lair/services/auth/internal/names"
	"github.com/lair-chat/lair/services/auth/internal/sqlite"
)

// hasher counts. The hash of a password is "new:" or, in need of another one,
// "old:" and the password itself.
type hasher struct {
	mu       sync.Mutex
	hashes   int
	verified []string // the hashes
	during   func()   // runs once, in the middle of Verify
	err      error    // what Hash returns, if not nil
}

func (h *hasher) Hash(_ context.Context, password string) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.hashes++
	return "new:" + password, h.err
}

func (h *hasher) Verify(_ context.Context, password, hash string) (ok, outdated bool, err error) {
	h.mu.Lock()
	h.verified = append(h.verified, hash)
	during := h.during
	h.during = nil
	h.mu.Unlock()
	if during != nil {
		during()
	}
	kind, text, _ := strings.Cut(hash, ":")
	ok = hash != "" && text == password
	return ok, ok && kind == "old", nil
}

// costs returns how many hashes were computed since the last call.
func (h *hasher) costs() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := h.hashes + len(h.verified)
	h.hashes, h.verified = 0, nil
	return n
}

// bell keeps what it rings for.
type bell struct {
	mu   sync.Mutex
	rung []id.Session
	seen []id.User // whose change was told
}

func (b *bell) Changed(_ context.Context, u id.User) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seen = append(b.seen, u)
}

// wantChanged expects that these changes were told since the last call.
func (w *world) wantChanged(want ...id.User) {
	w.t.Helper()
	w.bell.mu.Lock()
	defer w.bell.mu.Unlock()
	if !slices.Equal(w.bell.seen, want) {
		w.t.Errorf("told of %v, want %v", w.bell.seen, want)
	}
	w.bell.seen = nil
}

func (b *bell) Ended(_ context.Context, sessions ...id.Session) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rung = append(b.rung, sessions...)
}

// world is accounts on a real store, with a clock that the test moves.
type world struct {
	*identity.Accounts
	t      *testing.T
	hasher *hasher
	bell   *bell
	now    time.Time
}

var start = time.Date(2026, 1, 2, 3, 4, 5, 6789, time.UTC)

func setup(t *testing.T) *world {
	t.Helper()
	file := sqlitetest.New(t)
	if err := sqlite.Migrate(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, hasher: &hasher{}, bell: &bell{}, now: start}
	w.Accounts = &identity.Accounts{
		Store: sqlite.New(file), Hasher: w.hasher, Bell: w.bell, Names: names.Names{}, Now: func() time.Time { return w.now },
	}
	return w
}

var phone = identity.Client{UserAgent: "phone", Address: "192.0.2.1"}

// ann registers ann, whose password is "password".
func (w *world) ann() (identity.User, identity.Session) {
	w.t.Helper()
	return w.register("Ann")
}

func (w *world) register(name string) (identity.User, identity.Session) {
	w.t.Helper()
	u, s, err := w.Register(w.t.Context(), name, name+"@example.com", "password", phone)
	must(w.t, err)
	return u, s
}

// logIn logs ann in.
func (w *world) logIn() identity.Session {
	w.t.Helper()
	_, s, err := w.LogIn(w.t.Context(), "ann", "password", phone)
	must(w.t, err)
	return s
}

// wantLogIn expects the code of a login, "" for success.
func (w *world) wantLogIn(identifier, password, code string) {
	w.t.Helper()
	_, s, err := w.LogIn(w.t.Context(), identifier, password, phone)
	if fault.CodeOf(err) != code {
		w.t.Errorf("%q, %q: got %v, want %q", identifier, password, err, code)
	}
	if err != nil && s != (identity.Session{}) {
		w.t.Errorf("%q: refused, with the session %+v", identifier, s)
	}
}

// wantSessions expects these sessions of the user and no others.
func (w *world) wantSessions(u id.User, want ...identity.Session) {
	w.t.Helper()
	got, err := w.Store.Sessions(w.t.Context(), u, w.now)
	must(w.t, err)
	order := func(a, b identity.Session) int { return slices.Compare(a.ID.Bytes(), b.ID.Bytes()) }
	slices.SortFunc(got, order)
	slices.SortFunc(want, order)
	if !slices.Equal(got, want) {
		w.t.Errorf("got %+v, want %+v", got, want)
	}
}

// wantRung expects the bell to have been rung for these since the last call.
func (w *world) wantRung(want ...id.Session) {
	w.t.Helper()
	w.bell.mu.Lock()
	defer w.bell.mu.Unlock()
	if len(w.bell.rung) != len(want) {
		w.t.Errorf("rung for %v, want %v", w.bell.rung, want)
	}
	for _, s := range want {
		if !slices.Contains(w.bell.rung, s) {
			w.t.Errorf("not rung for %v, but %v", s, w.bell.rung)
		}
	}
	w.bell.rung = nil
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func want(t *testing.T, err error, kind fault.Kind, code string) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind || fault.CodeOf(err) != code {
		t.Errorf("got %v (%s), want %s", err, fault.CodeOf(err), code)
	}
}
