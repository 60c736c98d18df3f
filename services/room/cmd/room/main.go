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

func main() { run.Main(build) }

func build(ctx context.Context) ([]run.Part, error) {
	var (
		cfg      process.Config
		database process.Database
		redis    process.Redis
		server   process.Server
	)
	p, err := process.New(ctx, "room", version, &cfg, &database, &redis, &server)
	if err != nil {
		return nil, err
	}
	if err := process.Need("LAIR_CLUSTER_KEY", cfg.ClusterKey.Reveal(),
		"LAIR_DATABASE_URL", database.URL, "LAIR_REDIS_URL", redis.URL); err != nil {
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
	srv, err := p.Serve(ctx, server.Addr)
	if err != nil {
		return nil, err
	}
	room.New(room.Needs{Store: store, Bus: bus, Now: time.Now, Log: p.Log}).Register(srv)
	return p.Parts(), nil
}
