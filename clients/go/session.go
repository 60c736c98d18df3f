package lair

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

const (
	pingEvery    = 30 * time.Second
	readTimeout  = 90 * time.Second // three pings without an answer
	writeTimeout = 30 * time.Second
	// maxEarly is how many frames may come before the answers of the handshake.
	maxEarly = 1024
)

// session is one connection, from dialling to the end.
type session struct {
	t    transport
	ctx  context.Context
	stop context.CancelFunc // closes the transport
	wake chan struct{}      // tells the writer to look for work

	early  [][]byte // came during the handshake
	resets []Event  // were in the answer to resume and are not yet handed out
	moving bool     // the reader saw a reconnect

	// Guarded by Link.mu.
	next     *session // the connection to move to
	draining bool     // nothing new is written any more
	pings    []*call  // waiting for their pongs; nil for the session's own
}

func (l *Link) newSession(t transport) *session {
	ctx, cancel := context.WithCancel(l.ctx)
	undo := context.AfterFunc(ctx, t.close)
	return &session{
		t: t, ctx: ctx, wake: make(chan struct{}, 1),
		stop: func() {
			if undo() {
				t.close()
			}
			cancel()
		},
	}
}

// kick makes the writer look for work. It never waits.
func (s *session) kick() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// receive returns the next frame, those of the handshake first.
func (s *session) receive() ([]byte, error) {
	if len(s.early) > 0 {
		raw := s.early[0]
		s.early = s.early[1:]
		return raw, nil
	}
	return s.t.read(readTimeout)
}

func (s *session) say(commands ...clientv1.Command) error {
	frames := make([][]byte, 0, len(commands))
	for _, c := range commands {
		raw, err := json.Marshal(c) //nolint:gosec // a password is for the server
		if err != nil {
			return err
		}
		frames = append(frames, raw)
	}
	return s.t.write(writeTimeout, frames...)
}

// hello reads the first frame.
func (s *session) hello() (h clientv1.ServerHello, err error) {
	raw, err := s.t.read(readTimeout)
	if err != nil {
		return h, fmt.Errorf("no word of welcome: %w", err)
	}
	if err := json.Unmarshal(raw, &h); err != nil || h.Type != clientv1.TypeServerHello {
		return h, fmt.Errorf("the server did not begin with %s", clientv1.TypeServerHello)
	}
	return h, nil
}

// await reads until the response to the request comes, and decodes it. What
// comes before is kept for receive.
func (s *session) await(requestID string, response any) error {
	for len(s.early) <= maxEarly {
		raw, err := s.t.read(readTimeout)
		if err != nil {
			return err
		}
		f, err := decodeFrame(raw)
		switch {
		case err != nil:
			return err
		case f.Type == clientv1.TypeError:
			return refused(raw)
		case f.isResponse() && f.RequestID != nil && *f.RequestID == requestID:
			if err := refused(raw); err != nil {
				return err
			}
			return json.Unmarshal(raw, response)
		case f.Type != clientv1.TypePong:
			s.early = append(s.early, raw)
		}
	}
	return fmt.Errorf("the server did not answer, after %d frames", maxEarly)
}

// refused returns the error of a response or an error frame, as a
// *clientv1.Error, and nil if the response is a success.
func refused(raw []byte) error {
	var r clientv1.Response
	if err := json.Unmarshal(raw, &r); err != nil {
		return err
	}
	if r.Type == clientv1.TypeError {
		e := new(clientv1.Error)
		if err := json.Unmarshal(raw, e); err != nil {
			return err
		}
		return e
	}
	switch {
	case r.Success:
		return nil
	case r.Error == nil:
		return refusal("internal_error", "the server refused without a reason")
	default:
		return r.Error
	}
}
