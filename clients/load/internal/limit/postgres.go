// Package limit measures what the machine can do at best: a database that
// takes rows without asking, a loop that only writes, a server that only holds
// sockets. Each figure of the system stands beside its limit.
package limit

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lair-chat/lair/pkg/id"
)

// BatchRows is how many rows one transaction of the limit writes.
const BatchRows = 1000

// table has the columns of a message, and its key.
const table = `
DROP TABLE IF EXISTS load_message;
CREATE TABLE load_message (
	conversation_id uuid NOT NULL, seq bigint NOT NULL, message_id uuid NOT NULL, author_id uuid NOT NULL,
	recipient_id uuid NOT NULL, client_msg_id text NOT NULL, digest bytea NOT NULL, content_type text NOT NULL,
	content bytea NOT NULL, created_at timestamptz NOT NULL,
	PRIMARY KEY (conversation_id, seq)
);
DROP TABLE IF EXISTS load_head;
CREATE TABLE load_head (conversation_id uuid PRIMARY KEY, seq bigint NOT NULL) WITH (fillfactor = 50);`

const insert = `
INSERT INTO load_message
SELECT n.*, now() FROM unnest(
	$1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::bytea[], $8::text[], $9::bytea[]
) AS n`

// content is as long as what the senders say.
var content = make([]byte, 100)

// rows are n messages of one conversation, turned on their side.
func rows(conversation id.UUID, first, n int64) []any {
	var (
		conversations, messages, authors, recipients []id.UUID
		seqs                                         []int64
		clientIDs, types                             []string
		digests, contents                            [][]byte
	)
	author := id.New()
	for i := range n {
		m := id.New()
		conversations, messages = append(conversations, conversation), append(messages, m)
		authors, recipients = append(authors, author), append(recipients, id.UUID{})
		seqs, clientIDs, types = append(seqs, first+i), append(clientIDs, m.String()), append(types, "text/plain")
		digests, contents = append(digests, content[:32]), append(contents, content)
	}
	return []any{conversations, seqs, messages, authors, recipients, clientIDs, digests, types, contents}
}

// Postgres is what a PostgreSQL server takes.
type Postgres struct{ pool *pgxpool.Pool }

// OpenPostgres makes the tables that the limits write to.
func OpenPostgres(ctx context.Context, url string) (*Postgres, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	config.MaxConns = rowLockCallers
	config.ConnConfig.RuntimeParams["synchronous_commit"] = "on"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	if _, err := pool.Exec(ctx, table); err != nil {
		pool.Close()
		return nil, err
	}
	return &Postgres{pool}, nil
}

// Close takes away what the limits wrote, so that the server does not clean up
// after them while something else is measured.
func (p *Postgres) Close(ctx context.Context) error {
	defer p.pool.Close()
	_, err := p.pool.Exec(ctx, "DROP TABLE load_message, load_head")
	if err == nil {
		_, err = p.pool.Exec(ctx, "CHECKPOINT")
	}
	return err
}

// batchWriters is how many connections write batches: while one waits for the
// disk the other works.
const batchWriters = 2

// Batches returns how many rows a second, and how many in all, are inserted by
// transactions of BatchRows rows each.
func (p *Postgres) Batches(ctx context.Context, d time.Duration) (perSecond float64, total int64, err error) {
	return measure(d, batchWriters, func(until func() bool) (int64, error) {
		conversation, n := id.New(), int64(0)
		for !until() {
			if _, err := p.pool.Exec(ctx, insert, rows(conversation, n+1, BatchRows)...); err != nil {
				return n, err
			}
			n += BatchRows
		}
		return n, nil
	})
}

// Commits returns how many transactions a second one connection commits that
// insert one row each.
func (p *Postgres) Commits(ctx context.Context, d time.Duration) (perSecond float64, err error) {
	perSecond, _, err = measure(d, 1, func(until func() bool) (int64, error) {
		conversation, n := id.New(), int64(0)
		for !until() {
			n++
			if _, err := p.pool.Exec(ctx, insert, rows(conversation, n, 1)...); err != nil {
				return n, err
			}
		}
		return n, nil
	})
	return perSecond, err
}

// rowLockCallers is how many senders compete for one room.
const rowLockCallers = 64

// RowLock returns how many messages a second 64 callers write to one room when
// each takes its number and commits in a transaction of its own: the usual way,
// not a limit.
func (p *Postgres) RowLock(ctx context.Context, d time.Duration) (perSecond float64, err error) {
	conversation := id.New()
	if _, err := p.pool.Exec(ctx, "INSERT INTO load_head VALUES ($1, 0)", conversation); err != nil {
		return 0, err
	}
	perSecond, _, err = measure(d, rowLockCallers, func(until func() bool) (n int64, err error) {
		for ; !until() && err == nil; n++ {
			err = pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) error {
				var seq int64
				const take = "UPDATE load_head SET seq = seq + 1 WHERE conversation_id = $1 RETURNING seq"
				if err := tx.QueryRow(ctx, take, conversation).Scan(&seq); err != nil {
					return err
				}
				_, err := tx.Exec(ctx, insert, rows(conversation, seq, 1)...)
				return err
			})
		}
		return n, err
	})
	return perSecond, err
}

// measure runs work in n goroutines, each until its argument reports true, which
// it does not at first, and returns what all of them did in a second and in all.
func measure(d time.Duration, n int, work func(until func() bool) (int64, error)) (perSecond float64, total int64, err error) {
	var (
		g     sync.WaitGroup
		all   atomic.Int64
		errs  = make([]error, n)
		begin = time.Now()
	)
	for i := range n {
		g.Go(func() {
			asked := 0
			done, err := work(func() bool { asked++; return asked > 1 && time.Since(begin) > d })
			all.Add(done)
			errs[i] = err
		})
	}
	g.Wait()
	return float64(all.Load()) / time.Since(begin).Seconds(), all.Load(), errors.Join(errs...)
}
