package backend

import (
	"context"

	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/object"
)

// UpdateProfile changes what the acting user says of itself. Errors:
// email_invalid, email_taken, validation_failed.
func (b *Backend) UpdateProfile(ctx context.Context, p clientv1.ProfileBody) (clientv1.User, error) {
	req := &authv1.UpdateProfileRequest{Email: p.Email}
	if p.DisplayName.Asked {
		req.DisplayName = &p.DisplayName.Text
	}
	res, err := b.Auth.UpdateProfile(ctx, req)
	return object.User(res.GetUser()), err
}

// RevokeOtherSessions ends all sessions of the acting user but the acting one.
// Errors: session_not_found, session_expired.
func (b *Backend) RevokeOtherSessions(ctx context.Context) error {
	_, err := b.Auth.RevokeOtherSessions(ctx, &authv1.RevokeOtherSessionsRequest{})
	return err
}
