package postgres_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/testkit/pgtest"
	"github.com/lair-chat/lair/services/auth/internal/identity"
	"github.com/lair-chat/lair/services/auth/internal/postgres"
)

// conflictOnce makes the first session, or the first act, that is written from
// now on fail as a transaction does that came into conflict with another.
const conflictOnce = `
CREATE SEQUENCE conflicts;
CREATE FUNCTION conflict() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF nextval('conflicts') = 1 THEN
		RAISE EXCEPTION 'a conflict' USING ERRCODE = '40001';
	END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER conflict BEFORE INSERT ON auth_session FOR EACH ROW EXECUTE FUNCTION conflict();
CREATE TRIGGER conflict BEFORE INSERT ON auth_audit FOR EACH ROW EXECUTE FUNCTION conflict();
`

var (
	at  = time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)
	ann = identity.User{
		ID: id.User{UUID: id.New()}, Username: "ann", Email: "ann@example.org", Password: "old", Role: "user", CreatedAt: at,
	}
)

// contested returns a store whose next transaction is begun twice, and runs
// between before the second time, with another connection. It has ann, with a
// session.
func contested(t *testing.T, between func(*pgxpool.Pool, *postgres.Store)) *postgres.Store {
	t.Helper()
	quiet := pgtest.New(t)
	must(t, postgres.Migrate(t.Context(), quiet))
	must(t, postgres.New(quiet).Register(t.Context(), ann, new(session())))
	_, err := quiet.Exec(t.Context(), conflictOnce)
	must(t, err)
	var begun atomic.Int32
	c := quiet.Config()
	c.PrepareConn = func(context.Context, *pgx.Conn) (bool, error) {
		if begun.Add(1) == 2 {
			between(quiet, postgres.New(quiet))
		}
		return true, nil
	}
	pool, err := pgxpool.NewWithConfig(t.Context(), c)
	must(t, err)
	t.Cleanup(func() {
		pool.Close()
		if n := begun.Load(); n != 2 {
			t.Errorf("it was begun %d times", n)
		}
	})
	return postgres.New(pool)
}

func session() identity.Session {
	return identity.Session{ID: id.Session{UUID: id.New()}, User: ann.ID, CreatedAt: at, ExpiresAt: at.Add(time.Hour)}
}

func act() identity.Act { return identity.Act{ID: id.New(), At: at, Kind: identity.ActLoginFailed} }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestConflictIsTriedAgain(t *testing.T) {
	s := contested(t, func(*pgxpool.Pool, *postgres.Store) {})
	if ok, err := s.InsertSession(t.Context(), session(), ann.Password); !ok || err != nil {
		t.Errorf("got %v, %v", ok, err)
	}
}

// What the first try found does not count when the second finds another state.

func TestSessionIsNotMadeIfTheUserIsGoneAtTheSecondTry(t *testing.T) {
	s := contested(t, func(pool *pgxpool.Pool, _ *postgres.Store) {
		_, err := pool.Exec(t.Context(), "DELETE FROM auth_session; DELETE FROM auth_user")
		must(t, err)
	})
	if ok, err := s.InsertSession(t.Context(), session(), ann.Password); ok || err != nil {
		t.Errorf("got %v, %v", ok, err)
	}
}

func TestFailureIsNotCountedIfItIsLockedAtTheSecondTry(t *testing.T) {
	key := identity.LockoutKey{1}
	s := contested(t, func(_ *pgxpool.Pool, other *postgres.Store) {
		for range 5 {
			_, _, err := other.CountFailure(t.Context(), key, at, act())
			must(t, err)
		}
	})
	if l, counted, err := s.CountFailure(t.Context(), key, at, act()); counted || err != nil || !l.Locked(at) {
		t.Errorf("got %+v, %v, %v", l, counted, err)
	}
}

func TestNoSessionsEndIfThePasswordIsAnotherAtTheSecondTry(t *testing.T) {
	s := contested(t, func(_ *pgxpool.Pool, other *postgres.Store) {
		_, err := other.ReplacePassword(t.Context(), ann.ID, ann.Password, "newer", at)
		must(t, err)
	})
	ended, ok, err := s.ChangePassword(t.Context(), ann.ID, ann.Password, "new", id.Session{}, at, act())
	if ok || err != nil || len(ended) > 0 {
		t.Errorf("got %v, %v, %v", ended, ok, err)
	}
}
