package backend

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/object"
)

// Client says where a login comes from: what the client calls itself, and its
// address. Both may be empty.
type Client struct {
	UserAgent string
	Address   string
}

const maxUserAgent = 256 // bytes

func (c Client) wire() *authv1.Client {
	return &authv1.Client{UserAgent: clean(c.UserAgent, maxUserAgent), Address: c.Address}
}

// clean makes what a client sent fit to be stored as text.
func clean(s string, size int) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "")
	if len(s) <= size {
		return s
	}
	for size > 0 && !utf8.RuneStart(s[size]) {
		size--
	}
	return s[:size]
}

// Register makes a user and logs it in. Errors: username_invalid,
// email_invalid, password_too_weak, username_taken, email_taken, busy.
func (b *Backend) Register(ctx context.Context, username, email, password string, from Client) (clientv1.SessionBody, error) {
	res, err := b.Auth.Register(ctx, &authv1.RegisterRequest{
		Username: username, Email: email, Password: password, Client: from.wire(),
	})
	if err != nil {
		return clientv1.SessionBody{}, err
	}
	return clientv1.SessionBody{
		User: object.User(res.GetUser()), Session: object.Session(res.GetSession()), Token: res.GetToken(),
	}, nil
}

// Login accepts a user name or an e-mail address. Errors: invalid_credentials,
// account_locked, busy.
func (b *Backend) Login(ctx context.Context, identifier, password string, from Client) (clientv1.SessionBody, error) {
	res, err := b.Auth.Login(ctx, &authv1.LoginRequest{
		Identifier: identifier, Password: password, Client: from.wire(),
	})
	if err != nil {
		return clientv1.SessionBody{}, err
	}
	return clientv1.SessionBody{
		User: object.User(res.GetUser()), Session: object.Session(res.GetSession()), Token: res.GetToken(),
	}, nil
}

// Logout ends the acting session. Errors: session_not_found.
func (b *Backend) Logout(ctx context.Context) error {
	_, err := b.Auth.Logout(ctx, &authv1.LogoutRequest{})
	return err
}

// Refresh extends the acting session and returns a new token. Errors:
// session_not_found, session_expired.
func (b *Backend) Refresh(ctx context.Context) (clientv1.TokenBody, error) {
	res, err := b.Auth.Refresh(ctx, &authv1.RefreshRequest{})
	if err != nil {
		return clientv1.TokenBody{}, err
	}
	return clientv1.TokenBody{Token: res.GetToken(), ExpiresAt: object.Session(res.GetSession()).ExpiresAt}, nil
}

// ChangePassword ends all other sessions of the acting user. Errors:
// incorrect_password, password_too_weak.
func (b *Backend) ChangePassword(ctx context.Context, current, next string) error {
	_, err := b.Auth.ChangePassword(ctx, &authv1.ChangePasswordRequest{CurrentPassword: current, NewPassword: next})
	return err
}

// CheckSession returns the acting user, with its e-mail address, and the
// session, if auth confirms that it is in force. Errors: session_not_found,
// session_expired.
func (b *Backend) CheckSession(ctx context.Context) (clientv1.User, clientv1.Session, error) {
	res, err := b.Auth.CheckSession(ctx, &authv1.CheckSessionRequest{})
	if err != nil {
		return clientv1.User{}, clientv1.Session{}, err
	}
	return object.User(res.GetUser()), object.Session(res.GetSession()), nil
}

// ListSessions lists the sessions of the acting user, the newest first.
func (b *Backend) ListSessions(ctx context.Context) (clientv1.SessionsBody, error) {
	res, err := b.Auth.ListSessions(ctx, &authv1.ListSessionsRequest{})
	if err != nil {
		return clientv1.SessionsBody{}, err
	}
	actor, _ := rpc.ActorFrom(ctx)
	list := make([]clientv1.SessionDetail, len(res.GetSessions()))
	for i, s := range res.GetSessions() {
		list[i] = object.SessionDetail(s, actor.Session)
	}
	return clientv1.SessionsBody{Sessions: list}, nil
}

// RevokeSession ends a session of the acting user, which may be the acting one.
// Errors: session_not_found.
func (b *Backend) RevokeSession(ctx context.Context, s id.Session) error {
	_, err := b.Auth.RevokeSession(ctx, &authv1.RevokeSessionRequest{SessionId: s.Bytes()})
	return err
}
