// Package gateway is the gateway as one thing that a program can build and run:
// it speaks HTTP, WebSocket and TCP with clients and gRPC with the services,
// and keeps nothing but its sockets. Start reading here.
package gateway

import (
	"context"
	"hash/maphash"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"

	"github.com/lair-chat/lair/pkg/bus"
	"github.com/lair-chat/lair/pkg/cert"
	"github.com/lair-chat/lair/pkg/limit"
	"github.com/lair-chat/lair/pkg/run"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	"github.com/lair-chat/lair/services/gateway/internal/attendance"
	"github.com/lair-chat/lair/services/gateway/internal/authn"
	"github.com/lair-chat/lair/services/gateway/internal/backend"
	"github.com/lair-chat/lair/services/gateway/internal/cookie"
	"github.com/lair-chat/lair/services/gateway/internal/door"
	"github.com/lair-chat/lair/services/gateway/internal/httpapi"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
	"github.com/lair-chat/lair/services/gateway/internal/origin"
	"github.com/lair-chat/lair/services/gateway/internal/profile"
	"github.com/lair-chat/lair/services/gateway/internal/proxy"
	"github.com/lair-chat/lair/services/gateway/internal/readiness"
	"github.com/lair-chat/lair/services/gateway/internal/render"
	"github.com/lair-chat/lair/services/gateway/internal/sender"
	"github.com/lair-chat/lair/services/gateway/internal/session"
	"github.com/lair-chat/lair/services/gateway/internal/sock"
	"github.com/lair-chat/lair/services/gateway/internal/source"
	"github.com/lair-chat/lair/services/gateway/internal/syncer"
	"github.com/lair-chat/lair/services/gateway/internal/tcp"
	"github.com/lair-chat/lair/services/gateway/internal/web"
	"github.com/lair-chat/lair/services/gateway/internal/ws"
)

// Role is what a gateway calls itself when it calls services.
const Role = "gateway"

// Conns are the connections to the services.
type Conns struct {
	Auth, Room, Message, Presence grpc.ClientConnInterface
}

// Needs is what a gateway is built from.
type Needs struct {
	Config   Config
	Conns    Conns
	Bus      bus.Bus
	Limiter  limit.Limiter               // nil is one of this process alone
	Redis    func(context.Context) error // nil if Redis answers; not set if there is none
	Version  string
	Log      *slog.Logger
	Registry prometheus.Registerer
	Metrics  http.Handler // /metrics, if it is public; nil is none
	Tracer   trace.Tracer // nil makes no spans
	Internal *cert.Keeper // the certificate for services, for /ready; nil if there is none
}

// Gateway is one gateway. Build it with New, then run its Parts.
type Gateway struct {
	needs      Needs
	authn      *authn.Authn
	hub        *hub.Hub
	sender     *sender.Sender
	attendance *attendance.Attendance
	profiles   *profile.Carrier
	watch      *readiness.Watch
	gate       *session.Gate
	tcp        *tcp.Server
	handler    http.Handler
	cert       *cert.Keeper // nil without TLS
	leaving    atomic.Bool

	tcpListener net.Listener
	// One of the two may be nil.
	httpListener, httpsListener net.Listener
}

