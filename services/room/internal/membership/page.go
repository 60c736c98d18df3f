package membership

import (
	"context"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
)

// Page is a part of a list. A limit of 0 is MaxPage.
type Page struct{ Limit, Offset int }

func (p Page) check() (Page, error) {
	if p.Limit == 0 {
		p.Limit = MaxPage
	}
	if p.Limit < 0 || p.Limit > MaxPage || p.Offset < 0 {
		return p, fault.New(fault.Invalid, "validation_failed", "limit must be at most %d", MaxPage)
	}
	return p, nil
}

// paged reads a page and reports whether there are more behind it.
func paged[T any](p Page, read func(limit, offset int) ([]T, error)) ([]T, bool, error) {
	p, err := p.check()
	if err != nil {
		return nil, false, err
	}
	list, err := read(p.Limit+1, p.Offset)
	if err != nil {
		return nil, false, err
	}
	return list[:min(len(list), p.Limit)], len(list) > p.Limit, nil
}

// Blocks lists whom u does not want to hear, the newest first, and reports
// whether there are more. Errors: validation_failed.
func (s *Rooms) Blocks(ctx context.Context, u id.User, p Page) ([]journal.Block, bool, error) {
	return paged(p, func(limit, offset int) ([]journal.Block, error) {
		return s.Store.Journal().Blocks(ctx, u, limit, offset)
	})
}
