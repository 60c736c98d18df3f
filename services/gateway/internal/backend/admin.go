package backend

import (
	"context"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/object"
)

// BanUser keeps a user out until a time of RFC 3339, or for good if that is nil.
// The acting user must be an administrator. Errors: permission_denied,
// user_not_found, validation_failed.
func (b *Backend) BanUser(ctx context.Context, u id.User, reason string, until *string) error {
	req := &authv1.BanRequest{UserId: u.Bytes(), Reason: reason}
	if until != nil {
		at, err := time.Parse(time.RFC3339, *until)
		if err != nil || at.UnixMicro() <= 0 {
			return fault.New(fault.Invalid, "validation_failed", "until must be a time of RFC 3339 in the future")
		}
		req.Until = at.UnixMicro()
	}
	_, err := b.Auth.Ban(ctx, req)
	return err
}

// UnbanUser lets a user log in again. The acting user must be an administrator.
// Errors: permission_denied, user_not_found.
func (b *Backend) UnbanUser(ctx context.Context, u id.User) error {
	_, err := b.Auth.Unban(ctx, &authv1.UnbanRequest{UserId: u.Bytes()})
	return err
}

// CreateReset returns a secret with which a user can choose a new password
// once. The acting user must be an administrator. Errors: permission_denied,
// user_not_found.
func (b *Backend) CreateReset(ctx context.Context, u id.User) (clientv1.ResetBody, error) {
	res, err := b.Auth.CreateReset(ctx, &authv1.CreateResetRequest{UserId: u.Bytes()})
	return clientv1.ResetBody{Token: res.GetToken(), ExpiresAt: clientv1.Micros(res.GetExpiresAt())}, err
}

// ResetPassword sets the password of the user that the secret was made for.
// Errors: reset_token_invalid, password_too_weak, busy.
func (b *Backend) ResetPassword(ctx context.Context, secret, next string, from Client) error {
	_, err := b.Auth.ResetPassword(ctx, &authv1.ResetPasswordRequest{Token: secret, NewPassword: next, Client: from.wire()})
	return err
}

// Audit returns a page of the audit log, the newest first, after the page that
// ended with the cursor; "" is the beginning. The acting user must be an
// administrator. Errors: permission_denied, validation_failed.
func (b *Backend) Audit(ctx context.Context, cursor string, limit *uint32) (clientv1.AuditBody, error) {
	ask, show := size(limit)
	req := &authv1.ListAuditRequest{Limit: ask}
	if cursor != "" {
		u, err := id.Parse(cursor)
		if err != nil {
			return clientv1.AuditBody{}, fault.New(fault.Invalid, "validation_failed", "parameter cursor is not valid")
		}
		req.BeforeId = u.Bytes()
	}
	res, err := b.Auth.ListAudit(ctx, req)
	if err != nil {
		return clientv1.AuditBody{}, err
	}
	acts := cut(res.GetActs(), show)
	body := clientv1.AuditBody{Entries: make([]clientv1.Act, len(acts)), HasMore: res.GetHasMore() || len(acts) < len(res.GetActs())}
	for i, a := range acts {
		body.Entries[i] = object.Act(a)
	}
	if body.HasMore && len(acts) > 0 {
		body.Cursor = body.Entries[len(acts)-1].ID.String()
	}
	return body, nil
}
