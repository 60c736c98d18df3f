// Package authn says who makes a request: it verifies tokens without a call,
// with the public keys of auth, and knows which sessions were revoked.
//
// A revoked session is heard of from the bus, at once, and from auth, which is
// asked every second. The bus may be silent without being noticed, so only
// auth's answers count as knowledge: when the last one is older than ten
// seconds nobody new is let in.
package authn

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"

	"github.com/lair-chat/lair/pkg/bus"
	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
)

// Topic is the bus topic of revocations. A message is the 16 raw bytes of the
// id of a session.
const Topic = "revocation"

const (
	askEvery  = time.Second
	askTime   = 3 * time.Second  // of one question
	tooOld    = 10 * time.Second // since the last answer about revocations
	keysEvery = time.Minute
	keysAgain = 5 * time.Second // at the soonest, for a key that is not known
)

// TokenLife is the longest time for which auth makes a token valid, if
// [Needs] does not say otherwise.
const TokenLife = 24 * time.Hour

// Auth is the part of the auth service that is asked.
type Auth interface {
	KeySet(ctx context.Context, in *authv1.KeySetRequest, opts ...grpc.CallOption) (*authv1.KeySetResponse, error)
	RevokedSince(ctx context.Context, in *authv1.RevokedSinceRequest, opts ...grpc.CallOption) (*authv1.RevokedSinceResponse, error)
}

// Needs is what an Authn is built from.
type Needs struct {
	Auth Auth
	Bus  bus.Bus
	Now  func() time.Time
	Log  *slog.Logger
	// TokenLife is the longest life of a token; 0 is 24 hours.
	TokenLife time.Duration
}

// Identity is who makes a request.
type Identity struct {
	User     id.User
	Session  id.Session
	Username string // when the token was made
	Role     string // likewise: user, moderator or admin
	Expires  time.Time
}

// Authn verifies tokens. It is safe for concurrent use.
type Authn struct {
	needs   Needs
	keys    keys
	revoked revoked
	// answered is when auth was last asked about revocations and answered;
	// nil if never.
	answered atomic.Pointer[time.Time]

	mu        sync.Mutex
	listeners []func(id.Session)
}

// New returns an Authn that lets nobody in until Run is running.
func New(n Needs) *Authn {
	if n.TokenLife == 0 {
		n.TokenLife = TokenLife
	}
	// An hour more, because clocks differ.
	return &Authn{needs: n, keys: keys{auth: n.Auth, now: n.Now}, revoked: revoked{life: n.TokenLife + time.Hour}}
}

// OnRevoked has heard called once for each session that is revoked from now on,
// by any goroutine. It must not block.
func (a *Authn) OnRevoked(heard func(id.Session)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.listeners = append(a.listeners, heard)
}

// Ready is nil if logins can be checked now: auth, and the database behind it,
// answered within the last seconds. Errors: unavailable.
func (a *Authn) Ready() error {
	if at := a.answered.Load(); at == nil || a.needs.Now().Sub(*at) > tooOld {
		return unavailable(nil)
	}
	return nil
}

// Authenticate says whose token it is. Errors: invalid_token, invalid_claims,
// token_expired, session_not_found if the session was revoked, unavailable if
// that, or the key of the token, cannot be known now.
func (a *Authn) Authenticate(ctx context.Context, text string) (Identity, error) {
	who, err := a.keys.verify(ctx, text)
	if err != nil {
		return Identity{}, err
	}
	if a.revoked.has(who.Session) {
		return Identity{}, fault.New(fault.Unauthenticated, "session_not_found", "this session has ended, log in again")
	}
	if err := a.Ready(); err != nil {
		return Identity{}, err
	}
	return who, nil
}

// Run keeps the keys and the revocations until ctx ends.
func (a *Authn) Run(ctx context.Context) error {
	defer a.needs.Bus.Subscribe(Topic, listener{a})()
	var g errgroup.Group
	g.Go(func() error { a.askForKeys(ctx); return nil })
	g.Go(func() error { a.askForRevoked(ctx); return nil })
	return g.Wait()
}

func (a *Authn) askForKeys(ctx context.Context) {
	again := time.NewTimer(0)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-again.C:
		}
		err := a.keys.fetch(ctx)
		if err == nil {
			again.Reset(keysEvery)
			continue
		}
		if ctx.Err() == nil {
			a.needs.Log.WarnContext(ctx, "keys of tokens were not read", "err", err)
		}
		again.Reset(askEvery)
	}
}

func (a *Authn) askForRevoked(ctx context.Context) {
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	var cursor int64
	for silent := false; ; {
		asked := a.needs.Now()
		next, more, err := a.ask(ctx, cursor)
		switch {
		case err == nil && more:
			cursor = next
			continue // what is known is not yet all
		case err == nil:
			cursor = next
			a.answered.Store(&asked)
		case ctx.Err() == nil && !silent: // once, not every second
			a.needs.Log.WarnContext(ctx, "revoked sessions were not read", "err", err)
		}
		silent = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// ask hears of the next page of revoked sessions. There may be more unless it
// was empty.
func (a *Authn) ask(ctx context.Context, cursor int64) (next int64, more bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	res, err := a.needs.Auth.RevokedSince(ctx, &authv1.RevokedSinceRequest{Cursor: cursor})
	if err != nil {
		return cursor, false, err
	}
	for _, b := range res.GetSessionIds() {
		a.hear(b)
	}
	next = res.GetCursor()
	return next, len(res.GetSessionIds()) > 0 && next != cursor, nil
}

// hear tells the listeners of a session that was not yet known to be revoked.
func (a *Authn) hear(raw []byte) {
	u, err := id.FromBytes(raw)
	if err != nil {
		return
	}
	s := id.Session{UUID: u}
	if !a.revoked.add(s, a.needs.Now()) {
		return
	}
	a.mu.Lock()
	listeners := a.listeners
	a.mu.Unlock()
	for _, heard := range listeners {
		heard(s)
	}
}

// listener hears the bus.
type listener struct{ authn *Authn }

// Listening implements bus.Handler. What was missed is asked for anyway.
func (listener) Listening() {}

// Deliver implements bus.Handler.
func (l listener) Deliver(data []byte) { l.authn.hear(data) }

func unavailable(cause error) error {
	return fault.Wrap(cause, fault.Unavailable, "unavailable", "logins cannot be checked now, try again")
}
