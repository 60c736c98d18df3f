package process

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"google.golang.org/grpc"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"

	"github.com/lair-chat/lair/pkg/rpc"
	"github.com/lair-chat/lair/pkg/telemetry"
)

func TestAFullDatabaseIsSaidUntilItHasRoomAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		p := &Process{Telemetry: &telemetry.Telemetry{Log: slog.New(slog.NewTextHandler(&log, nil))}, Health: rpc.NewHealth()}
		o := rpc.Options{Role: "room", Key: make([]byte, 32), Health: p.Health}
		srv := rpc.NewServer(o)
		conn, err := rpc.Loopback(srv, o)
		if err != nil {
			t.Fatal(err)
		}
		defer srv.Stop()
		defer conn.Close()
		stores := func(want bool) {
			t.Helper()
			for service, good := range map[string]bool{rpc.Storage: want, "": true} {
				if got := serves(t, conn, service); got != good {
					t.Errorf("%q serves: %t", service, got)
				}
			}
		}
		stores(true)
		p.noteFull(&pgconn.PgError{Code: "23505"})
		stores(true)
		disk := &pgconn.PgError{Severity: "ERROR", Code: "53100", Message: "could not extend file: No space left on device"}
		p.noteFull(disk)
		stores(false)
		time.Sleep(20 * time.Second)
		p.noteFull(disk)
		time.Sleep(20 * time.Second) // the second time counts
		stores(false)
		time.Sleep(20 * time.Second)
		stores(true)
		p.noteFull(disk)
		stores(false)
		time.Sleep(time.Minute)
		stores(true)
		synctest.Wait()
		if n := testutil.ToFloat64(p.fullMeters()); n != 3 {
			t.Errorf("%v are counted", n)
		}
		for text, n := range map[string]int{"is full: nothing new": 2, "53100": 2, "not full any more": 2} {
			if strings.Count(log.String(), text) != n {
				t.Errorf("%q is not said %d times:\n%s", text, n, log.String())
			}
		}
	})
}

func serves(t *testing.T, conn grpc.ClientConnInterface, service string) bool {
	t.Helper()
	res, err := healthv1.NewHealthClient(conn).Check(t.Context(), &healthv1.HealthCheckRequest{Service: service})
	if err != nil {
		t.Fatal(err)
	}
	return res.GetStatus() == healthv1.HealthCheckResponse_SERVING
}
