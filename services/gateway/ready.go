package gateway

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lair-chat/lair/pkg/cert"
	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/services/gateway/internal/httpapi"
	"github.com/lair-chat/lair/services/gateway/internal/readiness"
)

// watch returns what watches the dependencies. Without presence and Redis
// clients can still talk, so a gateway that lacks them is ready.
func (n Needs) watch() *readiness.Watch {
	list := []readiness.Dependency{
		readiness.Service("auth", n.Conns.Auth, true), readiness.Service("room", n.Conns.Room, true),
		readiness.Service("message", n.Conns.Message, true), readiness.Service("presence", n.Conns.Presence, false),
	}
	if n.Redis != nil {
		list = append(list, readiness.Dependency{Name: "redis", Ask: n.Redis})
	}
	return readiness.New(n.Log, list...)
}

// health is what /ready says, for Prometheus.
type health struct{ g *Gateway }

var (
	readyDesc      = prometheus.NewDesc("lair_ready", "1 while the process takes work.", nil, nil)
	dependencyDesc = prometheus.NewDesc("lair_dependency_up", "1 while a dependency answers.", []string{"dependency"}, nil)
)

// Describe implements prometheus.Collector.
func (h health) Describe(to chan<- *prometheus.Desc) { to <- readyDesc; to <- dependencyDesc }

// Collect implements prometheus.Collector.
func (h health) Collect(to chan<- prometheus.Metric) {
	number := func(b bool) float64 {
		if b {
			return 1
		}
		return 0
	}
	to <- prometheus.MustNewConstMetric(readyDesc, prometheus.GaugeValue, number(h.g.ready(context.Background()).Ready))
	states, _ := h.g.watch.States()
	for name, state := range states {
		to <- prometheus.MustNewConstMetric(dependencyDesc, prometheus.GaugeValue, number(state == readiness.Connected), name)
	}
}

// ready says whether this gateway should get requests.
func (g *Gateway) ready(context.Context) httpapi.Readiness {
	states, problem := g.watch.States()
	r := httpapi.Readiness{
		Database: readiness.Connected, Redis: states["redis"], Auth: states["auth"], Room: states["room"],
		Message: states["message"], Presence: states["presence"], Draining: g.leaving.Load(),
		Certificates: g.certificates(),
	}
	if r.Redis == "" {
		r.Redis = "memory"
	}
	down := g.authn.Ready() // auth answers out of the database
	switch data := g.watch.Database(); {
	case data != "":
		r.Database = data
	case down == nil:
	case r.Auth == readiness.NotReady:
		r.Database = readiness.Disconnected
	default:
		r.Database = readiness.Unknown
	}
	switch {
	case r.Draining:
		r.Reason = "this gateway is about to stop"
	case problem != "":
		r.Reason = problem
	case down != nil:
		r.Reason = fault.Of(down).Text
	default:
		r.Ready = true
	}
	return r
}

// certificates returns the states of the certificates that this gateway has. One that
// has expired makes no gateway unready: all have the same, so there would be none left
// for those who can do without.
func (g *Gateway) certificates() map[string]string {
	states := map[string]string{}
	for use, keeper := range map[string]*cert.Keeper{"public": g.cert, "internal": g.needs.Internal} {
		if keeper != nil {
			states[use] = keeper.State()
		}
	}
	return states
}
