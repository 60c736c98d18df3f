package live

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	lair "github.com/lair-chat/lair/clients/go"
)

// hangs stops a program without ending it.
func hangs(name string) func(*testing.T, *system) func() {
	return func(t *testing.T, s *system) func() {
		t.Helper()
		return stop(t, s.pid(t, name))
	}
}

func (s *system) pid(t *testing.T, name string) int {
	t.Helper()
	s.look(t)
	for _, p := range s.Programs {
		if p.Name == name {
			return p.Pid
		}
	}
	t.Fatalf("there is no %s", name)
	return 0
}

func stop(t *testing.T, pid int) (mend func()) {
	t.Helper()
	must(t, syscall.Kill(pid, syscall.SIGSTOP))
	return func() {
		if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
			t.Error(err)
		}
	}
}

// ends kills a program several times; the cluster starts it again each time.
func ends(name string, times int) func(*testing.T, *system) func() {
	return func(t *testing.T, s *system) func() {
		t.Helper()
		for n := range times {
			must(t, syscall.Kill(s.pid(t, name), syscall.SIGKILL))
			seen := fmt.Sprintf("changes(process_start_time_seconds{service=%q}[5m]) > %d", name, n)
			for ctx := patient(t); !s.ask(t, seen); pause() {
				must(t, ctx.Err())
			}
		}
		return func() {}
	}
}

func exporterHangs(t *testing.T, s *system) func() {
	t.Helper()
	return stop(t, s.children["prometheus-redis-exporter"].Pid())
}

func redisHangs(t *testing.T, s *system) func() {
	t.Helper()
	db := s.redis(t)
	pid, err := strconv.Atoi(info(t, db, "server", "process_id"))
	must(t, err)
	return stop(t, pid)
}

// redisFull leaves Redis room for a few connections more than there are.
func redisFull(t *testing.T, s *system) func() {
	t.Helper()
	db := s.redis(t)
	clients, err := strconv.Atoi(info(t, db, "clients", "connected_clients"))
	must(t, err)
	before, err := db.ConfigGet(t.Context(), "maxclients").Result()
	must(t, err)
	must(t, db.ConfigSet(t.Context(), "maxclients", strconv.Itoa(clients+3)).Err())
	return func() {
		if err := db.ConfigSet(context.WithoutCancel(t.Context()), "maxclients", before["maxclients"]).Err(); err != nil {
			t.Error(err)
		}
	}
}

func (s *system) redis(t *testing.T) *redis.Client {
	t.Helper()
	o, err := redis.ParseURL(s.Redis)
	must(t, err)
	db := redis.NewClient(o)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func info(t *testing.T, db *redis.Client, section, field string) string {
	t.Helper()
	text, err := db.Info(t.Context(), section).Result()
	must(t, err)
	_, rest, _ := strings.Cut(text, "\n"+field+":")
	value, _, _ := strings.Cut(rest, "\r")
	return value
}

// sleepers are clients of the second gateway that do not read, in rooms where much
// is said.
func sleepers(t *testing.T, s *system) func() {
	t.Helper()
	gateway := s.Programs[len(s.Programs)-1]
	var links []*lair.Link
	for range 24 {
		link, err := lair.Dial(patient(t), lair.Options{Address: gateway.TCP, Token: s.crowd.Token(), Buffer: 1})
		must(t, err)
		links = append(links, link)
	}
	long := strings.Repeat("so much to say ", 250)
	var talk []func()
	for _, hall := range s.crowd.halls {
		talk = append(talk, repeat(t, 5*time.Millisecond, func(ctx context.Context) {
			_, _ = s.crowd.ws.Send(ctx, lair.Draft{Target: hall, Content: long}) // again, if not now
		}))
	}
	return func() {
		for _, enough := range talk {
			enough()
		}
		for _, link := range links {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Second)
			_ = link.Close(ctx) // some were sent away
			cancel()
		}
	}
}
