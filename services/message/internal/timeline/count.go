package timeline

import "context"

// Count returns how many messages there are, and whether it is exact: it is an
// estimate if there are too many to count.
func (t *Timeline) Count(ctx context.Context) (int64, bool, error) { return t.needs.Store.Count(ctx) }
