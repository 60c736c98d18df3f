package postgres

import (
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/internal/journal/postgres/db"
)

// The statements of this file travel in a pgx.Batch, many in one round trip,
// for the path that every message takes. The caller queues them and reads the
// results in the same order. Ids are plain arrays: pgx asks a type with a Value
// method for each, and copies it twice.

const lockFree = `
SELECT conversation_id, kind, seq, first_seq, moderated, deleted FROM journal_conversation
WHERE conversation_id = ANY($1::uuid[]) ORDER BY conversation_id FOR UPDATE SKIP LOCKED`

// QueueLockFree takes those heads that nobody holds, in the order of their
// ids; the ids must be distinct.
func QueueLockFree(b *pgx.Batch, cs []id.Conversation) {
	ids := make([][16]byte, len(cs))
	for i, c := range cs {
		ids[i] = c.UUID
	}
	b.Queue(lockFree, ids)
}

// ReadHeads reads the result of QueueLockFree.
func ReadHeads(r pgx.BatchResults) (map[id.Conversation]*journal.Head, error) {
	rows, err := r.Query()
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[db.JournalConversation])
	heads := make(map[id.Conversation]*journal.Head, len(list))
	for _, row := range list {
		h := head(row)
		heads[h.Conversation] = &h
	}
	return heads, err
}

const membersOf = `
SELECT m.conversation_id, m.user_id, m.role, m.joined_at, m.joined_seq, m.left_seq, m.muted_until, m.peer_id
FROM journal_member m JOIN unnest($1::uuid[], $2::uuid[]) AS p (conversation_id, user_id)
	ON m.conversation_id = p.conversation_id AND m.user_id = p.user_id`

// QueueMembers reads the rows of the places. Queued after QueueLockFree it sees
// what was committed before the heads were locked: each statement has a
// snapshot of its own (READ COMMITTED).
func QueueMembers(b *pgx.Batch, places []journal.Place) {
	cs, us := make([][16]byte, len(places)), make([][16]byte, len(places))
	for i, p := range places {
		cs[i], us[i] = p.Conversation.UUID, p.User.UUID
	}
	b.Queue(membersOf, cs, us)
}

// ReadMembers reads the result of QueueMembers.
func ReadMembers(r pgx.BatchResults) (map[journal.Place]journal.Member, error) {
	rows, err := r.Query()
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[db.JournalMember])
	members := make(map[journal.Place]journal.Member, len(list))
	for _, row := range list {
		m := member(row)
		members[journal.Place{Conversation: m.Conversation, User: m.User}] = m
	}
	return members, err
}

const blocks = `
SELECT b.blocker_id, b.blocked_id
FROM journal_block b JOIN unnest($1::uuid[], $2::uuid[]) AS p (blocker_id, blocked_id)
	ON b.blocker_id = p.blocker_id AND b.blocked_id = p.blocked_id`

// QueueBlocks asks which of the blocks are in force.
func QueueBlocks(b *pgx.Batch, pairs []journal.Block) {
	by, users := make([][16]byte, len(pairs)), make([][16]byte, len(pairs))
	for i, p := range pairs {
		by[i], users[i] = p.By.UUID, p.User.UUID
	}
	b.Queue(blocks, by, users)
}

// ReadBlocks reads the result of QueueBlocks.
func ReadBlocks(r pgx.BatchResults) (map[journal.Block]bool, error) {
	rows, err := r.Query()
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (b journal.Block, err error) {
		err = row.Scan(&b.By.UUID, &b.User.UUID)
		return b, err
	})
	found := make(map[journal.Block]bool, len(list))
	for _, block := range list {
		found[block] = true
	}
	return found, err
}

const ended = `SELECT user_id FROM journal_user WHERE user_id = ANY($1::uuid[]) AND deleted`

// QueueEnded asks which people of the pairs have deleted their accounts.
func QueueEnded(b *pgx.Batch, pairs []journal.Block) {
	users := make([][16]byte, 0, 2*len(pairs))
	for _, p := range pairs {
		users = append(users, p.By.UUID, p.User.UUID)
	}
	b.Queue(ended, users)
}

// ReadEnded reads the result of QueueEnded.
func ReadEnded(r pgx.BatchResults) (map[id.User]bool, error) {
	rows, err := r.Query()
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[id.UUID])
	found := make(map[id.User]bool, len(list))
	for _, u := range list {
		found[id.User{UUID: u}] = true
	}
	return found, err
}

const (
	insertSends = `
INSERT INTO journal_event (conversation_id, seq, at, actor_id, message_id, body)
SELECT n.conversation_id, n.seq, $5, n.actor_id, n.message_id, ''
FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[]) AS n (conversation_id, seq, actor_id, message_id)`

	advance = `
UPDATE journal_conversation c SET seq = n.seq
FROM unnest($1::uuid[], $2::bigint[]) AS n (conversation_id, seq)
WHERE c.conversation_id = n.conversation_id`
)

// QueueSends stores the events of messages that are sent, and the new seqs of
// the held heads that they advanced. Both results are read with Exec.
func QueueSends(b *pgx.Batch, at time.Time, events []journal.Event, heads map[id.Conversation]*journal.Head) {
	n := len(events)
	cs, seqs := make([][16]byte, n), make([]int64, n)
	actors, messages := make([][16]byte, n), make([][16]byte, n)
	for i, e := range events {
		cs[i], seqs[i], actors[i], messages[i] = e.Conversation.UUID, e.Seq, e.Actor.UUID, e.Message.UUID
	}
	b.Queue(insertSends, cs, seqs, actors, messages, at)
	cs, seqs = cs[:0:0], seqs[:0:0]
	for c, h := range heads {
		cs, seqs = append(cs, c.UUID), append(seqs, h.Seq)
	}
	b.Queue(advance, cs, seqs)
}
