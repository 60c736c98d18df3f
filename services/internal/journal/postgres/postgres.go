// Package postgres keeps the journal in PostgreSQL.
package postgres

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/sqldb"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/internal/journal/postgres/db"
)

//go:embed migrations/*.sql
var files embed.FS

func migrations() fs.FS {
	dir, _ := fs.Sub(files, "migrations") // it is there, or this did not compile
	return dir
}

// Schema returns the journal's tables.
func Schema() (sqldb.Schema, error) { return sqldb.NewSchema("journal", migrations()) }

// Migrate brings the journal's tables to the present form. It may be called by
// several processes at once.
func Migrate(ctx context.Context, pool *pgxpool.Pool) error {
	return sqldb.MigratePool(ctx, pool, "journal", migrations())
}

// tx implements journal.Tx.
type tx struct {
	conn pgx.Tx
	q    *db.Queries
}

// New returns the journal inside conn.
func New(conn pgx.Tx) journal.Tx { return &tx{conn, db.New()} }

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
	err := t.q.InsertConversation(ctx, t.conn, db.InsertConversationParams{ConversationID: c.UUID, Kind: int16(k)})
	if err != nil {
		return nil, err
	}
	return t.Lock(ctx, c)
}

// lockNotAvailable is the SQLSTATE of a lock that was not had within
// lock_timeout.
const lockNotAvailable = "55P03"

func (t *tx) Lock(ctx context.Context, c id.Conversation) (*journal.Head, error) {
	row, err := t.q.LockConversation(ctx, t.conn, c.UUID)
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == lockNotAvailable {
		return nil, journal.ErrBusy
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, journal.ErrNoConversation
	}
	if err != nil {
		return nil, err
	}
	h := head(row)
	return &h, nil
}

func (t *tx) SetHead(ctx context.Context, h *journal.Head) error {
	return t.q.UpdateConversation(ctx, t.conn, db.UpdateConversationParams{
		ConversationID: h.Conversation.UUID, Moderated: h.Moderated, Deleted: h.Deleted,
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
		ConversationID: m.Conversation.UUID, UserID: m.User.UUID, Role: int16(m.Role), JoinedAt: m.JoinedAt,
		JoinedSeq: m.JoinedSeq, LeftSeq: m.LeftSeq, MutedUntil: orEpoch(m.MutedUntil), PeerID: m.Peer.UUID,
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
		return t.q.PutBlock(ctx, t.conn, db.PutBlockParams{BlockerID: by.UUID, BlockedID: user.UUID, BlockedAt: at})
	}
	return t.q.DeleteBlock(ctx, t.conn, db.DeleteBlockParams{BlockerID: by.UUID, BlockedID: user.UUID})
}

func (t *tx) Append(ctx context.Context, h *journal.Head, e *journal.Event) error {
	e.Conversation, e.Seq = h.Conversation, h.Seq+1
	if e.Body == nil {
		e.Body = []byte{}
	}
	err := t.q.InsertEvent(ctx, t.conn, db.InsertEventParams{
		ConversationID: e.Conversation.UUID, Seq: e.Seq, At: e.At,
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
	if errors.Is(err, pgx.ErrNoRows) {
		return journal.ErrNoUser
	}
	if err != nil {
		return err
	}
	e.Seq = seq
	return t.q.InsertUserEvent(ctx, t.conn, db.InsertUserEventParams{
		UserID: e.User.UUID, Seq: e.Seq, At: e.At, Body: e.Body,
	})
}

func head(r db.JournalConversation) journal.Head {
	return journal.Head{
		Conversation: id.Conversation{UUID: r.ConversationID}, Kind: journal.Kind(r.Kind), //nolint:gosec // small
		Seq: r.Seq, First: r.FirstSeq, Moderated: r.Moderated, Deleted: r.Deleted,
	}
}

func member(r db.JournalMember) journal.Member {
	return journal.Member{
		Conversation: id.Conversation{UUID: r.ConversationID}, User: id.User{UUID: r.UserID},
		Role: journal.Role(r.Role), JoinedAt: r.JoinedAt.UTC(), JoinedSeq: r.JoinedSeq, LeftSeq: r.LeftSeq, //nolint:gosec // small
		MutedUntil: orZero(r.MutedUntil), Peer: id.User{UUID: r.PeerID},
	}
}

func orEpoch(t time.Time) time.Time {
	if t.IsZero() {
		return time.Unix(0, 0)
	}
	return t
}

func orZero(t time.Time) time.Time {
	if t.Unix() == 0 {
		return time.Time{}
	}
	return t.UTC()
}
