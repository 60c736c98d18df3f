package session_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/lair-chat/lair/pkg/bus/membus"
	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	"github.com/lair-chat/lair/services/gateway/internal/authn"
	"github.com/lair-chat/lair/services/gateway/internal/backend/backendtest"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
	"github.com/lair-chat/lair/services/gateway/internal/quota"
	"github.com/lair-chat/lair/services/gateway/internal/render"
	"github.com/lair-chat/lair/services/gateway/internal/sender"
	"github.com/lair-chat/lair/services/gateway/internal/session"
	"github.com/lair-chat/lair/services/gateway/internal/source"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func parse(s string) id.UUID {
	u, err := id.Parse(s)
	if err != nil {
		panic(err)
	}
	return u
}

var (
	ann  = id.User{UUID: parse("11111111-1111-4111-8111-111111111111")}
	bob  = id.User{UUID: parse("55555555-5555-4555-8555-555555555555")}
	hall = id.Conversation{UUID: parse("33333333-3333-4333-8333-333333333333")}
	attic,
	cellar = id.Conversation{UUID: parse("66666666-6666-4666-8666-666666666666")},
		id.Conversation{UUID: parse("77777777-7777-4777-8777-777777777777")}
	annLogin = id.Session{UUID: parse("22222222-2222-4222-8222-222222222222")}
	bobLogin = id.Session{UUID: parse("88888888-8888-4888-8888-888888888888")}
)

// world is a gate before played services. Ann and bob may log in with their
// names as tokens.
type world struct {
	*backendtest.Services
	*journal
	t    *testing.T
	gate *session.Gate

	newGate func() *session.Gate // with what is set below
	quota   *quota.Quota

	maxPerUser int
	warning    time.Duration
	meter      map[string]int // commands by type and code, if they are counted

	mu      sync.Mutex
	checks  map[id.Session]error         // what auth says of logins
	expires time.Time                    // of all logins
	sends   []*submitted                 // what was given to the sender
	here    map[id.User]int              // connections, as attendance heard
	slow    int                          // slow readers, as stats heard
	crowded int                          // connections too many, as stats heard
	sent    int                          // answered sends, as stats heard
	missed  func(*hub.Page, *error) bool // changes what the source says, until it reports false
}

type submitted struct {
	key  uint64
	req  *messagev1.Draft
	done sender.Done
}

// run runs the test in a bubble with a world.
func run(t *testing.T, test func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		bus := membus.New()
		w := &world{
			Services: backendtest.New(t), journal: newJournal(t, bus), t: t,
			checks: map[id.Session]error{}, here: map[id.User]int{}, expires: time.Now().Add(time.Hour),
		}
		w.play(w.Services)
		backendtest.On(w.Services, w.checkSession)
		log := slog.New(slog.DiscardHandler)
		renderer := render.Renderer{Directory: w.Directory}
		h := hub.New(hub.Needs{Bus: bus, Source: source.Source{Messages: w.Messages}, Encoder: renderer, Stats: w, Log: log})
		w.newGate = func() *session.Gate {
			return session.NewGate(session.Needs{
				Backend: w.Backend, Authn: w, Hub: h, Source: w, Sender: w, Encoder: renderer, Attendance: w, Stats: w,
				Quota: w.quota, Meter: w, MaxPerUser: w.maxPerUser, Warning: w.warning, Log: log,
			})
		}
		w.gate = w.newGate()
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- h.Run(ctx) }()
		test(w)
		synctest.Wait()
		w.wantNobody()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// wantNobody checks that all that connected has been let go of.
