package session

import (
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// seat counts a connection of the user, unless there are too many.
func (g *Gate) seat(u id.User) bool {
	if g.needs.MaxPerUser <= 0 {
		return true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.byUser[u] >= g.needs.MaxPerUser {
		return false
	}
	if g.byUser == nil {
		g.byUser = map[id.User]int{}
	}
	g.byUser[u]++
	return true
}

// unseat undoes seat.
func (g *Gate) unseat(u id.User) {
	if g.needs.MaxPerUser <= 0 {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.byUser[u]--; g.byUser[u] <= 0 {
		delete(g.byUser, u)
	}
}

// crowded ends a connection of a user who has too many.
func (s *Session) crowded() {
	s.gate.needs.Stats.Crowded(s.address)
	s.gate.unregister(s)
	s.fatal(clientv1.CodeCrowded, "you have too many connections, close one of them")
	s.state = closing
}
