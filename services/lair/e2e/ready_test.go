package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
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

// Whatever is started first, and whatever is missing then, everything comes together.
func TestAStartInAnyOrderConverges(t *testing.T) {
	s := begin(t, cluster.Many)
	ann, bob := register(t, s.first(), "ann"), register(t, s.last(), "bob")
	hall := room(t, ann, bob)
	for i, order := range []string{
		"gateway presence message room auth postgres redis",
		"postgres redis gateway presence message room auth",
		"message auth redis gateway room presence postgres",
		"room postgres auth presence gateway message redis",
	} {
		for _, p := range slices.Backward(s.Programs) {
			must(t, p.Stop())
		}
		s.Redis.Kill()
		s.Postgres.Kill()
		started := make(chan error, len(s.Programs))
		for name := range strings.FieldsSeq(order) {
			s.startOne(t, name, started)
		}
		for range s.Programs {
			must(t, <-started)
		}
		b := bob.ws(t)
		text := fmt.Sprint("hello ", i)
		ann.tcp(t).deaf().say(clientv1.ToRoom(hall), text)
		b.hears(hall.Conversation(), text)
	}
}

// startOne starts a database, or a program, or both gateways, and waits until they run:
// a database answers then, a program has said something, if only what it misses.
func (s *system) startOne(t *testing.T, name string, started chan<- error) {
	t.Helper()
	switch name {
	case "postgres":
		must(t, s.Postgres.Run(t.Context()))
		return
	case "redis":
		must(t, s.Redis.Run(t.Context()))
		return
	}
	lines := func() int {
		log, err := os.ReadFile(s.log.Name())
		must(t, err)
		return bytes.Count(log, []byte(`"service":"`+name+`"`))
	}
	before, n := lines(), 0
	for _, p := range s.Programs {
		if strings.HasPrefix(p.Name, name) {
			go func() { started <- p.Run(t.Context()) }()
			n++
		}
	}
	if n == 0 {
		t.Fatalf("there is no program %s", name)
	}
	eventually(t, name+" runs", func() bool { return lines() > before })
}
