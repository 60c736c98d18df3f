// Command auth runs the auth service as a process of its own.
package main

import (
	"context"
	"time"

	"github.com/lair-chat/lair/pkg/process"
	"github.com/lair-chat/lair/pkg/run"
	"github.com/lair-chat/lair/services/auth"
)

// version is set by the linker.
var version = "dev"

func main() { process.Main(build, process.AskServer) }

func build(ctx context.Context) ([]run.Part, error) {
	var (
		cfg      process.Config
		database process.Database
		redis    process.Redis
		server   process.Server
		own      auth.Config
	)
	p, err := process.New(ctx, "auth", version, &cfg, &database, &redis, &server, &own)
	if err != nil {
		return nil, err
	}
	if err := process.Need("LAIR_CLUSTER_KEY", cfg.ClusterKey.Reveal(), "LAIR_DATABASE_URL", database.URL,
		"LAIR_REDIS_URL", redis.URL, "LAIR_JWT_SECRET", own.Secret.Reveal()); err != nil {
		return nil, err
	}
	pool, err := p.Postgres(ctx, database.URL)
	if err != nil {
		return nil, err
	}
	_, bus, err := p.Redis(ctx, redis.URL)
	if err != nil {
		return nil, err
	}
	store, err := auth.Postgres(ctx, pool)
	if err != nil {
		return nil, err
	}
	schemas, err := auth.Schemas()
	if err != nil {
		return nil, err
	}
	p.Schemas(pool, schemas...)
	svc, err := auth.New(ctx, auth.Needs{Config: own, Store: store, Bus: bus, Now: time.Now, Log: p.Log})
	if err != nil {
		return nil, err
	}
	p.Add(run.Part{Name: "auth", Run: svc.Run})
	srv, err := p.Serve(ctx, server.Addr)
	if err != nil {
		return nil, err
	}
	svc.Register(srv)
	return p.Parts(), nil
}
