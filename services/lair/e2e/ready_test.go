package e2e

import (
	"encoding/json"
	"net/http"
	"testing"

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
