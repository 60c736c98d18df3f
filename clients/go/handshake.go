package lair

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// handshakeTimeout bounds dialling and authenticating, and then resuming.
const handshakeTimeout = 15 * time.Second

// errNoResume says that the server cannot do what is promised.
var errNoResume = errors.New("the server does not offer the feature resume")

// open makes a session that is ready to be served.
func (l *Link) open(ctx context.Context) (*session, error) {
	s, err := l.connect(ctx)
	if err != nil {
		return nil, err
	}
	if err := l.resume(ctx, s); err != nil {
		return nil, err
	}
	return s, nil
}

// connect dials and authenticates. A token that is refused is replaced once.
func (l *Link) connect(ctx context.Context) (*session, error) {
	for first := true; ; first = false {
		token, err := l.currentToken(ctx)
		if err != nil {
			return nil, fmt.Errorf("a token: %w", err)
		}
		s, err := l.login(ctx, token)
		if err == nil || !stale(Code(err)) {
			return s, err
		}
		if l.opts.TokenSource == nil || !first {
			return nil, err
		}
		l.opts.Log.InfoContext(ctx, "token was refused", "code", Code(err))
		l.spoil(token)
	}
}

// currentToken returns the token in use; if there is none, it asks for one.
func (l *Link) currentToken(ctx context.Context) (string, error) {
	l.source.Lock()
	defer l.source.Unlock()
	l.mu.Lock()
	token := l.token
	l.mu.Unlock()
	if token != "" {
		return token, nil
	}
	token, err := l.opts.TokenSource(ctx)
	if err == nil && token == "" {
		err = errors.New("the token source returned none")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.token = token
	return token, err
}

// spoil says that the token is no longer good; "" means the one in use.
func (l *Link) spoil(token string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if token == "" || l.token == token {
		l.token = ""
	}
}

// login dials, says hello and authenticates.
func (l *Link) login(ctx context.Context, token string) (_ *session, err error) {
	ctx, cancel := context.WithTimeout(ctx, handshakeTimeout)
	defer cancel()
	t, err := l.dial(ctx)
	if err != nil {
		return nil, err
	}
	s := l.newSession(t)
	defer s.guard(ctx, &err)()

	h, err := s.hello()
	switch {
	case err != nil:
		return nil, err
	case !strings.HasPrefix(h.Version, "1."):
		return nil, refusal("version_mismatch", "the server speaks version "+strconv.Quote(h.Version))
	case h.EncryptionRequired && !l.opts.Encrypt:
		return nil, refusal("encryption_required", "the server wants encryption below the protocol")
	case l.opts.resumes() && !slices.Contains(h.Features, clientv1.FeatureResume):
		return nil, errNoResume
	case l.opts.Encrypt && !slices.Contains(h.Features, clientv1.FeatureEncryption):
		return nil, errNoEncryption
	}
	// A hello that pleases is not answered, so there is nothing to wait for.
	request := l.requestID()
	greeting := clientv1.Command{
		Type: clientv1.TypeClientHello, Version: new(clientv1.Version),
		ClientName: &l.opts.ClientName, Features: l.opts.Features,
	}
	login := clientv1.Command{Type: clientv1.TypeAuthenticate, RequestID: &request, Token: &token}
	if l.opts.Encrypt {
		if err = s.encrypt(greeting); err == nil {
			err = s.say(login)
		}
	} else {
		err = s.say(greeting, login)
	}
	if err != nil {
		return nil, err
	}
	var r clientv1.SessionResponse
	if err := s.await(request, &r); err != nil {
		return nil, fmt.Errorf("authenticate: %w", err)
	}
	return s, nil
}

// resume names the positions, waits for the answer and takes note of it, so
// that positions are known before anything is handed out. A session that cannot
// be resumed is stopped.
func (l *Link) resume(ctx context.Context, s *session) (err error) {
	if !l.opts.resumes() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, handshakeTimeout)
	defer cancel()
	defer s.guard(ctx, &err)()

	request := l.requestID()
	have := l.have.positions()
	err = s.say(clientv1.Command{
		Type: clientv1.TypeResume, RequestID: &request,
		Positions: have.Conversations, UserSeq: have.UserSeq,
	})
	if err != nil {
		return err
	}
	resumed := new(clientv1.ResumeResponse)
	for more := true; more; more = resumed.More {
		sofar := resumed.Conversations
		*resumed = clientv1.ResumeResponse{}
		if err := s.await(request, resumed); err != nil {
			return fmt.Errorf("resume: %w", err)
		}
		resumed.Conversations = append(sofar, resumed.Conversations...)
	}
	var heads Positions
	s.resets, heads = l.have.resumed(resumed)
	l.adopt(heads)
	return nil
}

// guard stops the session when ctx ends before the returned function is called,
// or when *err is set by then. An error that comes from the stop is replaced by
// that of the context, which is the reason.
func (s *session) guard(ctx context.Context, err *error) func() {
	release := context.AfterFunc(ctx, s.stop)
	return func() {
		if !release() {
			*err = fmt.Errorf("the server did not answer in time: %w", ctx.Err())
		}
		if *err != nil {
			s.stop()
		}
	}
}

func (l *Link) requestID() string { return strconv.FormatUint(l.ids.Add(1), 10) }
