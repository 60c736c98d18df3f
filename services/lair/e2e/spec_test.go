package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/proto/client/spec/spectest"
)

// answers are those that the documents do not know; TestMain shows them.
var answers = &unsaid{seen: map[string]bool{}}

// unsaid is what systems say and the documents of the API do not.
type unsaid struct {
	mu   sync.Mutex
	seen map[string]bool
}

// listen looks at every answer over HTTP that a scenario gets from now on.
func (u *unsaid) listen() {
	http.DefaultTransport = spectest.Transport{Through: http.DefaultTransport, Report: u.add}
}

// frame looks at a frame of a socket.
func (u *unsaid) frame(text []byte) {
	var f struct{ Type string }
	if err := json.Unmarshal(text, &f); err != nil {
		u.add(fmt.Errorf("%s: %w", text, err))
	} else if err := spectest.Frame(f.Type, text); err != nil {
		u.add(err)
	}
}

// Next looks at every event on its way.
func (l *link) Next(ctx context.Context) (lair.Event, error) {
	e, err := l.Link.Next(ctx)
	if err == nil {
		answers.frame(e.Raw)
	}
	return e, err
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
