// Command gateway runs a gateway as a process of its own.
package main

import (
	"context"

	"github.com/lair-chat/lair/pkg/limit"
	"github.com/lair-chat/lair/pkg/process"
	"github.com/lair-chat/lair/pkg/redisdb"
	"github.com/lair-chat/lair/pkg/run"
	"github.com/lair-chat/lair/services/gateway"
)

// version is set by the linker.
var version = "dev"

func main() { process.Main(build, gateway.Ask) }

func build(ctx context.Context) ([]run.Part, error) {
	var (
		cfg      process.Config
		redis    process.Redis
		services process.Services
		own      gateway.Config
	)
	p, err := process.New(ctx, gateway.Role, version, &cfg, &redis, &services, &own)
	if err != nil {
		return nil, err
	}
	if err := process.Need("LAIR_CLUSTER_KEY", cfg.ClusterKey.Reveal(), "LAIR_REDIS_URL", redis.URL,
		"LAIR_AUTH_ADDR", services.Auth, "LAIR_ROOM_ADDR", services.Room,
		"LAIR_MESSAGE_ADDR", services.Message, "LAIR_PRESENCE_ADDR", services.Presence); err != nil {
		return nil, err
	}
	client, bus, err := p.Redis(ctx, redis.URL)
	if err != nil {
		return nil, err
	}
	limiter := limit.NewRedis(client, p.Log)
	p.Add(run.Part{Name: "limits", Run: limiter.Run})
	var conns gateway.Conns
	if conns.Auth, err = p.Dial("LAIR_AUTH_ADDR", services.Auth); err != nil {
		return nil, err
	}
	if conns.Room, err = p.Dial("LAIR_ROOM_ADDR", services.Room); err != nil {
		return nil, err
	}
	if conns.Message, err = p.Dial("LAIR_MESSAGE_ADDR", services.Message); err != nil {
		return nil, err
	}
	if conns.Presence, err = p.Dial("LAIR_PRESENCE_ADDR", services.Presence); err != nil {
		return nil, err
	}
	g, err := gateway.New(ctx, gateway.Needs{
		Config: own, Conns: conns, Bus: bus, Limiter: limiter, Version: version, Log: p.Log, Registry: p.Registry,
		Metrics: p.Handler(), Redis: func(ctx context.Context) error { return redisdb.Ping(ctx, client) },
		Tracer: p.Tracer.Tracer("gateway"), Internal: p.Certificate(),
	})
	if err != nil {
		return nil, err
	}
	p.Log.InfoContext(ctx, "serving", g.Listening()...)
	p.Add(g.Parts()...)
	return p.Parts(), nil
}
