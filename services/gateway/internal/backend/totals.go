package backend

import (
	"context"

	"golang.org/x/sync/errgroup"

	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	presencev1 "github.com/lair-chat/lair/proto/presence/v1"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
)

// Totals is how much there is of what metrics show.
type Totals struct{ Users, Rooms, Online int64 }

// Totals counts for the metrics, so nobody acts. The services bound what it
// costs.
func (b *Backend) Totals(ctx context.Context) (Totals, error) {
	var t Totals
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		res, err := b.Auth.CountUsers(ctx, &authv1.CountUsersRequest{})
		t.Users = res.GetTotal()
		return err
	})
	g.Go(func() error {
		res, err := b.Rooms.CountRooms(ctx, &roomv1.CountRoomsRequest{})
		t.Rooms = res.GetTotal()
		return err
	})
	g.Go(func() error {
		res, err := b.Presence.Online(ctx, &presencev1.OnlineRequest{Limit: 1})
		t.Online = int64(res.GetTotal())
		return err
	})
	return t, g.Wait()
}
