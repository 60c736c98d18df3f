package backend

import (
	"context"
	"strings"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
	"github.com/lair-chat/lair/services/gateway/internal/object"
)

// role reads the name of a role as 0.8 does, but that it knows no others.
func role(name string) (eventv1.Role, error) {
	switch strings.ToLower(name) {
	case "owner":
		return eventv1.Role_ROLE_OWNER, nil
	case "moderator", "admin":
		return eventv1.Role_ROLE_MODERATOR, nil
	case "member":
		return eventv1.Role_ROLE_MEMBER, nil
	}
	return 0, fault.New(fault.Invalid, "validation_failed", "a role must be owner, moderator or member")
}

// SetRole changes the role of a member. Errors: validation_failed,
// not_room_member, permission_denied, last_owner.
func (b *Backend) SetRole(ctx context.Context, r id.Room, u id.User, name string) (clientv1.MemberBody, error) {
	to, err := role(name)
	if err != nil {
		return clientv1.MemberBody{}, err
	}
	res, err := b.Rooms.SetRole(ctx, &roomv1.SetRoleRequest{RoomId: r.Bytes(), UserId: u.Bytes(), Role: to})
	if err != nil {
		return clientv1.MemberBody{}, err
	}
	return b.member(ctx, res.GetMember()), nil
}

// member shows a member. The change is committed, so a name that cannot be had
// is left empty rather than failing.
func (b *Backend) member(ctx context.Context, m *roomv1.Member) clientv1.MemberBody {
	u := object.UserID(m.GetUserId())
	name, _ := b.Directory.Name(ctx, u)
	return clientv1.MemberBody{Member: object.Member(m, name, b.online(ctx, [][]byte{m.GetUserId()})[u])}
}

// Kick ends the membership of somebody else. Errors: not_room_member,
// permission_denied.
func (b *Backend) Kick(ctx context.Context, r id.Room, u id.User) error {
	_, err := b.Rooms.KickMember(ctx, &roomv1.KickMemberRequest{RoomId: r.Bytes(), UserId: u.Bytes()})
	return err
}

// UpdateRoom changes what the body names. Errors: room_not_found,
// not_room_member, permission_denied, room_name_invalid, room_name_taken,
// validation_failed.
func (b *Backend) UpdateRoom(ctx context.Context, r id.Room, body clientv1.UpdateRoomBody) (clientv1.RoomBody, error) {
	req := &roomv1.UpdateRoomRequest{RoomId: r.Bytes(), Name: body.Name, Description: body.Description}
	if s := body.Settings; s != nil {
		req.MaxMembers, req.Moderated = s.MaxMembers, s.Moderated
		if s.Public != nil {
			req.IsPrivate = new(!*s.Public)
		}
	}
	res, err := b.Rooms.UpdateRoom(ctx, req)
	if err != nil {
		return clientv1.RoomBody{}, err
	}
	return clientv1.RoomBody{Room: object.Room(res.GetRoom())}, nil
}

// DeleteRoom ends a room for everybody. Errors: room_not_found,
// not_room_member, permission_denied.
func (b *Backend) DeleteRoom(ctx context.Context, r id.Room) error {
	_, err := b.Rooms.DeleteRoom(ctx, &roomv1.DeleteRoomRequest{RoomId: r.Bytes()})
	return err
}

// Transfer makes another member the owner, and the acting one a moderator.
// Errors: validation_failed, not_room_member, permission_denied.
func (b *Backend) Transfer(ctx context.Context, r id.Room, u id.User) (clientv1.RoomBody, error) {
	res, err := b.Rooms.TransferRoom(ctx, &roomv1.TransferRoomRequest{RoomId: r.Bytes(), UserId: u.Bytes()})
	if err != nil {
		return clientv1.RoomBody{}, err
	}
	return clientv1.RoomBody{Room: object.Room(res.GetRoom())}, nil
}

// forever is the end of a mute without an end.
var forever = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// Mute takes a member's right to send until a time of RFC 3339, or without an
// end. Errors: validation_failed, not_room_member, permission_denied.
func (b *Backend) Mute(ctx context.Context, r id.Room, u id.User, until *string) (clientv1.MemberBody, error) {
	at := forever
	if until != nil {
		var err error
		if at, err = time.Parse(time.RFC3339, *until); err != nil {
			return clientv1.MemberBody{}, fault.New(fault.Invalid, "validation_failed", "until must be a time of RFC 3339")
		}
	}
	return b.mute(ctx, r, u, max(at.UnixMicro(), 1)) // 0 would be no mute; 1 is in the past
}

// Unmute gives a member the right to send back. Errors: not_room_member,
// permission_denied.
func (b *Backend) Unmute(ctx context.Context, r id.Room, u id.User) (clientv1.MemberBody, error) {
	return b.mute(ctx, r, u, 0)
}

func (b *Backend) mute(ctx context.Context, r id.Room, u id.User, until int64) (clientv1.MemberBody, error) {
	res, err := b.Rooms.MuteMember(ctx, &roomv1.MuteMemberRequest{RoomId: r.Bytes(), UserId: u.Bytes(), Until: until})
	if err != nil {
		return clientv1.MemberBody{}, err
	}
	return b.member(ctx, res.GetMember()), nil
}

// Ban keeps a user out of a room. Errors: not_room_member, permission_denied,
// user_not_found.
func (b *Backend) Ban(ctx context.Context, r id.Room, u id.User) error {
	_, err := b.Rooms.BanUser(ctx, &roomv1.BanUserRequest{RoomId: r.Bytes(), UserId: u.Bytes()})
	return err
}

// Unban lets a user in again. Errors: not_room_member, permission_denied.
func (b *Backend) Unban(ctx context.Context, r id.Room, u id.User) error {
	_, err := b.Rooms.UnbanUser(ctx, &roomv1.UnbanUserRequest{RoomId: r.Bytes(), UserId: u.Bytes()})
	return err
}

// ListBans lists who is kept out, the newest first. Errors: not_room_member,
// permission_denied.
func (b *Backend) ListBans(ctx context.Context, r id.Room) (clientv1.BansBody, error) {
	res, err := b.Rooms.ListBans(ctx, &roomv1.ListBansRequest{RoomId: r.Bytes()})
	if err != nil {
		return clientv1.BansBody{}, err
	}
	ids := make([]id.User, len(res.GetBans()))
	for i, x := range res.GetBans() {
		ids[i] = object.UserID(x.GetUserId())
	}
	users, err := b.Directory.Users(ctx, ids...)
	if err != nil {
		return clientv1.BansBody{}, err
	}
	body := clientv1.BansBody{Bans: make([]clientv1.Ban, len(ids))}
	for i, x := range res.GetBans() {
		body.Bans[i] = clientv1.Ban{
			UserID: ids[i], Username: users[ids[i]].Username, BannedBy: object.UserID(x.GetById()),
			CreatedAt: clientv1.Micros(x.GetCreatedAt()),
		}
	}
	return body, nil
}

// SetBlock says whether the acting user wants to hear another one. Errors:
// validation_failed, user_not_found.
func (b *Backend) SetBlock(ctx context.Context, u id.User, blocked bool) error {
	_, err := b.Rooms.SetBlock(ctx, &roomv1.SetBlockRequest{UserId: u.Bytes(), Blocked: blocked})
	return err
}
