// Package sqlite keeps the journal in SQLite. It uses database/sql only; the
// program that links it chooses the driver.
package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/sqldb"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/internal/journal/sqlite/db"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrate brings the journal's tables to the present form.
func Migrate(ctx context.Context, conn *sql.DB) error {
	dir, err := fs.Sub(files, "migrations")
	if err != nil {
		return err
	}
	return sqldb.Migrate(ctx, conn, sqldb.DialectSQLite, "journal", dir)
}

// tx implements journal.Tx. A transaction that writes holds the whole file
// from its beginning (BEGIN IMMEDIATE), so every head is held.
type tx struct {
	conn *sql.Tx
	q    *db.Queries
}

// New returns the journal inside conn.
func New(conn *sql.Tx) journal.Tx { return &tx{conn, db.New()} }

func (t *tx) CreateUser(ctx context.Context, u id.User) error {
	return t.q.InsertUser(ctx, t.conn, u.UUID)
}

func (t *tx) UsersExist(ctx context.Context, users ...id.User) (bool, error) {
	distinct := make(map[id.UUID]bool, len(users))
	ids := make([]id.UUID, 0, len(users))
	for _, u := range users {
		if !distinct[u.UUID] {
			distinct[u.UUID] = true
			ids = append(ids, u.UUID)
		}
	}
	n, err := t.q.CountUsers(ctx, t.conn, ids)
	return n == int64(len(ids)), err
}

func (t *tx) Create(ctx context.Context, c id.Conversation, k journal.Kind) (*journal.Head, error) {
	err := t.q.InsertConversation(ctx, t.conn, db.InsertConversationParams{ConversationID: c.UUID, Kind: int64(k)})
	if err != nil {
		return nil, err
	}
	return t.Lock(ctx, c)
}

func (t *tx) Lock(ctx context.Context, c id.Conversation) (*journal.Head, error) {
	h, err := queryHead(ctx, t.q, t.conn, c)
	if err != nil {
		return nil, err
	}
	return &h, nil
}

func (t *tx) SetHead(ctx context.Context, h *journal.Head) error {
	return t.q.UpdateConversation(ctx, t.conn, db.UpdateConversationParams{
		ConversationID: h.Conversation.UUID, Moderated: bit(h.Moderated), Deleted: bit(h.Deleted),
	})
}

func (t *tx) Member(ctx context.Context, c id.Conversation, u id.User) (journal.Member, bool, error) {
	return queryMember(ctx, t.q, t.conn, c, u)
}

func (t *tx) Members(ctx context.Context, c id.Conversation) ([]journal.Member, error) {
	return queryMembers(ctx, t.q, t.conn, c)
}

func (t *tx) PutMember(ctx context.Context, m journal.Member) error {
	return t.q.PutMember(ctx, t.conn, db.PutMemberParams{
		ConversationID: m.Conversation.UUID, UserID: m.User.UUID, Role: int64(m.Role),
		JoinedAt: m.JoinedAt.UnixMicro(), JoinedSeq: m.JoinedSeq, LeftSeq: m.LeftSeq,
		MutedUntil: micros(m.MutedUntil), PeerID: m.Peer.UUID,
	})
}

func (t *tx) EndMembers(ctx context.Context, h *journal.Head) error {
	return t.q.EndMembers(ctx, t.conn, db.EndMembersParams{LeftSeq: h.Seq, ConversationID: h.Conversation.UUID})
}

func (t *tx) Blocked(ctx context.Context, by, user id.User) (bool, error) {
	n, err := t.q.Block(ctx, t.conn, db.BlockParams{BlockerID: by.UUID, BlockedID: user.UUID})
	return n > 0, err
}

func (t *tx) SetBlock(ctx context.Context, by, user id.User, blocked bool, at time.Time) error {
	if blocked {
		return t.q.PutBlock(ctx, t.conn, db.PutBlockParams{BlockerID: by.UUID, BlockedID: user.UUID, BlockedAt: at.UnixMicro()})
	}
	return t.q.DeleteBlock(ctx, t.conn, db.DeleteBlockParams{BlockerID: by.UUID, BlockedID: user.UUID})
}

func (t *tx) Append(ctx context.Context, h *journal.Head, e *journal.Event) error {
	e.Conversation, e.Seq = h.Conversation, h.Seq+1
	if e.Body == nil {
		e.Body = []byte{}
	}
	err := t.q.InsertEvent(ctx, t.conn, db.InsertEventParams{
		ConversationID: e.Conversation.UUID, Seq: e.Seq, At: e.At.UnixMicro(),
		ActorID: e.Actor.UUID, MessageID: e.Message.UUID, Body: e.Body,
	})
	if err != nil {
		return err
	}
	err = t.q.AdvanceConversation(ctx, t.conn, db.AdvanceConversationParams{
		ConversationID: e.Conversation.UUID, Seq: e.Seq,
	})
	if err == nil {
		h.Seq = e.Seq
	}
	return err
}

func (t *tx) AppendUser(ctx context.Context, e *journal.UserEvent) error {
	seq, err := t.q.AdvanceUser(ctx, t.conn, e.User.UUID)
	if errors.Is(err, sql.ErrNoRows) {
		return journal.ErrNoUser
	}
	if err != nil {
		return err
	}
	e.Seq = seq
	return t.q.InsertUserEvent(ctx, t.conn, db.InsertUserEventParams{
		UserID: e.User.UUID, Seq: e.Seq, At: e.At.UnixMicro(), Body: e.Body,
	})
}

func queryHead(ctx context.Context, q *db.Queries, conn db.DBTX, c id.Conversation) (journal.Head, error) {
	row, err := q.Conversation(ctx, conn, c.UUID)
	if errors.Is(err, sql.ErrNoRows) {
		return journal.Head{}, journal.ErrNoConversation
	}
	return head(row), err
}

func head(r db.JournalConversation) journal.Head {
	return journal.Head{
		Conversation: id.Conversation{UUID: r.ConversationID}, Kind: journal.Kind(r.Kind), //nolint:gosec // small
		Seq: r.Seq, First: r.FirstSeq, Moderated: r.Moderated != 0, Deleted: r.Deleted != 0,
	}
}

func member(r db.JournalMember) journal.Member {
	return journal.Member{
		Conversation: id.Conversation{UUID: r.ConversationID}, User: id.User{UUID: r.UserID},
		Role: journal.Role(r.Role), JoinedAt: time.UnixMicro(r.JoinedAt).UTC(), //nolint:gosec // small
		JoinedSeq: r.JoinedSeq, LeftSeq: r.LeftSeq, MutedUntil: moment(r.MutedUntil), Peer: id.User{UUID: r.PeerID},
	}
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func moment(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
