package httpapi

import "net/http"

// health says that the process lives.
func (a *api) health(*call) (any, error) {
	return struct {
		Status  string `json:"status"`
		Version string `json:"version"`
	}{"healthy", a.Version}, nil
}

// Readiness answers /ready. Ready and Database are those of 0.8; the others say
// how this process finds what it depends on.
type Readiness struct {
	Ready    bool   `json:"ready"`
	Database string `json:"database"`
	Redis    string `json:"redis"`
	Auth     string `json:"auth"`
	Room     string `json:"room"`
	Message  string `json:"message"`
	Presence string `json:"presence"`
	Draining bool   `json:"draining"`
	// Certificates are how those that this gateway has are, by use: public, internal.
	Certificates map[string]string `json:"certificates,omitempty"`
	Reason       string            `json:"reason,omitempty"`
}

// ready says whether this process should get requests. Probes are many, so not
// being ready is no error in the log.
func (a *api) ready(c *call) (any, error) {
	r := a.Ready(c.Context())
	if !r.Ready {
		return answer{http.StatusServiceUnavailable, r}, nil
	}
	return r, nil
}
