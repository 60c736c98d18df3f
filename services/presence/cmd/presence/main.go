// Command presence runs the presence service as a process of its own.
package main

import (
	"context"

	"github.com/lair-chat/lair/pkg/process"
	"github.com/lair-chat/lair/pkg/redisdb"
	"github.com/lair-chat/lair/pkg/run"
	"github.com/lair-chat/lair/services/presence"
)

// version is set by the linker.
var version = "dev"

func main() { process.Main(build, process.AskServer) }

func build(ctx context.Context) ([]run.Part, error) {
	var (
		cfg    process.Config
		redis  process.Redis
		server process.Server
	)
	p, err := process.New(ctx, "presence", version, &cfg, &redis, &server)
	if err != nil {
		return nil, err
	}
	if err := process.Need("LAIR_CLUSTER_KEY", cfg.ClusterKey.Reveal(), "LAIR_REDIS_URL", redis.URL); err != nil {
		return nil, err
	}
	client, bus, err := p.Redis(ctx, redis.URL)
	if err != nil {
		return nil, err
	}
	p.Check("redis", func(ctx context.Context) error { return redisdb.Ping(ctx, client) }) // it keeps everything there
	svc := presence.New(presence.Needs{Registry: presence.Redis(client), Bus: bus, Log: p.Log})
	p.Add(run.Part{Name: "presence", Run: svc.Run})
	srv, err := p.Serve(ctx, server.Addr)
	if err != nil {
		return nil, err
	}
	svc.Register(srv)
	return p.Parts(), nil
}
