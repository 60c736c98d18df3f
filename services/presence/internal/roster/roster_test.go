package roster_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/presence/internal/memory"
	"github.com/lair-chat/lair/services/presence/internal/roster"
	"github.com/lair-chat/lair/services/presence/internal/rostertest"
)

// gateways hear what is announced.
type gateways struct {
	mu     sync.Mutex
	deaf   error                // what the next announcements return
	during func()               // runs once, before the announcement is heard
	calls  int                  // announcements of presence
	heard  chan []roster.Change // each of them
	state  map[id.User]bool     // the last word about each user
	typing []roster.Typing
}

func (g *gateways) Presence(_ context.Context, changes []roster.Change) error {
	g.mu.Lock()
	during := g.during
	g.during = nil
	g.mu.Unlock()
	if during != nil {
		during()
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.deaf != nil {
		return g.deaf
	}
	g.calls++
	for _, c := range changes {
		g.state[c.User] = c.Online
	}
	g.heard <- changes
	return nil
}

func (g *gateways) Typing(_ context.Context, t roster.Typing) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.typing = append(g.typing, t)
	return g.deaf
}

func (g *gateways) setDeaf(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.deaf = err
}

func (g *gateways) online(u id.User) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.state[u]
}

func setup() (*roster.Roster, *gateways) {
	g := &gateways{heard: make(chan []roster.Change, 100), state: make(map[id.User]bool)}
	return &roster.Roster{
		Registry: memory.New(rostertest.Expiry, time.Now),
		Announce: g,
		Expiry:   rostertest.Expiry,
		Log:      slog.New(slog.DiscardHandler),
	}, g
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestChangesAreAnnouncedTogetherAndOnce(t *testing.T) {
	r, g := setup()
	u := rostertest.Users(3)
	must(t, r.Report(t.Context(), "a", []id.User{u[0], u[1], u[0]}, nil))
	must(t, r.Report(t.Context(), "b", u[:2], nil))
	must(t, r.Renew(t.Context(), "b", []id.User{u[0], u[1], u[1]}))
	if g.calls != 1 || len(<-g.heard) != 2 {
		t.Fatalf("%d announcements of %v", g.calls, g.state)
	}
	must(t, r.Report(t.Context(), "a", u[2:], u[:2]))
	must(t, r.Report(t.Context(), "b", nil, u[:2]))
	if g.calls != 3 || g.online(u[0]) || g.online(u[1]) || !g.online(u[2]) {
		t.Fatalf("%d announcements of %v", g.calls, g.state)
	}
}

func TestWhoReconnectsInOneReportIsThere(t *testing.T) {
	r, g := setup()
	u := rostertest.Users(1)
	must(t, r.Report(t.Context(), "a", u, u))
	must(t, r.Report(t.Context(), "a", u, u))
	if g.calls != 1 || !g.online(u[0]) {
		t.Fatalf("%d announcements of %v", g.calls, g.state)
	}
}

// TestTheLastWordIsTrue: an announcement falls behind the opposite one, which
// another process makes.
func TestTheLastWordIsTrue(t *testing.T) {
	r, g := setup()
	u := rostertest.Users(1)
	g.during = func() { must(t, r.Report(t.Context(), "a", nil, u)) }
	must(t, r.Report(t.Context(), "a", u, nil))
	if g.online(u[0]) {
		t.Error("the user left, the gateways believe otherwise")
	}
	must(t, r.Report(t.Context(), "a", u, nil))
	g.during = func() { must(t, r.Report(t.Context(), "b", u, nil)) }
	must(t, r.Report(t.Context(), "a", nil, u))
	if !g.online(u[0]) {
		t.Error("the user reconnected, the gateways believe otherwise")
	}
}

func TestTypingIsAnnouncedAtTimes(t *testing.T) {
	r, g := setup()
	typing := roster.Typing{
		Conversation: id.Conversation{UUID: id.New()},
		User:         id.User{UUID: id.New()}, Recipient: id.User{UUID: id.New()},
	}
	for range 3 {
		must(t, r.Type(t.Context(), typing))
	}
	if !slices.Equal(g.typing, []roster.Typing{typing}) {
		t.Fatalf("heard %v", g.typing)
	}
	g.setDeaf(errors.New("bus"))
	typing.User.UUID = id.New()
	if err := r.Type(t.Context(), typing); !errors.Is(err, g.deaf) {
		t.Fatalf("got %v", err)
	}
}

func TestBadRequestsAreRefused(t *testing.T) {
	r, g := setup()
	ctx, good, many := t.Context(), rostertest.Users(1), rostertest.Users(roster.MaxUsers+1)
	long := string(make([]byte, roster.MaxPod+1))
	conversation := id.Conversation{UUID: id.New()}
	online := func(users []id.User, limit int) error {
		_, _, err := r.Online(ctx, users, limit)
		return err
	}
	for name, err := range map[string]error{
		"NoPod":          r.Report(ctx, "", good, nil),
		"LongPod":        r.Renew(ctx, long, good),
		"ManyArrive":     r.Report(ctx, "a", many, nil),
		"ManyDepart":     r.Report(ctx, "a", nil, many),
		"ManyStay":       r.Renew(ctx, "a", many),
		"Nobody":         r.Report(ctx, "a", make([]id.User, 1), nil),
		"AskForMany":     online(many, 0),
		"AskForNobody":   online(make([]id.User, 1), 0),
		"NoLimit":        online(nil, 0),
		"LargeLimit":     online(nil, roster.MaxUsers+1),
		"NoConversation": r.Type(ctx, roster.Typing{User: good[0]}),
		"NoTypist":       r.Type(ctx, roster.Typing{Conversation: conversation}),
	} {
		if fault.KindOf(err) != fault.Invalid || fault.CodeOf(err) != "validation_failed" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if g.calls != 0 || len(g.typing) != 0 {
		t.Error("a bad request was announced")
	}
	must(t, r.Report(ctx, "a", many[1:], many[1:]))
	must(t, online(many[1:], 0))
	must(t, online(nil, roster.MaxUsers))
}
