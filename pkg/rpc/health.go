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

// NewHealth returns a Health that is serving.
func NewHealth() *Health { return &Health{health.NewServer()} }

// SetServing says whether the process is ready for work: its dependencies are
// there and it is not draining.
func (h *Health) SetServing(ready bool) {
	state := healthv1.HealthCheckResponse_NOT_SERVING
	if ready {
		state = healthv1.HealthCheckResponse_SERVING
	}
	h.srv.SetServingStatus("", state)
}

func (h *Health) register(srv *grpc.Server) { healthv1.RegisterHealthServer(srv, h.srv) }

// isHealth reports whether anybody may call the method: probes have no key.
func isHealth(method string) bool {
	return strings.HasPrefix(method, "/"+healthv1.Health_ServiceDesc.ServiceName+"/")
}
