// Package session is the real-time protocol: what a connection may say in which
// state, what it is answered, and which events it gets. It does not know which
// kind of socket carries it. Start at Gate.Open and Session.Handle.
package session

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	"github.com/lair-chat/lair/services/gateway/internal/authn"
	"github.com/lair-chat/lair/services/gateway/internal/backend"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
	"github.com/lair-chat/lair/services/gateway/internal/quota"
	"github.com/lair-chat/lair/services/gateway/internal/sender"
)

// Link is the socket of a session. Its methods are safe for concurrent use and
// none of them but Drained waits.
type Link interface {
	// Push writes or queues frames; an error means that they were not taken:
	// sock.ErrFull because the client does not read, any other because it has
	// gone.
	Push(frames []byte) error
	// Busy reports whether something is queued.
	Busy() bool
	// Drained waits until nothing is queued.
	Drained(ctx context.Context) error
	// End pushes last frames and closes. The close code goes to WebSockets.
	End(frames []byte, code int)
}

// Authenticator says whose token it is.
type Authenticator interface {
	Authenticate(ctx context.Context, token string) (authn.Identity, error)
}

// Attendance hears who is connected.
type Attendance interface {
	Arrive(u id.User)
	Depart(u id.User)
}

// Sender sends messages; those with the same key in the order of the calls.
type Sender interface {
	Submit(key uint64, req *messagev1.Draft, done sender.Done)
}

// Stats hears what sessions do. Its methods must not block.
type Stats interface {
	// Sent says how long a send took from its frame to its answer.
	Sent(ctx context.Context, took time.Duration)
	// SlowReader says that a connection was closed because it did not read.
	SlowReader()
	// Crowded says that a connection from the address was closed because its user
	// has too many.
	Crowded(address string)
}

// Needs is what a gate is built from.
type Needs struct {
	Backend    *backend.Backend
	Authn      Authenticator
	Hub        *hub.Hub
	Source     Source
	Sender     Sender
	Encoder    hub.Encoder
	Attendance Attendance
	Stats      Stats
	Quota      *quota.Quota // nil is no limits
	Meter      Meter        // nil hears nothing
	MaxPerUser int          // connections at once; 0 is any number
	// Warning is how long before the end of a login its connections are told;
	// 0 is never.
	Warning time.Duration
	Log     *slog.Logger
	Tracer  trace.Tracer // nil makes no spans
}

// Gate is all sessions of a pod. It is safe for concurrent use.
type Gate struct {
	needs Needs
	keys  atomic.Uint64

	mu       sync.Mutex
	sessions map[*Session]struct{}
	byLogin  map[id.Session][]*Session
	byUser   map[id.User]int // connections, if they are bounded
	empty    chan struct{}   // closed when the last session ends; nil unless somebody waits
	leaving  bool
}

// NewGate returns a gate without sessions.
func NewGate(n Needs) *Gate {
	if n.Tracer == nil {
		n.Tracer = noop.Tracer{}
	}
	return &Gate{needs: n, sessions: map[*Session]struct{}{}, byLogin: map[id.Session][]*Session{}}
}

// Open begins a session on a link and says hello. The form is a plain one. The
// caller hands over what the client says through Handle, and calls Close in the
// end.
func (g *Gate) Open(l Link, form frame.Form, address string) *Session {
	s := &Session{gate: g, link: l, address: address, from: quota.From(address), key: g.keys.Add(1), since: time.Now()}
	s.form.Store(uint32(form))
	s.answers.link = l
	s.answers.cond.L = &s.answers.mu
	g.mu.Lock()
	g.sessions[s] = struct{}{}
	leaving := g.leaving
	g.mu.Unlock()
	s.push(form.Encode(hello()))
	if leaving {
		s.fatal(clientv1.CodeGoingAway, "this gateway is about to stop")
	}
	return s
}

func (g *Gate) register(s *Session) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.byLogin[s.login] = append(g.byLogin[s.login], s)
}

func (g *Gate) forget(s *Session) {
	g.unregister(s)
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.sessions, s)
	if len(g.sessions) == 0 && g.empty != nil {
		close(g.empty)
		g.empty = nil
	}
}

// unregister undoes register, if it was called.
func (g *Gate) unregister(s *Session) {
	g.mu.Lock()
	defer g.mu.Unlock()
	list := slices.DeleteFunc(g.byLogin[s.login], func(other *Session) bool { return other == s })
	if g.byLogin[s.login] = list; len(list) == 0 {
		delete(g.byLogin, s.login)
	}
}

// Revoke ends the connections of a login.
func (g *Gate) Revoke(login id.Session) {
	g.mu.Lock()
	list := append([]*Session(nil), g.byLogin[login]...)
	g.mu.Unlock()
	for _, s := range list {
		s.fatal(clientv1.CodeSessionRevoked, "this session has ended, log in again")
	}
}

// Drain asks all clients to go elsewhere, spread over the window so that they
// do not arrive there all at once, and ends their connections. It returns when
// none is left, or when ctx ends.
func (g *Gate) Drain(ctx context.Context, window time.Duration) {
	g.mu.Lock()
	g.leaving = true
	list := make([]*Session, 0, len(g.sessions))
	for s := range g.sessions {
		list = append(list, s)
	}
	empty := make(chan struct{})
	if g.empty = empty; len(list) == 0 {
		close(empty)
		g.empty = nil
	}
	g.mu.Unlock()
	const grace = 500 * time.Millisecond // for a client to go by itself
	for _, s := range list {
		after := rand.N(max(window, 1)) //nolint:gosec // spreads load, guards nothing
		s.reconnect(after)
		time.AfterFunc(after+grace, func() { s.fatal(clientv1.CodeGoingAway, "this gateway is about to stop") })
	}
	select {
	case <-empty:
	case <-ctx.Done():
	}
}

// Count returns how many sessions there are.
func (g *Gate) Count() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.sessions)
}
