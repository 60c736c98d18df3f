package timeline

import (
	"context"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
)

// batch bounds the rows that one transaction removes.
const batch = 500

// Forget removes what a user leaves behind who deleted its account: how far it
// has read, and the content of its talk with itself. What it said to others is
// theirs, too, and stays. It may be called again, and by several at once.
func (t *Timeline) Forget(ctx context.Context, u id.User) error {
	err := t.needs.Store.Update(ctx, func(tx Tx) error { return tx.EndUser(ctx, u) })
	if err != nil {
		return err
	}
	if err := t.clear(ctx, func(tx Tx) (int64, error) { return tx.ClearReadMarks(ctx, u, batch) }); err != nil {
		return err
	}
	talk := id.Direct(u, u)
	return t.clear(ctx, func(tx Tx) (int64, error) {
		if _, err := tx.Lock(ctx, talk); err != nil {
			if fault.KindOf(err) == fault.NotFound {
				err = nil
			}
			return 0, err
		}
		return tx.ClearMessages(ctx, talk, t.needs.Now().UTC().Truncate(time.Microsecond), batch)
	})
}

// clear runs f in transactions until there is nothing left to be found.
func (t *Timeline) clear(ctx context.Context, f func(Tx) (int64, error)) error {
	for {
		var n int64
		err := t.needs.Store.Update(ctx, func(tx Tx) (err error) {
			n, err = f(tx)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}
