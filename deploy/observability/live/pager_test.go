package live

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// pager is who is woken: Alertmanager sends it what fires, and what is over.
type pager struct {
	url string

	mu   sync.Mutex
	last map[string]call // by its labels
}

// call is an alert as Alertmanager sends it.
type call struct {
	Status              string
	Labels, Annotations map[string]string
	Fingerprint         string
}

func page(t *testing.T) *pager {
	t.Helper()
	p := &pager{last: map[string]call{}}
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var all struct{ Alerts []call }
		if err := json.NewDecoder(r.Body).Decode(&all); err != nil {
			t.Errorf("the pager: %v", err)
			return
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, c := range all.Alerts {
			p.last[c.Fingerprint] = c
		}
	}))
	t.Cleanup(srv.Close)
	p.url = srv.URL
	return p
}

// told counts the alerts like this that fire by the last word about each, and those
// that are over.
func (p *pager) told(w want) (firing, over int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.last {
		switch {
		case !w.is(c.Labels):
		case c.Status == "firing":
			firing++
		default:
			over++
		}
	}
	return firing, over
}
