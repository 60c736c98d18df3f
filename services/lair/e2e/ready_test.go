package e2e

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/lair/internal/cluster"
)

// becomes waits until /ready has the status and says so of the part.
func becomes(t *testing.T, g *cluster.Gateway, status int, part, state string) {
	t.Helper()
	for ctx := soon(t); ctx.Err() == nil; {
		got, text := get(t, g.HTTP+"/ready")
		var body map[string]any
		must(t, json.Unmarshal([]byte(text), &body))
		if got == status && body["ready"] == (status == http.StatusOK) && body[part] == state {
			return
		}
	}
	t.Fatalf("%s never becomes %s with the status %d", part, state, status)
}

func TestReadyTellsTheStateOfEachPart(t *testing.T) {
	one := begin(t, cluster.One)
	becomes(t, one.first(), http.StatusOK, "redis", "memory")

	s := begin(t, cluster.Many)
	for _, part := range []string{"database", "redis", "auth", "room", "message", "presence"} {
		becomes(t, s.first(), http.StatusOK, part, "connected")
	}
	s.Redis.Kill()
	becomes(t, s.first(), http.StatusOK, "redis", "disconnected")
	must(t, s.Redis.Run(t.Context()))
	s.Program("presence").Kill()
	becomes(t, s.first(), http.StatusOK, "presence", "disconnected")
	s.Program("room").Kill()
	becomes(t, s.first(), http.StatusServiceUnavailable, "room", "disconnected")
	must(t, s.Program("presence").Run(t.Context()))
	must(t, s.Program("room").Run(t.Context()))
	for _, part := range []string{"redis", "presence", "room"} {
		becomes(t, s.first(), http.StatusOK, part, "connected")
	}
	if status, text := get(t, s.first().HTTP+"/health"); status != http.StatusOK || text != `{"status":"healthy","version":"test"}` {
		t.Errorf("%d %s", status, text)
	}
}

// Everything starts at once, before the databases, and comes together.
func TestAStartInAnyOrderConverges(t *testing.T) {
	s := begin(t, cluster.Many)
	ann, bob := register(t, s.first(), "ann"), register(t, s.last(), "bob")
	hall := room(t, ann, bob)
	for _, p := range slices.Backward(s.Programs) {
		must(t, p.Stop())
	}
	s.Redis.Kill()
	s.Postgres.Kill()
	started := make(chan error, len(s.Programs))
	for _, p := range slices.Backward(s.Programs) { // gateways first
		go func() { started <- p.Run(t.Context()) }()
	}
	must(t, s.Redis.Run(t.Context()))
	must(t, s.Postgres.Run(t.Context()))
	for range s.Programs {
		must(t, <-started)
	}
	b := bob.ws(t)
	ann.tcp(t).deaf().say(clientv1.ToRoom(hall), "hello")
	b.hears(hall.Conversation(), "hello")
}