func (w *world) wantNobody() {
	w.t.Helper()
	if n := w.gate.Count(); n != 0 {
		w.t.Errorf("there are %d sessions in the end", n)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for u, n := range w.here {
		if n != 0 {
			w.t.Errorf("%v is here %d times in the end", u, n)
		}
	}
}

func (w *world) set(change func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change()
}

func (w *world) Authenticate(_ context.Context, token string) (authn.Identity, error) {
	switch token {
	case "ann":
		return authn.Identity{User: ann, Session: annLogin}, nil
	case "bob":
		return authn.Identity{User: bob, Session: bobLogin}, nil
	}
	return authn.Identity{}, fault.New(fault.Unauthenticated, "invalid_token", "the token is not valid")
}

func (w *world) checkSession(ctx context.Context, _ *authv1.CheckSessionRequest) (*authv1.CheckSessionResponse, error) {
	actor, ok := rpc.ActorFrom(ctx)
	if !ok {
		return nil, fault.New(fault.Unauthenticated, "unauthenticated", "nobody acts")
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.checks[actor.Session]; err != nil {
		return nil, err
	}
	return &authv1.CheckSessionResponse{User: person(actor.User), Session: w.login(actor.Session)}, nil
}

func person(u id.User) *authv1.User {
	name := "ann"
	if u == bob {
		name = "bob"
	}
	return &authv1.User{Id: u.Bytes(), Username: name, Email: name + "@example.com", Role: "user"}
}

// login describes one; the lock must be held.
func (w *world) login(s id.Session) *authv1.Session {
	return &authv1.Session{Id: s.Bytes(), ExpiresAt: w.expires.UnixMicro()}
}

func (w *world) Missed(ctx context.Context, k hub.Key, after int64, limit int) (hub.Page, bool, error) {
	p, left, err := source.Source{Messages: w.Messages}.Missed(ctx, k, after, limit)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.missed != nil && !w.missed(&p, &err) {
		w.missed = nil
	}
	return p, left, err
}

func (w *world) Submit(key uint64, req *messagev1.Draft, done sender.Done) {
	w.set(func() { w.sends = append(w.sends, &submitted{key, req, done}) })
}

// submitted waits until there are n sends and returns them.
func (w *world) submitted(n int) []*submitted {
	w.t.Helper()
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.sends) != n {
		w.t.Fatalf("%d sends were submitted, want %d", len(w.sends), n)
	}
	return w.sends
}

func (s *submitted) answer(seq int64) {
	s.done(clientv1.Message{Content: string(s.req.GetContent()), Seq: seq}, nil)
}

func (w *world) Arrive(u id.User) { w.set(func() { w.here[u]++ }) }
func (w *world) Depart(u id.User) { w.set(func() { w.here[u]-- }) }
func (w *world) Sent(context.Context, time.Duration) {
	w.set(func() { w.sent++ })
}

func (w *world) Crowded(string)                                     { w.set(func() { w.crowded++ }) }
func (w *world) SlowReader()                                        { w.set(func() { w.slow++ }) }
func (w *world) Delivered(context.Context, int, int, time.Duration) {}
func (w *world) Healed(int)                                         {}
func (w *world) Following(int)                                      {}

// open connects a client and reads the hello.
func (w *world) open() *client {
	w.t.Helper()
	c := w.connect(frame.TCPPlain)
	c.want(`{"type":"server_hello"}`)
	return c
}

func (w *world) connect(f frame.Form) *client {
	c := &client{link: &link{drained: make(chan struct{})}, t: w.t}
	close(c.drained)
	c.Session = w.gate.Open(c.link, f, "192.0.2.1")
	return c
}

// enter connects a client and logs it in. It follows its conversations at once
// if it did not ask to resume.
func (w *world) enter(token string, features string) *client {
	w.t.Helper()
	c := w.open()
	c.say(`{"type":"client_hello","version":"1.0","client_name":"test","features":[%s]}`, features)
	c.say(`{"type":"authenticate","token":%q}`, token)
	c.want(`{"type":"authenticate_response","success":true}`)
	return c
}

const resume = `"resume"`

// client is a connection with both of its ends.
type client struct {
	*link
	*session.Session
	t *testing.T
}

// say hands over a message and expects that more may follow.
func (c *client) say(format string, args ...any) {
	c.t.Helper()
	if text := fmt.Sprintf(format, args...); !c.Handle([]byte(text)) {
		c.t.Errorf("nothing may follow %s", text)
	}
}

// last hands over a message and expects that it is the last.
func (c *client) last(format string, args ...any) {
	c.t.Helper()
	if text := fmt.Sprintf(format, args...); c.Handle([]byte(text)) {
		c.t.Errorf("more may follow %s", text)
	}
}
