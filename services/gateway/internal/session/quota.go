package session

import (
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/quota"
)

// charge takes a token for what the client says. The error is a *quota.Refused.
func (s *Session) charge(t quota.Tier) error {
	who := s.from
	if s.state == authenticated {
		who.User = s.user
		if t == quota.Auth {
			t = quota.Requests // too late for a login: nothing is tried
		}
	}
	_, err := s.gate.needs.Quota.Take(t, who)
	return err
}

// admit takes a token for a command. If there is none the command is answered,
// in its turn, and not carried out.
func (s *Session) admit(c *clientv1.Command) bool {
	t := quota.Command(c.Type)
	if c.Type == clientv1.TypeAuthenticate && s.state == awaitingAuth {
		t = quota.Free // counted when it is known who it is
	}
	err := s.charge(t)
	switch {
	case err == nil:
		return true
	case c.Type == clientv1.TypeSendMessage && s.state == authenticated:
		s.note(response(c, err))
		place := s.answers.reserve() // those before it need not be waited for
		if err := s.answers.fill(place, s.Form().Encode(response(c, err))); err != nil {
			s.overflow(err)
		}
	case s.state == authenticated, c.Type == clientv1.TypeLogin, c.Type == clientv1.TypeRegister:
		s.answers.settle()
		s.reply(response(c, err))
	default:
		s.pushError(c.RequestID, err)
	}
	return false
}
