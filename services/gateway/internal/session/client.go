package session

import (
	"errors"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
	"github.com/lair-chat/lair/services/gateway/internal/sock"
)

// A session is a client of the hub, whose calls must not wait.

// User implements hub.Client.
func (s *Session) User() id.User { return s.user }

// Form implements hub.Client.
func (s *Session) Form() frame.Form { return frame.Form(s.form.Load()) } //nolint:gosec // stored as one

// Push implements hub.Client.
func (s *Session) Push(frames []byte) { s.push(frames) }

// PushPassing implements hub.Client.
func (s *Session) PushPassing(frames []byte) {
	if !s.link.Busy() {
		s.push(frames)
	}
}

// Added implements hub.Client.
func (s *Session) Added(c id.Conversation, first int64) {
	s.attach(hub.Conversation(c), first-1, first-1)
}

// overflow ends a connection that did not take frames because it is full; any
// other is over.
func (s *Session) overflow(err error) {
	if !errors.Is(err, sock.ErrFull) {
		return
	}
	s.gate.needs.Stats.SlowReader()
	s.fatal(clientv1.CodeSlowReader, "you do not read fast enough, come back and resume")
}

// reconnect asks a client that understands it to go elsewhere after a while.
func (s *Session) reconnect(after time.Duration) {
	s.mu.Lock()
	resumed := s.resumed
	s.mu.Unlock()
	if resumed && s.Form().Resumes() {
		s.reply(clientv1.Reconnect{Type: clientv1.TypeReconnect, AfterMS: after.Milliseconds()})
	}
}
