package backend

import (
	"context"

	"golang.org/x/sync/errgroup"

	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	presencev1 "github.com/lair-chat/lair/proto/presence/v1"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
)

// Stats counts what there is in all. The acting user must be an administrator,
// which auth knows, so it is asked before the others. Errors:
// permission_denied.
func (b *Backend) Stats(ctx context.Context) (clientv1.Stats, error) {
	people, err := b.Auth.Stats(ctx, &authv1.StatsRequest{})
	if err != nil {
		return clientv1.Stats{}, err
	}
	var rooms *roomv1.CountRoomsResponse
	var messages *messagev1.CountMessagesResponse
	var here *presencev1.OnlineResponse
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) { rooms, err = b.Rooms.CountRooms(ctx, &roomv1.CountRoomsRequest{}); return err })
	g.Go(func() (err error) {
		messages, err = b.Messages.CountMessages(ctx, &messagev1.CountMessagesRequest{})
		return err
	})
	g.Go(func() (err error) {
		here, err = b.Presence.Online(ctx, &presencev1.OnlineRequest{Limit: 1})
		return err
	})
	if err := g.Wait(); err != nil {
		return clientv1.Stats{}, err
	}
	s := clientv1.Stats{
		Users:    clientv1.Count{Total: people.GetUsers().GetTotal(), Exact: people.GetUsers().GetExact()},
		Online:   clientv1.Count{Total: int64(here.GetTotal()), Exact: true},
		Sessions: clientv1.Count{Total: people.GetSessions().GetTotal(), Exact: people.GetSessions().GetExact()},
		Rooms:    clientv1.Count{Total: rooms.GetTotal(), Exact: rooms.GetExact()},
		Messages: clientv1.Count{Total: messages.GetTotal(), Exact: messages.GetExact()},
	}
	s.TotalUsers, s.TotalRooms, s.OnlineUsers = s.Users.Total, s.Rooms.Total, s.Online.Total
	return s, nil
}
