package membership

import (
	"context"
	"time"

	"github.com/lair-chat/lair/services/internal/journal"
)

// maxPurged bounds the rooms of one round.
const maxPurged = 100

// Purge removes events and members of rooms that were deleted before the moment,
// in small transactions. It may be called by several at once.
func (s *Rooms) Purge(ctx context.Context, before time.Time) error {
	list, err := s.Store.Journal().Retired(ctx, journal.Log, before, maxPurged)
	if err != nil {
		return err
	}
	for _, c := range list {
		err := s.clear(ctx, func(tx Tx) (int64, error) {
			head, err := tx.Lock(ctx, c)
			if err != nil {
				return 0, err
			}
			n, err := tx.PurgeLog(ctx, head, batch)
			if err == nil && n == 0 {
				err = tx.Purged(ctx, head, journal.Log)
			}
			return n, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
