package timeline

import (
	"context"
	"time"

	"github.com/lair-chat/lair/services/internal/journal"
)

// maxPurged bounds the rooms of one round.
const maxPurged = 100

// Purge removes messages of rooms that were deleted before the moment, in small
// transactions. It may be called by several at once.
func (t *Timeline) Purge(ctx context.Context, before time.Time) error {
	list, err := t.needs.Store.Journal().Retired(ctx, journal.Messages, before, maxPurged)
	if err != nil {
		return err
	}
	for _, c := range list {
		err := t.clear(ctx, func(tx Tx) (int64, error) {
			head, err := tx.Lock(ctx, c)
			if err != nil {
				return 0, err
			}
			// A reader of events must not meet one without its message.
			if err := tx.CloseLog(ctx, head); err != nil {
				return 0, err
			}
			n, err := tx.PurgeMessages(ctx, c, batch)
			if err == nil && n == 0 {
				err = tx.Purged(ctx, head, journal.Messages)
			}
			return n, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