// New builds a gateway and opens its ports. Clients are served when its parts
// run.
func New(ctx context.Context, n Needs) (*Gateway, error) {
	b := backend.New(backend.Conns(n.Conns))
	limits := sock.NewLimits()
	stats := newStats(n.Registry, n.Log, func() float64 { return float64(limits.Total.Load()) })
	renderer := render.Renderer{Directory: b.Directory}
	meter := newMeter(n.Registry)
	limiter, entrance := n.quota(), door.New(int(n.Config.Front.AddressMax))
	src := source.Source{Messages: b.Messages}
	g := &Gateway{
		needs:      n,
		authn:      authn.New(authn.Needs{Auth: b.Auth, Bus: n.Bus, Now: time.Now, Log: n.Log}),
		hub:        hub.New(hub.Needs{Bus: n.Bus, Source: src, Encoder: counted{renderer, meter}, Stats: stats, Log: n.Log, Tracer: n.Tracer}),
		sender:     sender.New(b.Messages, n.Log),
		attendance: attendance.New(b.Presence, n.Log),
		watch:      n.watch(),
	}
	g.profiles = profile.New(profile.Needs{Bus: n.Bus, Auth: b.Auth, Directory: b.Directory, Audience: g.hub, Log: n.Log})
	g.gate = session.NewGate(session.Needs{
		Backend: b, Authn: g.authn, Hub: g.hub, Source: src, Sender: g.sender, Encoder: renderer,
		Attendance: g.attendance, Stats: stats, Quota: limiter, Log: n.Log,
		Meter: meter, MaxPerUser: int(n.Config.Front.UserMax), Warning: n.Config.SessionWarning, Tracer: n.Tracer,
	})
	g.authn.OnRevoked(g.gate.Revoke)
	g.tcp = &tcp.Server{
		Gate: g.gate, Limits: limits, Max: int(n.Config.TCPMaxConnections), Log: n.Log, Door: entrance, Refused: stats.refused,
		Gauge: stats.connections.WithLabelValues("tcp"),
	}
	if n.Config.TCPProxyProtocol {
		g.tcp.Client = proxy.Trusted(n.Config.Front.TrustedProxies).Announced
	}
	cookies := cookie.Jar{Secure: n.Config.Front.secure}
	socket := &ws.Handler{
		Cookies: cookies, Listed: n.Config.Front.Origins,
		Gate: g.gate, Limits: limits, Address: n.Config.Front.client, Gauge: stats.connections.WithLabelValues("websocket"),
		Max: int(n.Config.Front.WSMax), Door: entrance, Refused: stats.refused, Origin: origin.Allowed(n.Config.Front.Origins).May,
	}
	api := httpapi.New(httpapi.Needs{
		Cookies: cookies,
		Backend: b, Authn: g.authn, Sender: httpSender{g.sender, maphash.MakeSeed()},
		Syncer: syncer.Syncer{Messages: b.Messages, Source: src, Encoder: renderer},
		Socket: socket, Ready: g.ready, Address: n.Config.Front.client, Origins: n.Config.Front.Origins, Quota: limiter, Version: n.Version, Log: n.Log, Registry: n.Registry, Tracer: n.Tracer,
	})
	pages, err := web.New(web.Dist(), api, n.Config.Front.secure)
	if err != nil {
		return nil, err
	}
	n.Registry.MustRegister(health{g}, g.online(), newTotals(b.Totals, time.Now))
	g.handler = n.Config.Front.pin(n.scraped(pages))
	return g, g.listen(ctx)
}

// TCPAddr returns where the gateway listens for the real-time protocol.
func (g *Gateway) TCPAddr() net.Addr { return g.tcpListener.Addr() }

// Parts returns what has to run, in the order of need.
func (g *Gateway) Parts() []run.Part {
	parts := []run.Part{
		{Name: "sender", Run: g.sender.Run},
		{Name: "hub", Run: g.hub.Run},
		{Name: "authn", Run: g.authn.Run},
		{Name: "attendance", Run: g.attendance.Run},
		{Name: "readiness", Run: g.watch.Run},
		{Name: "clock", Run: g.gate.Clock},
		{Name: "notices", Run: func(ctx context.Context) error { return g.gate.Notices(ctx, g.needs.Bus) }},
		{Name: "profiles", Run: g.profiles.Run},
		{Name: "tcp", Run: g.serveTCP, Drain: g.drain},
	}
	return append(parts, g.serveHTTP()...)
}

func (g *Gateway) serveTCP(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { _ = g.tcpListener.Close() })
	defer stop()
	return g.tcp.Serve(ctx, g.tcpListener)
}

// drain makes the gateway unready and sends its clients elsewhere. New ones
// are still let in until the listeners close, and sent away at once.
func (g *Gateway) drain(ctx context.Context) error {
	g.leaving.Store(true)
	g.gate.Drain(ctx, g.needs.Config.DrainWindow)
	return nil
}

// httpSender implements httpapi.Sender.
type httpSender struct {
	sender *sender.Sender
	seed   maphash.Seed
}

// Send implements httpapi.Sender.
func (h httpSender) Send(ctx context.Context, who authn.Identity, d httpapi.Draft) (clientv1.Message, error) {
	req := &messagev1.Draft{
		UserId: who.User.Bytes(), SessionId: who.Session.Bytes(), ClientMsgId: d.ClientMsgID,
		ContentType: "text/plain", Content: []byte(d.Content),
	}
	if d.Room.IsZero() {
		req.Target = &messagev1.Target{To: &messagev1.Target_UserId{UserId: d.Recipient.Bytes()}}
	} else {
		req.Target = &messagev1.Target{To: &messagev1.Target_RoomId{RoomId: d.Room.Bytes()}}
	}
	return h.sender.Send(ctx, maphash.Comparable(h.seed, who.User), req)
}
