package sqlite

import (
	"context"
	"database/sql"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/auth/internal/identity"
	"github.com/lair-chat/lair/services/auth/internal/sqlite/db"
)

// record adds acts to the audit log.
func (s *Store) record(ctx context.Context, tx *sql.Tx, acts []identity.Act) error {
	for _, a := range acts {
		err := s.q.InsertAct(ctx, tx, db.InsertActParams{
			AuditID: a.ID, At: stored(a.At), Kind: a.Kind, ActorID: a.Actor.UUID, SubjectID: a.Subject.UUID,
			Address: a.Address, Detail: a.Detail,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Record implements identity.Store.
func (s *Store) Record(ctx context.Context, acts ...identity.Act) error {
	return s.update(ctx, func(tx *sql.Tx) error { return s.record(ctx, tx, acts) })
}

// Acts implements identity.Store.
func (s *Store) Acts(ctx context.Context, before id.UUID, limit int) ([]identity.Act, error) {
	if before.IsZero() {
		before = last
	}
	rows, err := s.q.Acts(ctx, s.file.Read, db.ActsParams{BeforeID: before, MaxRows: int64(limit)})
	out := make([]identity.Act, len(rows))
	for i, r := range rows {
		out[i] = identity.Act{
			ID: r.AuditID, At: loaded(r.At), Kind: r.Kind, Actor: id.User{UUID: r.ActorID}, Subject: id.User{UUID: r.SubjectID},
			Address: r.Address, Detail: r.Detail,
		}
	}
	return out, err
}

// last is an id after all others.
var last = func() (u id.UUID) {
	for i := range u {
		u[i] = 0xff
	}
	return u
}()

// PurgeActs implements identity.Store.
func (s *Store) PurgeActs(ctx context.Context, before time.Time) error {
	return s.q.DeleteActs(ctx, s.file.Write, stored(before))
}
