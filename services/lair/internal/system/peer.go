package system

import (
	"context"

	"google.golang.org/grpc"

	"github.com/lair-chat/lair/pkg/process"
	"github.com/lair-chat/lair/pkg/rpc"
	"github.com/lair-chat/lair/pkg/run"
)

// service is what a server can serve.
type service interface{ Register(r grpc.ServiceRegistrar) }

// peers serves a service to other services, and returns a connection for each
// role. It has a server of its own, which is up before the callers are built.
func peers(p *process.Process, o rpc.Options, s service, roles ...string) ([]grpc.ClientConnInterface, error) {
	srv := rpc.NewServer(o)
	s.Register(srv)
	o.Registry = nil // the server's side of a call in memory says it all
	conns := make([]grpc.ClientConnInterface, len(roles))
	for i, role := range roles {
		o.Role = role
		conn, err := rpc.Loopback(srv, o)
		if err != nil {
			return nil, err
		}
		conns[i] = conn
		p.Add(run.Part{Name: "loopback of " + role, Run: func(ctx context.Context) error {
			<-ctx.Done()
			rpc.Stop(srv)
			return conn.Close()
		}})
	}
	return conns, nil
}
