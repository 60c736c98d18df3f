package readiness_test

import (
	"context"
	"errors"
	"maps"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"

	"github.com/lair-chat/lair/pkg/rpc"
	"github.com/lair-chat/lair/services/gateway/internal/readiness"
)

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

func want(t *testing.T, w *readiness.Watch, missing string, states map[string]string) {
	t.Helper()
	synctest.Wait()
	got, which := w.States()
	if which != missing || !maps.Equal(got, states) {
		t.Errorf("got %v, missing %q; want %v, missing %q", got, which, states, missing)
	}
}

func TestStatesAreWatchedAndProbesAskNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var auth, redis part
		w := readiness.New(
			readiness.Dependency{Name: "auth", Ask: auth.ask, Needed: true}, readiness.Dependency{Name: "redis", Ask: redis.ask},
		)
		want(t, w, "auth", map[string]string{"auth": "unknown", "redis": "unknown"})
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
		want(t, w, "auth", away)
		auth.isWell()
		auth.fails(readiness.ErrNotReady)
		time.Sleep(5 * time.Second)
		want(t, w, "auth", map[string]string{"auth": "not_ready", "redis": "disconnected"})
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
		w := readiness.New(readiness.Dependency{Name: "message", Ask: message.ask, Needed: true})
		go w.Run(t.Context()) //nolint:errcheck // it ends with the test
		for _, full := range []bool{false, true, false} {
			message.isWell()
			if full {
				message.fails(readiness.ErrFull)
			}
			time.Sleep(15 * time.Second)
			want(t, w, "", map[string]string{"message": "connected"})
			if w.Full() != full {
				t.Errorf("full: %t", !full)
			}
		}
	})
}

func TestServicesAreAskedForTheirHealth(t *testing.T) {
	o := rpc.Options{Role: "gateway", Key: make([]byte, 32), Health: rpc.NewHealth()}
	srv := rpc.NewServer(o)
	conn, err := rpc.Loopback(srv, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	t.Cleanup(srv.Stop)
	var c grpc.ClientConnInterface = conn
	d := readiness.Service("room", c, true)
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
	srv.Stop()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := d.Ask(ctx); err == nil || errors.Is(err, readiness.ErrNotReady) {
		t.Errorf("got %v", err)
	}
}
