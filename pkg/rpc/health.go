package rpc

import (
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
)

// Health is what the health service of a server answers. It is safe for
// concurrent use.
type Health struct{ srv *health.Server }

// Storage is the name under which the health service says whether what has to
// be kept can be written. Reading may go on without.
const Storage = "lair.storage"

// Schema is the name under which it says whether the database has the form that the
// process needs. One that lacks it is not ready, and this says why.
const Schema = "lair.schema"

// NewHealth returns a Health that is serving.
func NewHealth() *Health {
	h := &Health{health.NewServer()}
	h.SetStoring(true)
	h.SetFitting(true)
	return h
}

// SetStoring says whether the database of the process has room. One without
// room makes nobody unready: what is there can still be read.
func (h *Health) SetStoring(room bool) { h.set(Storage, room) }

// SetFitting says whether the database has the form that the process needs.
func (h *Health) SetFitting(fits bool) { h.set(Schema, fits) }

// SetServing says whether the process is ready for work: its dependencies are
// there and it is not draining.
func (h *Health) SetServing(ready bool) { h.set("", ready) }

func (h *Health) set(service string, good bool) {
	state := healthv1.HealthCheckResponse_NOT_SERVING
	if good {
		state = healthv1.HealthCheckResponse_SERVING
	}
	h.srv.SetServingStatus(service, state)
}

func (h *Health) register(srv *grpc.Server) { healthv1.RegisterHealthServer(srv, h.srv) }

// isHealth reports whether anybody may call the method: probes have no key. Who
// gives a proof all the same wants to know whether it is good.
func isHealth(method string) bool {
	return strings.HasPrefix(method, "/"+healthv1.Health_ServiceDesc.ServiceName+"/")
}
