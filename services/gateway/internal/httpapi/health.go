package httpapi

import (
	"net/http"

	"github.com/lair-chat/lair/pkg/fault"
)

// health says that the process lives.
func (a *api) health(*call) (any, error) {
	return struct {
		Status  string `json:"status"`
		Version string `json:"version"`
	}{"healthy", a.Version}, nil
}

// readiness answers /ready. Database is "connected" when ready: without it the
// services are not.
type readiness struct {
	Ready    bool   `json:"ready"`
	Database string `json:"database,omitempty"`
	Reason   string `json:"reason,omitempty"`
}

// ready says whether this process should get requests. Probes are many, so not
// being ready is no error in the log.
func (a *api) ready(c *call) (any, error) {
	if err := a.Ready(c.Context()); err != nil {
		return answer{http.StatusServiceUnavailable, readiness{Reason: fault.Of(err).Text}}, nil
	}
	return readiness{Ready: true, Database: "connected"}, nil
}
