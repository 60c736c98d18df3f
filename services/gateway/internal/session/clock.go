package session

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
)

const (
	// clockEvery is the time between two looks at all logins, and so the most by
	// which a word about an end comes late. One clock for all connections: a
	// timer for each would cost more memory than the connection.
	clockEvery = 20 * time.Second
	// clockChecks is how many logins are checked at once: many end together if
	// they began together.
	clockChecks = 8
)

// Clock warns connections whose login ends soon, and ends those whose login has
// ended although the client says nothing, until ctx ends.
func (g *Gate) Clock(ctx context.Context) error {
	tick := time.NewTicker(clockEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		checks, checking := errgroup.WithContext(ctx)
		checks.SetLimit(clockChecks)
		for _, list := range g.due(time.Now()) {
			checks.Go(func() error { return g.check(checking, list) })
		}
		// What auth cannot say now it is asked for at the next stroke; until then
		// the connections stay.
		if err := checks.Wait(); err != nil && ctx.Err() == nil {
			g.needs.Log.WarnContext(ctx, "ends of logins were not checked", "err", err)
		}
	}
}

// due returns the logins that have ended, or about whose end somebody has yet to
// be told, as far as is known here: each with all its connections.
func (g *Gate) due(now time.Time) [][]*Session {
	g.mu.Lock()
	defer g.mu.Unlock()
	var all [][]*Session
	for _, list := range g.byLogin {
		due := false
		for _, s := range list {
			due = due || s.due(now, g.needs.Warning)
		}
		if !due {
			continue
		}
		var in []*Session
		for _, s := range list {
			if s.expires.Load() != 0 {
				in = append(in, s)
			}
		}
		all = append(all, in)
	}
	return all
}

// due reports whether the end that is known is reached, or near and unheard of.
func (s *Session) due(now time.Time, warning time.Duration) bool {
	end := s.expires.Load()
	return end != 0 && (now.UnixMicro() >= end || end != s.warned && near(now, end, warning))
}

func near(now time.Time, end int64, warning time.Duration) bool {
	return warning > 0 && now.Add(warning).UnixMicro() >= end
}

// check asks auth, because the login may have been extended over HTTP, and tells
// the connections what is new.
func (g *Gate) check(ctx context.Context, list []*Session) error {
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	who := rpc.Actor{User: list[0].user, Session: list[0].login}
	_, login, err := g.needs.Backend.CheckSession(rpc.WithActor(rpc.WithRequestID(ctx, ""), who))
	if err != nil {
		if fault.KindOf(err) != fault.Unauthenticated {
			return err
		}
		for _, s := range list {
			s.over()
		}
		return nil
	}
	end := login.ExpiresAt.UnixMicro()
	soon := near(time.Now(), end, g.needs.Warning)
	var frames [frame.Forms][]byte
	for _, s := range list {
		s.expires.Store(end)
		if !soon || s.warned == end {
			continue
		}
		s.warned = end
		f := s.Form()
		if frames[f] == nil {
			frames[f] = expiring(f, who.Session, login)
		}
		s.push(frames[f])
	}
	return nil
}

func expiring(f frame.Form, s id.Session, login clientv1.Session) []byte {
	return f.Encode(clientv1.SessionExpiring{Type: clientv1.TypeSessionExpiring, SessionID: s, ExpiresAt: login.ExpiresAt})
}

// over ends a connection whose login has ended. Before its time that is a
// revocation whose bell was not heard.
func (s *Session) over() {
	if time.Now().UnixMicro() < s.expires.Load() {
		s.fatal(clientv1.CodeSessionRevoked, "this session has ended, log in again")
		return
	}
	s.fatal(clientv1.CodeSessionExpired, "this session has expired, log in again")
}
