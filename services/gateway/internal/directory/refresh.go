package directory

import (
	"context"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// Refresh asks for a user who has changed, and returns it as Users does. A
// question that is under way may get the answer from before the change: it is
// given to those who wait for it, and not remembered.
func (d *Directory) Refresh(ctx context.Context, u id.User) (clientv1.User, error) {
	d.mu.Lock()
	d.known.outdate(u)
	delete(d.flights, u)
	d.mu.Unlock()
	users, err := d.Users(ctx, u)
	return users[u], err
}
