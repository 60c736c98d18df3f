// Package auth is the auth service as one thing that a program can build,
// register and run. Start reading here; the heart is internal/identity.
package auth

import (
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"

	"github.com/lair-chat/lair/pkg/bus"
	"github.com/lair-chat/lair/pkg/config"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/sqldb"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	"github.com/lair-chat/lair/services/auth/internal/identity"
	"github.com/lair-chat/lair/services/auth/internal/keyring"
	"github.com/lair-chat/lair/services/auth/internal/names"
	"github.com/lair-chat/lair/services/auth/internal/password"
	"github.com/lair-chat/lair/services/auth/internal/postgres"
	"github.com/lair-chat/lair/services/auth/internal/rpc"
	"github.com/lair-chat/lair/services/auth/internal/sqlite"
)

// Topic is the bus topic of sessions that ended: each message is the 16 raw
// bytes of the id of a session.
const Topic = "revocation"

// ChangeTopic is the bus topic of users who are seen in another way: each
// message is the 16 raw bytes of the id of a user. What it is now is asked for.
const ChangeTopic = "user-change"

// Config is what the service is configured with.
type Config struct {
	Secret config.Secret `env:"LAIR_JWT_SECRET" desc:"At least 32 bytes, under which the keys that tokens are signed with are encrypted. lair serve makes one in its data folder."`
}

// Store is where users, sessions and keys are kept: SQLite or PostgreSQL.
type Store interface {
	identity.Store
	keyring.Store
}

// SQLite returns a store in file, for one process. It migrates the file.
func SQLite(ctx context.Context, file *sqldb.SQLite) (Store, error) {
	if err := sqlite.Migrate(ctx, file); err != nil {
		return nil, err
	}
	return sqlite.New(file), nil
}

// Postgres returns a store on pool, for many processes. It migrates the
// database.
func Postgres(ctx context.Context, pool *pgxpool.Pool) (Store, error) {
	if err := postgres.Migrate(ctx, pool); err != nil {
		return nil, err
	}
	return postgres.New(pool), nil
}

// Schemas returns the tables in PostgreSQL that the service reads and writes.
func Schemas() ([]sqldb.Schema, error) { return postgres.Schemas() }

// Needs is what the service is built from.
type Needs struct {
	Config Config
	Store  Store
	Bus    bus.Bus
	Now    func() time.Time
	Log    *slog.Logger
}

// Service is the auth service. It is safe for concurrent use.
type Service struct {
	log    *slog.Logger
	server rpc.Server
}

// New builds the service. An error names the variable with a value that is of
// no use.
func New(ctx context.Context, n Needs) (*Service, error) {
	ring, err := keyring.Open(ctx, n.Store, []byte(n.Config.Secret.Reveal()), n.Now)
	if err != nil {
		return nil, err
	}
	return &Service{n.Log, rpc.Server{
		Accounts: &identity.Accounts{Store: n.Store, Hasher: password.New(), Bell: bell{n.Bus, n.Log}, Herald: herald{n.Bus}, Names: names.Names{}, Now: n.Now},
		Ring:     ring, Now: n.Now,
	}}, nil
}

// Register adds the service to a gRPC server.
func (s *Service) Register(r grpc.ServiceRegistrar) { authv1.RegisterAuthServiceServer(r, &s.server) }

// Run renews keys and removes what has expired, until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	var g errgroup.Group
	g.Go(func() error {
		s.server.Ring.Run(ctx, func(err error) { s.log.WarnContext(ctx, "keys were not renewed", "err", err) })
		return nil
	})
	g.Go(func() error {
		s.server.Accounts.Run(ctx, func(err error) { s.log.WarnContext(ctx, "nothing was purged", "err", err) })
		return nil
	})
	return g.Wait()
}

// CreateAdmin makes an administrator; see Promote for a user who is there.
// Errors: username_invalid, email_invalid, password_too_weak, username_taken,
// email_taken.
func CreateAdmin(ctx context.Context, store Store, username, email, secret string) (id.User, error) {
	a := identity.Accounts{Store: store, Hasher: password.New(), Names: names.Names{}, Now: time.Now}
	u, err := a.CreateAdmin(ctx, username, email, secret)
	return u.ID, err
}

// Promote makes a user an administrator. Errors: user_not_found.
func Promote(ctx context.Context, store Store, username string) (id.User, error) {
	a := identity.Accounts{Store: store, Names: names.Names{}, Now: time.Now}
	u, err := a.Promote(ctx, username)
	return u.ID, err
}

// EndLogins forgets the keys that tokens are signed with: no token is good any more,
// and the next start makes a key under whatever secret there is then. No process that
// has the old keys may run.
func EndLogins(ctx context.Context, store Store) error {
	return store.DeleteKeys(ctx, time.Now().Add(keyring.Keep)) // also of a clock that was ahead
}

// bell implements identity.Bell.
type bell struct {
	bus bus.Bus
	log *slog.Logger
}

// bellTime bounds the ringing: the answer to the user waits for it, and
// gateways ask by themselves every second.
const bellTime = 500 * time.Millisecond

// Ended implements identity.Bell.
func (b bell) Ended(ctx context.Context, sessions ...id.Session) {
	msgs := make([]bus.Message, len(sessions))
	for i, s := range sessions {
		msgs[i] = bus.Message{Topic: Topic, Data: s.Bytes()}
	}
	b.ring(ctx, msgs...)
}

// Changed implements identity.Bell.
func (b bell) Changed(ctx context.Context, u id.User) {
	b.ring(ctx, bus.Message{Topic: ChangeTopic, Data: u.Bytes()})
}

func (b bell) ring(ctx context.Context, msgs ...bus.Message) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), bellTime)
	defer cancel()
	if err := b.bus.Publish(ctx, msgs...); err != nil {
		b.log.WarnContext(ctx, "bells were not rung", "bells", len(msgs), "err", err)
	}
}
