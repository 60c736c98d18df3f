package backend

import (
	"context"

	"github.com/lair-chat/lair/pkg/id"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
	"github.com/lair-chat/lair/services/gateway/internal/object"
)

// forGood is the end of a ban without an end: 9999-12-31, in microseconds.
const forGood = 253402214400_000000

// GetAccount shows a user with its ban, to administrators and moderators.
// Errors: permission_denied, user_not_found.
func (b *Backend) GetAccount(ctx context.Context, u id.User) (clientv1.AccountBody, error) {
	res, err := b.Auth.GetAccount(ctx, &authv1.GetAccountRequest{UserId: u.Bytes()})
	if err != nil {
		return clientv1.AccountBody{}, err
	}
	body := clientv1.AccountBody{User: object.User(res.GetUser()), Online: b.online(ctx, [][]byte{u.Bytes()})[u]}
	if until := res.GetBannedUntil(); until != 0 {
		body.Ban = &clientv1.AccountBan{Reason: res.GetBanReason()}
		if until < forGood {
			body.Ban.Until = new(clientv1.Micros(until))
		}
	}
	return body, nil
}

// SetUserRole gives a user a role in the system. The acting user must be an
// administrator. Errors: permission_denied, validation_failed, user_not_found,
// last_admin.
func (b *Backend) SetUserRole(ctx context.Context, u id.User, role string) (clientv1.User, error) {
	res, err := b.Auth.SetRole(ctx, &authv1.SetRoleRequest{UserId: u.Bytes(), Role: role})
	return object.User(res.GetUser()), err
}

// RemoveRoom deletes a room for an administrator or a moderator. Auth, which
// knows the roles of now, is asked first, and notes the order in the same step:
// if the rest fails the audit log has an order that came to nothing, but never a
// room goes without one. Errors: permission_denied, validation_failed,
// room_not_found.
func (b *Backend) RemoveRoom(ctx context.Context, r id.Room, reason string) error {
	if _, err := b.Auth.OrderRoomDeletion(ctx, &authv1.OrderRoomDeletionRequest{RoomId: r.Bytes(), Reason: reason}); err != nil {
		return err
	}
	_, err := b.Rooms.RemoveRoom(ctx, &roomv1.RemoveRoomRequest{RoomId: r.Bytes()})
	return err
}
