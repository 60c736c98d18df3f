package backend

import (
	"context"

	authv1 "github.com/lair-chat/lair/proto/auth/v1"
)

// SendNotice says something to everybody who is connected now. The acting user
// must be an administrator. Errors: permission_denied, validation_failed,
// unavailable.
func (b *Backend) SendNotice(ctx context.Context, message, severity string) error {
	_, err := b.Auth.SendNotice(ctx, &authv1.SendNoticeRequest{Message: message, Severity: severity})
	return err
}
