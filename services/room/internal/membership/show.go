package membership

import (
	"context"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
)

// View is a room as one user sees it.
type View struct {
	Room
	// Member is the user's own row; not active if it is no member.
	Member journal.Member
	Count  int // members
}

// Get returns a room. A private one is not found by those who are neither
// members nor invited.
// Errors: room_not_found.
func (s *Rooms) Get(ctx context.Context, u id.User, room id.Room) (View, error) {
	r, err := s.Store.Room(ctx, room)
	if err != nil {
		return View{}, err
	}
	m, _, err := s.Store.Journal().Member(ctx, room.Conversation(), u)
	if err != nil {
		return View{}, err
	}
	if r.Private && !m.Active() {
		if i, ok, err := s.Store.Pending(ctx, room, u); err != nil || !ok || !i.live(s.now()) {
			return View{}, first(err, ErrNotFound)
		}
	}
	counts, err := s.Store.Journal().Counts(ctx, []id.Conversation{room.Conversation()})
	return View{r, m, counts[room.Conversation()]}, err
}

// List returns a page of the public rooms and those of u, by name, how many
// there are in all, and the place of the last one, empty if there are no more
// behind it. Mine of q is set. Errors: validation_failed.
func (s *Rooms) List(ctx context.Context, u id.User, q Query) (views []View, total int, next string, err error) {
	if q.Limit < 1 || q.Limit > MaxPage || q.Offset < 0 || !isText(q.Search) || !isText(q.After) {
		return nil, 0, "", fault.New(fault.Invalid, "validation_failed", "limit must be 1 to %d", MaxPage)
	}
	q.Search = Key(q.Search)
	rows, err := s.Store.Journal().Memberships(ctx, u)
	if err != nil {
		return nil, 0, "", err
	}
	mine := make(map[id.Conversation]journal.Member, len(rows))
	q.Mine = nil
	for _, row := range rows {
		if row.Active() && row.Head.Kind == journal.Room {
			mine[row.Conversation] = row.Member
			q.Mine = append(q.Mine, id.Room{UUID: row.Conversation.UUID})
		}
	}
	limit := q.Limit
	q.Limit++ // to know whether there are more
	rooms, total, err := s.Store.Rooms(ctx, q)
	if err != nil {
		return nil, 0, "", err
	}
	if len(rooms) > limit {
		rooms = rooms[:limit]
		next = Key(rooms[limit-1].Name)
	}
	conversations := make([]id.Conversation, len(rooms))
	for i, r := range rooms {
		conversations[i] = r.ID.Conversation()
	}
	counts, err := s.Store.Journal().Counts(ctx, conversations)
	views = make([]View, len(rooms))
	for i, r := range rooms {
		views[i] = View{r, mine[conversations[i]], counts[conversations[i]]}
	}
	return views, total, next, err
}

// Members returns owners, then moderators, then members, each by the time of
// joining, and how many there are in all. A page without a limit is all of
// them. Errors: room_not_found, not_room_member, validation_failed.
func (s *Rooms) Members(ctx context.Context, u id.User, room id.Room, p Page) ([]journal.Member, int, error) {
	view, err := s.Get(ctx, u, room)
	if err != nil {
		return nil, 0, err
	}
	if !view.Member.Active() {
		return nil, 0, errNotMember
	}
	if p == (Page{}) {
		list, err := s.Store.Journal().Members(ctx, room.Conversation())
		return list, len(list), err
	}
	if p, err = p.check(); err != nil {
		return nil, 0, err
	}
	list, err := s.Store.Journal().MemberPage(ctx, room.Conversation(), p.Limit, p.Offset)
	return list, view.Count, err
}
