package process

import (
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lair-chat/lair/pkg/rpc"
	"github.com/lair-chat/lair/pkg/telemetry"
)

// A process that drains looks at its dependencies all the same: that they answer does
// not make it take work again.
func TestWhoDrainsStaysUnready(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &Process{Telemetry: &telemetry.Telemetry{Log: slog.New(slog.DiscardHandler)}, Health: rpc.NewHealth()}
		stop := p.watch(t.Context())
		defer stop()
		p.drain()
		time.Sleep(3 * checkEvery)
		synctest.Wait()
		if !p.unready.Load() {
			t.Error("it takes work again")
		}
	})
}
