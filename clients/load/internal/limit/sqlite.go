package limit

import (
	"context"
	"database/sql"
	"time"

	_ "modernc.org/sqlite" //nolint:depguard // the driver that lair serve links

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/sqldb"
)

const sqliteTable = `
CREATE TABLE load_message (
	conversation_id BLOB NOT NULL, seq INTEGER NOT NULL, message_id BLOB NOT NULL, author_id BLOB NOT NULL,
	recipient_id BLOB NOT NULL, client_msg_id TEXT NOT NULL, digest BLOB NOT NULL, content_type TEXT NOT NULL,
	content BLOB NOT NULL, created_at INTEGER NOT NULL,
	PRIMARY KEY (conversation_id, seq)
) WITHOUT ROWID`

// SQLite returns how many rows a second are inserted into the file at path by
// transactions of n rows each, which are on the disk before the next begins.
func SQLite(ctx context.Context, path string, n int, d time.Duration) (perSecond float64, err error) {
	file, err := sqldb.OpenSQLite(ctx, path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	if _, err := file.Write.ExecContext(ctx, sqliteTable); err != nil {
		return 0, err
	}
	insert, err := file.Write.PrepareContext(ctx, "INSERT INTO load_message VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		return 0, err
	}
	defer insert.Close()
	perSecond, _, err = measure(d, 1, func(until func() bool) (int64, error) {
		conversation, author, seq := id.New(), id.New(), int64(0)
		for !until() {
			err := file.Update(ctx, func(tx *sql.Tx) error {
				in := tx.StmtContext(ctx, insert)
				defer in.Close()
				for range n {
					seq++
					m := id.New()
					if _, err := in.ExecContext(ctx, conversation, seq, m, author, id.UUID{}, m.String(), content[:32],
						"text/plain", content, time.Now().UnixMicro()); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return seq, err
			}
		}
		return seq, nil
	})
	return perSecond, err
}
