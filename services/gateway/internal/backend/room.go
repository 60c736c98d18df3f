package backend

import (
	"context"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
	"github.com/lair-chat/lair/services/gateway/internal/object"
)

// RoomQuery says which rooms are wanted: those whose names contain Search,
// without regard to ASCII case; only one's own, only public ones, or both.
type RoomQuery struct {
	Search     string
	JoinedOnly bool
	PublicOnly bool
	Page
}

// CreateRoom makes a room whose owner is the acting user. A room is public
// unless its settings say otherwise. Errors: room_name_invalid,
// room_name_taken, validation_failed.
func (b *Backend) CreateRoom(ctx context.Context, name string, description *string, settings *clientv1.SettingsRequest) (clientv1.Room, error) {
	req := &roomv1.CreateRoomRequest{Name: name, Description: description}
	if settings != nil {
		req.IsPrivate = settings.Public != nil && !*settings.Public
		if settings.MaxMembers != nil {
			req.MaxMembers = *settings.MaxMembers
		}
		req.Moderated = settings.Moderated != nil && *settings.Moderated
	}
	res, err := b.Rooms.CreateRoom(ctx, req)
	if err != nil {
		return clientv1.Room{}, err
	}
	return object.Room(res.GetRoom()), nil
}

// GetRoom returns a room and the acting user's place in it. Errors:
// room_not_found.
func (b *Backend) GetRoom(ctx context.Context, r id.Room) (clientv1.RoomDetailBody, error) {
	res, err := b.Rooms.GetRoom(ctx, &roomv1.GetRoomRequest{RoomId: r.Bytes()})
	if err != nil {
		return clientv1.RoomDetailBody{}, err
	}
	body := clientv1.RoomDetailBody{Room: object.Room(res.GetRoom()), MemberCount: int(res.GetMemberCount())}
	if m := res.GetMembership(); m != nil {
		body.Membership = new(object.Membership(m))
	}
	return body, nil
}

// ListRooms lists by name the public rooms and those of the acting user.
func (b *Backend) ListRooms(ctx context.Context, q RoomQuery) (clientv1.RoomsBody, error) {
	ask, show := size(q.Limit)
	res, err := b.Rooms.ListRooms(ctx, &roomv1.ListRoomsRequest{
		Search: q.Search, JoinedOnly: q.JoinedOnly, PublicOnly: q.PublicOnly, Limit: ask, Offset: q.Offset, After: q.after(),
	})
	if err != nil {
		return clientv1.RoomsBody{}, err
	}
	rooms := cut(res.GetRooms(), show)
	body := clientv1.RoomsBody{Rooms: make([]clientv1.RoomItem, len(rooms)), TotalCount: int(res.GetTotal())}
	body.HasMore, body.NextCursor = q.end(len(res.GetRooms()), len(rooms), res.GetTotal(), res.GetNext())
	for i, r := range rooms {
		body.Rooms[i] = object.RoomItem(r)
	}
	return body, nil
}

// JoinRoom makes the acting user a member. Errors: room_not_found,
// room_private, already_member, room_full.
func (b *Backend) JoinRoom(ctx context.Context, r id.Room) (clientv1.JoinBody, error) {
	res, err := b.Rooms.JoinRoom(ctx, &roomv1.JoinRoomRequest{RoomId: r.Bytes()})
	if err != nil {
		return clientv1.JoinBody{}, err
	}
	return clientv1.JoinBody{Room: object.Room(res.GetRoom()), Membership: object.Membership(res.GetMembership())}, nil
}

// LeaveRoom ends the membership. Errors: room_not_found, not_room_member,
// last_owner.
func (b *Backend) LeaveRoom(ctx context.Context, r id.Room) error {
	_, err := b.Rooms.LeaveRoom(ctx, &roomv1.LeaveRoomRequest{RoomId: r.Bytes()})
	return err
}

// ListMembers lists owners, then moderators, then members, each by time of
// joining; without a limit all of them. Errors: room_not_found,
// not_room_member.
func (b *Backend) ListMembers(ctx context.Context, r id.Room, p Page) (clientv1.MembersBody, error) {
	ask, show := p.rows()
	res, err := b.Rooms.ListMembers(ctx, &roomv1.ListMembersRequest{RoomId: r.Bytes(), Limit: ask, Offset: p.Offset})
	if err != nil {
		return clientv1.MembersBody{}, err
	}
	members := cut(res.GetMembers(), show)
	raw, ids := make([][]byte, len(members)), make([]id.User, len(members))
	for i, m := range members {
		raw[i], ids[i] = m.GetUserId(), object.UserID(m.GetUserId())
	}
	users, err := b.Directory.Users(ctx, ids...)
	if err != nil {
		return clientv1.MembersBody{}, err
	}
	here := b.online(ctx, raw)
	body := clientv1.MembersBody{Members: make([]clientv1.Member, len(members)), Total: max(int(res.GetTotal()), len(members))}
	for i, m := range members {
		body.Members[i] = object.Member(m, users[ids[i]].Username, here[ids[i]])
	}
	return body, nil
}
