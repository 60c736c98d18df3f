package backend_test

import (
	"context"
	"sync/atomic"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/lair-chat/lair/pkg/id"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	presencev1 "github.com/lair-chat/lair/proto/presence/v1"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
	"github.com/lair-chat/lair/services/gateway/internal/backend"
	"github.com/lair-chat/lair/services/gateway/internal/backend/backendtest"
)

// counted plays services that have n of everything, and counts the calls.
func counted(t *testing.T, n int) (*backendtest.Services, *atomic.Int64) {
	t.Helper()
	s, calls := backendtest.New(t), new(atomic.Int64)
	counts(s, calls, func(req *authv1.GetUsersRequest) *authv1.GetUsersResponse {
		res := &authv1.GetUsersResponse{}
		for _, u := range req.GetUserIds() {
			res.Users = append(res.Users, &authv1.User{Id: u, Username: "somebody"})
		}
		return res
	})
	counts(s, calls, func(req *presencev1.OnlineRequest) *presencev1.OnlineResponse {
		return &presencev1.OnlineResponse{UserIds: req.GetUserIds()}
	})
	counts(s, calls, func(*authv1.ListUsersRequest) *authv1.ListUsersResponse {
		return &authv1.ListUsersResponse{Users: fill(n, func() *authv1.User { return &authv1.User{Id: id.New().Bytes()} }), Total: uint32(n)}
	})
	counts(s, calls, func(*roomv1.ListRoomsRequest) *roomv1.ListRoomsResponse {
		return &roomv1.ListRoomsResponse{Rooms: fill(n, func() *roomv1.RoomItem {
			return &roomv1.RoomItem{Room: &eventv1.Room{Id: id.New().Bytes(), OwnerId: id.New().Bytes()}}
		})}
	})
	counts(s, calls, func(*roomv1.ListMembersRequest) *roomv1.ListMembersResponse {
		return &roomv1.ListMembersResponse{Members: fill(n, func() *roomv1.Member { return &roomv1.Member{UserId: id.New().Bytes()} })}
	})
	counts(s, calls, func(*roomv1.ListBansRequest) *roomv1.ListBansResponse {
		return &roomv1.ListBansResponse{Bans: fill(n, func() *roomv1.Ban {
			return &roomv1.Ban{UserId: id.New().Bytes(), ById: id.New().Bytes()}
		})}
	})
	counts(s, calls, func(*roomv1.ListBlocksRequest) *roomv1.ListBlocksResponse {
		return &roomv1.ListBlocksResponse{Blocks: fill(n, func() *roomv1.Block { return &roomv1.Block{UserId: id.New().Bytes()} })}
	})
	me := id.New().Bytes()
	invitations := func() []*eventv1.Invitation {
		return fill(n, func() *eventv1.Invitation {
			return &eventv1.Invitation{Id: id.New().Bytes(), RoomId: id.New().Bytes(), InviterId: id.New().Bytes(), InviteeId: me}
		})
	}
	counts(s, calls, func(*roomv1.ListInvitationsRequest) *roomv1.ListInvitationsResponse {
		return &roomv1.ListInvitationsResponse{Invitations: invitations()}
	})
	counts(s, calls, func(*roomv1.ListRoomInvitationsRequest) *roomv1.ListRoomInvitationsResponse {
		return &roomv1.ListRoomInvitationsResponse{Invitations: invitations()}
	})
	counts(s, calls, func(*messagev1.ListMessagesRequest) *messagev1.ListMessagesResponse {
		return &messagev1.ListMessagesResponse{Messages: fill(n, func() *eventv1.Message {
			return &eventv1.Message{Id: id.New().Bytes(), AuthorId: id.New().Bytes()}
		})}
	})
	return s, calls
}

func counts[Q, R proto.Message](s *backendtest.Services, calls *atomic.Int64, answer func(Q) R) {
	backendtest.On(s, func(_ context.Context, req Q) (R, error) { calls.Add(1); return answer(req), nil })
}

func fill[T any](n int, one func() T) []T {
	list := make([]T, n)
	for i := range list {
		list[i] = one()
	}
	return list
}

// Routes and commands call these functions. None of them asks for each entry.
func TestListsTakeTheSameCallsWhateverTheirSize(t *testing.T) {
	room := id.Room{UUID: id.New()}
	for name, list := range map[string]func(context.Context, *backend.Backend) error{
		"ListUsers": func(ctx context.Context, b *backend.Backend) error {
			_, err := b.ListUsers(ctx, backend.UserQuery{})
			return err
		},
		"ListRooms": func(ctx context.Context, b *backend.Backend) error {
			_, err := b.ListRooms(ctx, backend.RoomQuery{})
			return err
		},
		"ListMembers": func(ctx context.Context, b *backend.Backend) error {
			_, err := b.ListMembers(ctx, room, backend.Page{})
			return err
		},
		"ListBans": func(ctx context.Context, b *backend.Backend) error { _, err := b.ListBans(ctx, room); return err },
		"ListBlocks": func(ctx context.Context, b *backend.Backend) error {
			_, err := b.ListBlocks(ctx, backend.Page{})
			return err
		},
		"ListInvitations": func(ctx context.Context, b *backend.Backend) error {
			_, _, err := b.ListInvitations(ctx, backend.Page{})
			return err
		},
		"ListRoomInvitations": func(ctx context.Context, b *backend.Backend) error {
			_, _, err := b.ListRoomInvitations(ctx, room, backend.Page{})
			return err
		},
		"ListMessages": func(ctx context.Context, b *backend.Backend) error {
			_, err := b.ListMessages(ctx, clientv1.ToRoom(room), backend.Bounds{}, nil)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			var took [2]int64
			for i, n := range []int{10, 900} { // names are asked for by the thousand
				s, calls := counted(t, n)
				if err := list(t.Context(), s.Backend); err != nil {
					t.Fatal(err)
				}
				took[i] = calls.Load()
			}
			if took[0] == 0 || took[0] != took[1] {
				t.Errorf("%d calls for 10, %d for 900", took[0], took[1])
			}
		})
	}
}
