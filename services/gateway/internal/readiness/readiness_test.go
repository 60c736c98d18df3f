package readiness_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"maps"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lair-chat/lair/pkg/rpc"
	"github.com/lair-chat/lair/services/gateway/internal/readiness"
)

var quiet = slog.New(slog.DiscardHandler)

// part is something that is well, or not, as the test says.
type part struct {
	err   atomic.Pointer[error]
	asked atomic.Int32
	hangs atomic.Bool
}

func (p *part) ask(ctx context.Context) error {
	p.asked.Add(1)
	if p.hangs.Load() {
		<-ctx.Done()
		return ctx.Err()
	}
	if err := p.err.Load(); err != nil {
		return *err
	}
	return nil
}

func (p *part) fails(err error) { p.err.Store(&err) }

func (p *part) isWell() { p.err.Store(nil); p.hangs.Store(false) }

func want(t *testing.T, w *readiness.Watch, problem string, states map[string]string) {
	t.Helper()
	synctest.Wait()
	got, what := w.States()
	if what != problem || !maps.Equal(got, states) {
		t.Errorf("got %v, %q; want %v, %q", got, what, states, problem)
	}
}

func TestStatesAreWatchedAndProbesAskNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var auth, redis part
		w := readiness.New(quiet,
			readiness.Dependency{Name: "auth", Ask: auth.ask, Needed: true}, readiness.Dependency{Name: "redis", Ask: redis.ask},
		)
		want(t, w, "the auth service has not answered yet", map[string]string{"auth": "unknown", "redis": "unknown"})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- w.Run(ctx) }()
		well := map[string]string{"auth": "connected", "redis": "connected"}
		want(t, w, "", well)
		asked := auth.asked.Load()
		for range 1000 {
			w.States()
		}
		if n := auth.asked.Load(); n != asked {
			t.Errorf("probes asked %d times", n-asked)
		}

		// What is not needed may stay away, what is needed for a while.
		redis.fails(errors.New("refused"))
		auth.hangs.Store(true)
		time.Sleep(5 * time.Second)
		away := map[string]string{"auth": "disconnected", "redis": "disconnected"}
		want(t, w, "", away)
		time.Sleep(10 * time.Second)
		want(t, w, "the auth service does not answer", away)
		auth.isWell()
		auth.fails(readiness.ErrNotReady)
		time.Sleep(5 * time.Second)
		want(t, w, "the auth service says that it is not ready", map[string]string{"auth": "not_ready", "redis": "disconnected"})
		auth.isWell()
		redis.isWell()
		time.Sleep(5 * time.Second)
		want(t, w, "", well)

		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		want(t, w, "", well) // the end says nothing of others
	})
}

func TestAFullDatabaseLeavesItsServiceConnected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var message part
		w := readiness.New(quiet, readiness.Dependency{Name: "message", Ask: message.ask, Needed: true})
		go w.Run(t.Context()) //nolint:errcheck // it ends with the test
		for _, full := range []bool{false, true, false} {
			message.isWell()
			if full {
				message.fails(readiness.ErrFull)
			}
			time.Sleep(15 * time.Second)
			want(t, w, "", map[string]string{"message": "connected"})
			if full != (w.Database() == readiness.Full) {
				t.Errorf("the database is %q", w.Database())
			}
		}
	})
}

// service returns what a gateway with the options asks of a service with others.
func service(t *testing.T, server, client rpc.Options) (d readiness.Dependency, stop func()) {
	t.Helper()
	srv := rpc.NewServer(server)
	conn, err := rpc.Loopback(srv, client)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	t.Cleanup(srv.Stop)
	return readiness.Service("room", conn, true), srv.Stop
}

func TestServicesAreAskedForTheirHealth(t *testing.T) {
	o := rpc.Options{Role: "gateway", Key: make([]byte, 32), Health: rpc.NewHealth()}
	d, stop := service(t, o, o)
	if err := d.Ask(t.Context()); err != nil {
		t.Error(err)
	}
	o.Health.SetServing(false)
	if err := d.Ask(t.Context()); !errors.Is(err, readiness.ErrNotReady) {
		t.Errorf("got %v", err)
	}
	o.Health.SetServing(true)
	o.Health.SetStoring(false)
	if err := d.Ask(t.Context()); !errors.Is(err, readiness.ErrFull) {
		t.Errorf("got %v", err)
	}
	o.Health.SetServing(false)
	o.Health.SetFitting(false)
	if err := d.Ask(t.Context()); !errors.Is(err, readiness.ErrBehind) || !errors.Is(err, readiness.ErrNotReady) {
		t.Errorf("got %v", err)
	}
	stop()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := d.Ask(ctx); err == nil || errors.Is(err, readiness.ErrNotReady) {
		t.Errorf("got %v", err)
	}
}

// A service that is well, but refuses the calls of this gateway, is of no use to it.
func TestWhoIsRefusedSaysSoAndWhy(t *testing.T) {
	late, stranger := rpc.Options{Role: "gateway", Key: make([]byte, 32)}, rpc.Options{Role: "gateway", Key: bytes.Repeat([]byte{1}, 32)}
	late.Now = func() time.Time { return time.Now().Add(-time.Minute) }
	for state, client := range map[string]rpc.Options{readiness.Clocks: late, readiness.Refused: stranger} {
		room, _ := service(t, rpc.Options{Role: "room", Key: make([]byte, 32), Health: rpc.NewHealth()}, client)
		err := room.Ask(t.Context())
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			w, done := readiness.New(quiet, readiness.Dependency{Name: "room", Needed: true, Ask: func(context.Context) error { return err }}), make(chan error)
			go func() { done <- w.Run(ctx) }()
			time.Sleep(15 * time.Second)
			problem := "the room service refuses this gateway: their clocks differ"
			if state == readiness.Refused {
				problem = "the room service refuses this gateway: LAIR_CLUSTER_KEY or a certificate is not the same system's"
			}
			want(t, w, problem, map[string]string{"room": state})
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
	}
}

// Each change is one line, whatever is the matter, and nothing is said while all stays
// as it is.
func TestChangesAreLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var room part
		var log bytes.Buffer
		w := readiness.New(slog.New(slog.NewTextHandler(&log, nil)), readiness.Dependency{Name: "room", Ask: room.ask, Needed: true})
		go w.Run(t.Context()) //nolint:errcheck // it ends with the test
		for _, step := range []struct {
			err     error
			level   string
			line    string
			problem string
			data    string
		}{
			{nil, "INFO", `msg="a dependency is well" what=room`, "", ""},
			{readiness.ErrBehind, "WARN", `what=room state=not_ready err="not ready: the database lacks migrations"`, "the room service says that it is not ready: the database lacks migrations", readiness.Behind},
			{nil, "INFO", `msg="a dependency is well" what=room`, "", ""},
		} {
			room.isWell()
			if step.err != nil {
				room.fails(step.err)
			}
			time.Sleep(15 * time.Second)
			synctest.Wait()
			text := log.String()
			log.Reset()
			if strings.Count(text, "\n") != 1 || !strings.Contains(text, "level="+step.level) || !strings.Contains(text, step.line) {
				t.Errorf("the log says %q", text)
			}
			if _, problem := w.States(); problem != step.problem || w.Database() != step.data {
				t.Errorf("got %q and %q", problem, w.Database())
			}
		}
	})
}
