package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/internal/journal/postgres/db"
)

// reader implements journal.Reader.
type reader struct {
	pool *pgxpool.Pool
	q    *db.Queries
}

// NewReader returns a reader on pool.
func NewReader(pool *pgxpool.Pool) journal.Reader { return &reader{pool, db.New()} }

func (r *reader) Head(ctx context.Context, c id.Conversation) (journal.Head, error) {
	row, err := r.q.Conversation(ctx, r.pool, c.UUID)
	if errors.Is(err, pgx.ErrNoRows) {
		return journal.Head{}, journal.ErrNoConversation
	}
	return head(row), err
}

func (r *reader) Heads(ctx context.Context, cs []id.Conversation, us []id.User) (map[id.Conversation]int64, map[id.User]int64, error) {
	conversations := make(map[id.Conversation]int64, len(cs))
	users := make(map[id.User]int64, len(us))
	if len(cs) > 0 {
		rows, err := r.q.ConversationHeads(ctx, r.pool, uuids(cs))
		if err != nil {
			return nil, nil, err
		}
		for _, row := range rows {
			conversations[id.Conversation{UUID: row.ConversationID}] = row.Seq
		}
	}
	if len(us) > 0 {
		ids := make([]id.UUID, len(us))
		for i, u := range us {
			ids[i] = u.UUID
		}
		rows, err := r.q.UserHeads(ctx, r.pool, ids)
		if err != nil {
			return nil, nil, err
		}
		for _, row := range rows {
			users[id.User{UUID: row.UserID}] = row.Seq
		}
	}
	return conversations, users, nil
}

func (r *reader) Events(ctx context.Context, c id.Conversation, after int64, limit int) ([]journal.Event, error) {
	rows, err := r.q.Events(ctx, r.pool, db.EventsParams{ConversationID: c.UUID, After: after, MaxRows: int32(limit)}) //nolint:gosec // a page
	if err != nil {
		return nil, err
	}
	events := make([]journal.Event, len(rows))
	for i, row := range rows {
		events[i] = journal.Event{
			Conversation: c, Seq: row.Seq, At: row.At.UTC(), Actor: id.User{UUID: row.ActorID},
			Message: id.Message{UUID: row.MessageID}, Body: row.Body,
		}
	}
	return events, nil
}

func (r *reader) UserEvents(ctx context.Context, u id.User, after int64, limit int) ([]journal.UserEvent, int64, int64, error) {
	// The head first: events that are committed in between are beyond it, and
	// are asked for the next time.
	user, err := r.q.User(ctx, r.pool, u.UUID)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, 0, 1, nil
	}
	if err != nil {
		return nil, 0, 0, err
	}
	rows, err := r.q.UserEvents(ctx, r.pool, db.UserEventsParams{UserID: u.UUID, After: after, MaxRows: int32(limit)}) //nolint:gosec // a page
	if err != nil {
		return nil, 0, 0, err
	}
	events := make([]journal.UserEvent, len(rows))
	for i, row := range rows {
		events[i] = journal.UserEvent{User: u, Seq: row.Seq, At: row.At.UTC(), Body: row.Body}
	}
	return events, user.Seq, user.FirstSeq, nil
}

func (r *reader) Member(ctx context.Context, c id.Conversation, u id.User) (journal.Member, bool, error) {
	return queryMember(ctx, r.q, r.pool, c, u)
}

func (r *reader) Members(ctx context.Context, c id.Conversation) ([]journal.Member, error) {
	return queryMembers(ctx, r.q, r.pool, c)
}

func (r *reader) Memberships(ctx context.Context, u id.User) ([]journal.Membership, error) {
	rows, err := r.q.Memberships(ctx, r.pool, u.UUID)
	if err != nil {
		return nil, err
	}
	list := make([]journal.Membership, len(rows))
	for i, row := range rows {
		list[i] = journal.Membership{Member: member(row.JournalMember), Head: head(row.JournalConversation)}
	}
	return list, nil
}

func (r *reader) Counts(ctx context.Context, cs []id.Conversation) (map[id.Conversation]int, error) {
	rows, err := r.q.MemberCounts(ctx, r.pool, uuids(cs))
	if err != nil {
		return nil, err
	}
	counts := make(map[id.Conversation]int, len(rows))
	for _, row := range rows {
		counts[id.Conversation{UUID: row.ConversationID}] = int(row.Members)
	}
	return counts, nil
}

func queryMember(ctx context.Context, q *db.Queries, conn db.DBTX, c id.Conversation, u id.User) (journal.Member, bool, error) {
	row, err := q.Member(ctx, conn, db.MemberParams{ConversationID: c.UUID, UserID: u.UUID})
	if errors.Is(err, pgx.ErrNoRows) {
		return journal.Member{}, false, nil
	}
	return member(row), err == nil, err
}

func queryMembers(ctx context.Context, q *db.Queries, conn db.DBTX, c id.Conversation) ([]journal.Member, error) {
	rows, err := q.Members(ctx, conn, c.UUID)
	if err != nil {
		return nil, err
	}
	members := make([]journal.Member, len(rows))
	for i, row := range rows {
		members[i] = member(row)
	}
	return members, nil
}

func uuids(cs []id.Conversation) []id.UUID {
	ids := make([]id.UUID, len(cs))
	for i, c := range cs {
		ids[i] = c.UUID
	}
	return ids
}
