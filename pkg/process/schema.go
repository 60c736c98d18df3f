package process

import (
	"context"
	"database/sql"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/lair-chat/lair/pkg/sqldb"
)

// Schemas watches whether the database has the form that the program needs. A
// database that is behind, as after an older backup was put back, makes the
// process unready; one that is ahead is as an upgrade wants it, and is logged.
func (p *Process) Schemas(pool *pgxpool.Pool, schemas ...sqldb.Schema) {
	p.SchemasOf(stdlib.OpenDBFromPool(pool), schemas...) // which has nothing of its own to close
}

// SchemasOf is Schemas for any database.
func (p *Process) SchemasOf(db *sql.DB, schemas ...sqldb.Schema) {
	var m meters
	for _, s := range schemas {
		var stored atomic.Int64
		stored.Store(s.Newest) // it was migrated just now
		const name, help = "lair_schema_version", "Last migration of each service's tables: in the database, and known to the program."
		m.add(prometheus.GaugeValue, name, help, func() float64 { return float64(stored.Load()) }, "schema", s.Name, "of", "database")
		m.add(prometheus.GaugeValue, name, help, func() float64 { return float64(s.Newest) }, "schema", s.Name, "of", "program")
		p.Check("schema "+s.Name, func(ctx context.Context) error {
			n, err := s.Stored(ctx, db)
			if err != nil {
				return err
			}
			if before := stored.Swap(n); n > s.Newest && n != before {
				p.Log.WarnContext(ctx, "the database is ahead of this program, which is right during an upgrade only",
					"schema", s.Name, "database", n, "program", s.Newest)
			}
			if n < s.Newest {
				return &sqldb.BehindError{Schema: s, Stored: n}
			}
			return nil
		})
	}
	p.Registry.MustRegister(m)
}
