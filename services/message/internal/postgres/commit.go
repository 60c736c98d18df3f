package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/sqldb"
	"github.com/lair-chat/lair/services/internal/journal"
	journalpg "github.com/lair-chat/lair/services/internal/journal/postgres"
	"github.com/lair-chat/lair/services/message/internal/postgres/db"
	"github.com/lair-chat/lair/services/message/internal/timeline"
)

// Commit implements timeline.Store in two round trips, each a pipeline of
// statements: lock the heads and read what the rules depend on; write and
// commit. The rules themselves are timeline.Plan.
func (s *Store) Commit(ctx context.Context, drafts []*timeline.Draft, at time.Time) (outcomes []timeline.Outcome, err error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil && !conn.Conn().IsClosed() {
			// A transaction that is not at its end must not reach the next user.
			_, rollbackErr := conn.Exec(context.WithoutCancel(ctx), "ROLLBACK")
			err = errors.Join(err, rollbackErr)
		}
		conn.Release()
	}()
	state, err := read(ctx, conn.Conn(), drafts)
	if err != nil {
		return nil, err
	}
	outcomes = timeline.Plan(drafts, state, at)
	return outcomes, sqldb.Explain(write(ctx, conn.Conn(), outcomes, state, at))
}

const bySent = `
SELECT m.* FROM message_message m
JOIN unnest($1::uuid[], $2::uuid[], $3::text[]) AS p (conversation_id, author_id, client_msg_id)
	ON m.conversation_id = p.conversation_id AND m.author_id = p.author_id AND m.client_msg_id = p.client_msg_id`

// read locks those heads that are free and reads the state of the drafts.
func read(ctx context.Context, conn *pgx.Conn, drafts []*timeline.Draft) (timeline.State, error) {
	heads := distinct(drafts, (*timeline.Draft).Conversation)
	places := distinct(drafts, func(d *timeline.Draft) journal.Place {
		return journal.Place{Conversation: d.Conversation(), User: d.Author}
	})
	var blocks []journal.Block
	for _, d := range drafts {
		if !d.Recipient.IsZero() {
			blocks = append(blocks, journal.Block{By: d.Recipient, User: d.Author})
		}
	}
	b := &pgx.Batch{}
	b.Queue("BEGIN")
	journalpg.QueueLockFree(b, heads)
	journalpg.QueueMembers(b, places)
	if len(blocks) > 0 {
		journalpg.QueueBlocks(b, blocks)
		journalpg.QueueEnded(b, blocks)
	}
	conversations, authors, clientIDs := make([][16]byte, len(drafts)), make([][16]byte, len(drafts)), make([]string, len(drafts))
	for i, d := range drafts {
		conversations[i], authors[i], clientIDs[i] = d.Conversation().UUID, d.Author.UUID, d.ClientMsgID
	}
	b.Queue(bySent, conversations, authors, clientIDs)

	state := timeline.NewState()
	results := conn.SendBatch(ctx, b)
	_, err := results.Exec()
	if err == nil {
		state.Heads, err = journalpg.ReadHeads(results)
	}
	if err == nil {
		state.Members, err = journalpg.ReadMembers(results)
	}
	if err == nil && len(blocks) > 0 {
		state.Blocks, err = journalpg.ReadBlocks(results)
	}
	if err == nil && len(blocks) > 0 {
		state.Ended, err = journalpg.ReadEnded(results)
	}
	if err == nil {
		err = readSent(results, state.Sent)
	}
	return state, errors.Join(err, results.Close())
}

func readSent(results pgx.BatchResults, sent map[timeline.Sent]timeline.Message) error {
	rows, err := results.Query()
	if err != nil {
		return err
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[db.MessageMessage])
	for _, row := range list {
		m := message(row)
		sent[timeline.Sent{
			Place:       journal.Place{Conversation: m.Conversation, User: m.Author},
			ClientMsgID: m.ClientMsgID,
		}] = m
	}
	return err
}

const insertMessages = `
INSERT INTO message_message (
	conversation_id, seq, message_id, author_id, recipient_id, client_msg_id, digest, content_type, content, created_at
)
SELECT n.*, $10 FROM unnest(
	$1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::bytea[], $8::text[], $9::bytea[]
) AS n`

// write stores what is fresh, and commits.
func write(ctx context.Context, conn *pgx.Conn, outcomes []timeline.Outcome, state timeline.State, at time.Time) error {
	var events []journal.Event
	var c columns
	advanced := make(map[id.Conversation]*journal.Head, len(state.Heads))
	for _, o := range outcomes {
		if !o.Fresh {
			continue
		}
		m := o.Message
		c.add(m)
		events = append(events, journal.Event{Conversation: m.Conversation, Seq: m.Seq, Actor: m.Author, Message: m.ID})
		h := state.Heads[m.Conversation]
		h.Seq = m.Seq
		advanced[m.Conversation] = h
	}
	b := &pgx.Batch{}
	if len(events) > 0 {
		b.Queue(insertMessages, c.conversation, c.seq, c.message, c.author, c.recipient, c.clientMsgID, c.digest, c.contentType, c.content, at)
		journalpg.QueueSends(b, at, events, advanced)
	}
	b.Queue("COMMIT")
	return conn.SendBatch(ctx, b).Close()
}

// columns are messages turned on their side, as unnest takes them. Ids are plain
// arrays: pgx asks a type with a Value method for each, and copies it twice.
type columns struct {
	conversation, message, author, recipient [][16]byte
	seq                                      []int64
	clientMsgID, contentType                 []string
	digest, content                          [][]byte
}

func (c *columns) add(m timeline.Message) {
	c.conversation = append(c.conversation, m.Conversation.UUID)
	c.seq = append(c.seq, m.Seq)
	c.message = append(c.message, m.ID.UUID)
	c.author = append(c.author, m.Author.UUID)
	c.recipient = append(c.recipient, m.Recipient.UUID)
	c.clientMsgID = append(c.clientMsgID, m.ClientMsgID)
	c.digest = append(c.digest, m.Digest[:])
	c.contentType = append(c.contentType, m.ContentType)
	c.content = append(c.content, m.Content)
}

func distinct[K comparable](drafts []*timeline.Draft, key func(*timeline.Draft) K) []K {
	seen := make(map[K]struct{}, len(drafts))
	list := make([]K, 0, len(drafts))
	for _, d := range drafts {
		k := key(d)
		if _, ok := seen[k]; !ok {
			seen[k] = struct{}{}
			list = append(list, k)
		}
	}
	return list
}
