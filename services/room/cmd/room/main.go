// Command room runs the room service as a process of its own.
package main

import (
	"context"
	"time"

	"github.com/lair-chat/lair/pkg/process"
	"github.com/lair-chat/lair/pkg/run"
	"github.com/lair-chat/lair/services/room"
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
		services process.Services
		keep     process.Retention
	)
	p, err := process.New(ctx, room.Role, version, &cfg, &database, &redis, &server, &services, &keep)
	if err != nil {
		return nil, err
	}
	if err := process.Need("LAIR_CLUSTER_KEY", cfg.ClusterKey.Reveal(),
		"LAIR_DATABASE_URL", database.URL, "LAIR_REDIS_URL", redis.URL, "LAIR_AUTH_ADDR", services.Auth); err != nil {
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
	store, err := room.Postgres(ctx, pool)
	if err != nil {
		return nil, err
	}
	schemas, err := room.Schemas()
	if err != nil {
		return nil, err
	}
	p.Schemas(pool, schemas...)
	auth, err := p.Dial("LAIR_AUTH_ADDR", services.Auth)
	if err != nil {
		return nil, err
	}
	svc := room.New(room.Needs{Store: store, Auth: auth, PurgeAfter: keep.Room, Bus: bus, Now: time.Now, Log: p.Log})
	p.Add(run.Part{Name: "room", Run: svc.Run})
	srv, err := p.Serve(ctx, server.Addr)
	if err != nil {
		return nil, err
	}
	svc.Register(srv)
	return p.Parts(), nil
}
