package e2e

import (
	"maps"
	"net/http"
	"slices"
	"sync"

	"github.com/lair-chat/lair/proto/client/spec/spectest"
)

// unsaid is what systems answered and the document of the API does not say.
type unsaid struct {
	mu   sync.Mutex
	seen map[string]bool
}

// listen looks at every answer over HTTP that a scenario gets from now on.
func listen() *unsaid {
	u := &unsaid{seen: map[string]bool{}}
	http.DefaultTransport = spectest.Transport{Through: http.DefaultTransport, Report: u.add}
	return u
}

func (u *unsaid) add(err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.seen[err.Error()] = true
}

func (u *unsaid) list() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Sorted(maps.Keys(u.seen))
}
