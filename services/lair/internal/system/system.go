package system

import (
	"context"
	"crypto/rand"
	"time"

	"google.golang.org/grpc"

	"github.com/lair-chat/lair/pkg/bus"
	"github.com/lair-chat/lair/pkg/bus/membus"
	"github.com/lair-chat/lair/pkg/limit"
	"github.com/lair-chat/lair/pkg/process"
	"github.com/lair-chat/lair/pkg/redisdb"
	"github.com/lair-chat/lair/pkg/rpc"
	"github.com/lair-chat/lair/pkg/run"
	"github.com/lair-chat/lair/services/auth"
	"github.com/lair-chat/lair/services/gateway"
	"github.com/lair-chat/lair/services/message"
	"github.com/lair-chat/lair/services/presence"
	"github.com/lair-chat/lair/services/room"
)

// System is everything in one process.
type System struct {
	Gateway *gateway.Gateway
	Where   string // the data is kept
	parts   []run.Part
}

// Parts returns what has to run, in the order of need.
func (s *System) Parts() []run.Part { return s.parts }

// Build opens the database and the ports, and puts the services together.
func Build(ctx context.Context, c Config, version string) (*System, error) {
	p, err := process.With(ctx, "lair", version, c.Process)
	if err != nil {
		return nil, err
	}
	stores, err := OpenStores(ctx, p, c)
	if err != nil {
		return nil, err
	}
	if c.Auth.Secret, err = c.secret(); err != nil {
		return nil, err
	}
	var b bus.Bus = membus.New()
	registry := presence.Memory()
	var limiter limit.Limiter = limit.NewMemory(time.Now)
	var ping func(context.Context) error
	if c.Redis.URL != "" {
		client, shared, err := p.Redis(ctx, c.Redis.URL)
		if err != nil {
			return nil, err
		}
		b, registry = shared, presence.Redis(client)
		counts := limit.NewRedis(client, p.Log)
		p.Add(run.Part{Name: "limits", Run: counts.Run})
		limiter = counts
		ping = func(ctx context.Context) error { return redisdb.Ping(ctx, client) }
	}
	s := &System{Where: stores.Where}
	conn, err := services(ctx, p, c, stores, b, registry)
	if err != nil {
		return nil, err
	}
	s.Gateway, err = gateway.New(ctx, gateway.Needs{
		Config: c.Gateway, Conns: gateway.Conns{Auth: conn, Room: conn, Message: conn, Presence: conn},
		Bus: b, Limiter: limiter, Version: version, Log: p.Log, Registry: p.Registry, Metrics: p.Handler(), Redis: ping, Tracer: p.Tracer.Tracer("gateway"),
	})
	if err != nil {
		return nil, err
	}
	p.Add(s.Gateway.Parts()...)
	p.Add(p.Watch())
	s.parts = p.Parts()
	return s, nil
}

// services registers all services on one server and returns a connection to it.
func services(ctx context.Context, p *process.Process, c Config, stores Stores, b bus.Bus, registry presence.Registry) (grpc.ClientConnInterface, error) {
	accounts, err := auth.New(ctx, auth.Needs{Config: c.Auth, Store: stores.Auth, Bus: b, Now: time.Now, Log: p.Log})
	if err != nil {
		return nil, err
	}
	// Nobody else can call these servers, and nobody else has this key.
	o := p.Options()
	o.Key = []byte(rand.Text() + rand.Text())
	inner, err := peers(p, o, accounts, room.Role, message.Role)
	if err != nil {
		return nil, err
	}
	rooms := room.New(room.Needs{Store: stores.Room, Auth: inner[0], PurgeAfter: c.Keep.Room, Bus: b, Now: time.Now, Log: p.Log})
	messages := message.New(message.Needs{Store: stores.Message, Auth: inner[1], PurgeAfter: c.Keep.Room, Bus: b, Now: time.Now, Log: p.Log, Registry: p.Registry, Tracer: p.Tracer.Tracer("message")})
	online := presence.New(presence.Needs{Registry: registry, Bus: b, Log: p.Log})

	o.Role = gateway.Role
	srv := rpc.NewServer(o)
	for _, s := range []interface{ Register(grpc.ServiceRegistrar) }{accounts, rooms, messages, online} {
		s.Register(srv)
	}
	o.Registry = nil // the server's side of a call in memory says it all
	conn, err := rpc.Loopback(srv, o)
	if err != nil {
		return nil, err
	}
	p.Add(
		run.Part{Name: "auth", Run: accounts.Run},
		run.Part{Name: "room", Run: rooms.Run},
		run.Part{Name: "message", Run: messages.Run, Drain: messages.Drain},
		run.Part{Name: "presence", Run: online.Run},
		run.Part{Name: "loopback", Run: func(ctx context.Context) error {
			<-ctx.Done()
			rpc.Stop(srv)
			return conn.Close()
		}},
	)
	return conn, nil
}
