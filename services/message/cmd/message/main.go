// Command message runs the message service as a process of its own.
package main

import (
	"context"
	"time"

	"github.com/lair-chat/lair/pkg/process"
	"github.com/lair-chat/lair/pkg/run"
	"github.com/lair-chat/lair/services/message"
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
	p, err := process.New(ctx, message.Role, version, &cfg, &database, &redis, &server, &services, &keep)
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
	store, err := message.Postgres(ctx, pool)
	if err != nil {
		return nil, err
	}
	schemas, err := message.Schemas()
	if err != nil {
		return nil, err
	}
	p.Schemas(pool, schemas...)
	auth, err := p.Dial("LAIR_AUTH_ADDR", services.Auth)
	if err != nil {
		return nil, err
	}
	svc := message.New(message.Needs{Store: store, Auth: auth, PurgeAfter: keep.Room, Bus: bus, Now: time.Now, Log: p.Log, Registry: p.Registry, Tracer: p.Tracer.Tracer("message")})
	p.Add(run.Part{Name: "message", Run: svc.Run, Drain: svc.Drain})
	srv, err := p.Serve(ctx, server.Addr)
	if err != nil {
		return nil, err
	}
	svc.Register(srv)
	return p.Parts(), nil
}
