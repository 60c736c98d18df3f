package backend

import (
	"context"
	"encoding/base64"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
	"github.com/lair-chat/lair/services/gateway/internal/object"
)

// Cursor is a place in a list, which a service gave. To clients it is a text
// that says nothing, so that it may become another one.
type Cursor struct{ place []byte }

// ParseCursor reads a cursor. Errors: validation_failed.
func ParseCursor(text string) (*Cursor, error) {
	place, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, invalid("parameter cursor is not valid")
	}
	return &Cursor{place}, nil
}

// after returns the place, nil for the beginning of the list.
func (p Page) after() []byte {
	if p.Cursor == nil {
		return nil
	}
	return p.Cursor.place
}

// end says what follows a page of which shown entries of those read are shown:
// total is how many there are on all pages, next the place that the service
// gave.
func (p Page) end(read, shown int, total uint32, next []byte) (more bool, cursor string) {
	if shown > 0 {
		cursor = base64.RawURLEncoding.EncodeToString(next)
	}
	if p.Cursor != nil {
		return shown < read || len(next) > 0, cursor
	}
	return uint64(p.Offset)+uint64(shown) < uint64(total), cursor //nolint:gosec // a page
}

// maxRows is the largest page of a list that old clients get in one piece.
const maxRows = 1000

// rows is size for such a list: without a limit it is all of it, which a service
// takes 0 for.
func (p Page) rows() (ask, show uint32) {
	if p.Limit == nil {
		return 0, ^uint32(0)
	}
	show = min(*p.Limit, maxRows)
	return max(show, 1), show
}

// ListInvitations lists the pending invitations to the acting user, the newest
// first, and reports whether there are more.
func (b *Backend) ListInvitations(ctx context.Context, p Page) ([]clientv1.Invitation, bool, error) {
	ask, show := p.rows()
	res, err := b.Rooms.ListInvitations(ctx, &roomv1.ListInvitationsRequest{Limit: ask, Offset: p.Offset})
	if err != nil {
		return nil, false, err
	}
	return b.invitations(ctx, res.GetInvitations(), show, res.GetHasMore())
}

// ListRoomInvitations lists the pending invitations to a room, the newest first.
// Errors: room_not_found, not_room_member, permission_denied.
func (b *Backend) ListRoomInvitations(ctx context.Context, r id.Room, p Page) ([]clientv1.Invitation, bool, error) {
	ask, show := p.rows()
	res, err := b.Rooms.ListRoomInvitations(ctx, &roomv1.ListRoomInvitationsRequest{RoomId: r.Bytes(), Limit: ask, Offset: p.Offset})
	if err != nil {
		return nil, false, err
	}
	return b.invitations(ctx, res.GetInvitations(), show, res.GetHasMore())
}

func (b *Backend) invitations(ctx context.Context, read []*eventv1.Invitation, show uint32, more bool) ([]clientv1.Invitation, bool, error) {
	shown := cut(read, show)
	users, err := b.Directory.Users(ctx, people(shown)...)
	if err != nil {
		return nil, false, err
	}
	list := make([]clientv1.Invitation, len(shown))
	for i, w := range shown {
		list[i] = invitation(w, users)
	}
	return list, more || len(shown) < len(read), nil
}

// ListBlocks lists whom the acting user blocks, the newest first.
func (b *Backend) ListBlocks(ctx context.Context, p Page) (clientv1.BlocksBody, error) {
	ask, show := p.rows()
	res, err := b.Rooms.ListBlocks(ctx, &roomv1.ListBlocksRequest{Limit: ask, Offset: p.Offset})
	if err != nil {
		return clientv1.BlocksBody{}, err
	}
	blocks := cut(res.GetBlocks(), show)
	ids := make([]id.User, len(blocks))
	for i, x := range blocks {
		ids[i] = object.UserID(x.GetUserId())
	}
	users, err := b.Directory.Users(ctx, ids...)
	if err != nil {
		return clientv1.BlocksBody{}, err
	}
	body := clientv1.BlocksBody{Blocks: make([]clientv1.Block, len(ids)), HasMore: res.GetHasMore() || len(blocks) < len(res.GetBlocks())}
	for i, x := range blocks {
		body.Blocks[i] = clientv1.Block{UserID: ids[i], Username: users[ids[i]].Username}
		if us := x.GetCreatedAt(); us != 0 {
			body.Blocks[i].CreatedAt = new(clientv1.Micros(us))
		}
	}
	return body, nil
}
