package session

import (
	"github.com/lair-chat/lair/pkg/fault"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

var errNoToken = fault.New(fault.Invalid, "invalid_message", "field token is missing")

// Carry gives the session the token that came with the request for the
// connection, for the command authenticate without one. It is called before
// Handle.
func (s *Session) Carry(token string) { s.carried = token }

// lend puts that token into authenticate if it has none. Who knows that this can
// be done is told as of any other token that there is no use in it.
func (s *Session) lend(c *clientv1.Command) error {
	if c.Type != clientv1.TypeAuthenticate || c.Token != nil {
		return nil
	}
	if s.carried == "" && !s.Form().Resumes() {
		return errNoToken
	}
	c.Token = new(s.carried)
	return nil
}
