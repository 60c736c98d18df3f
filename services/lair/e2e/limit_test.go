package e2e

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lair-chat/lair/services/lair/internal/cluster"
)

// login tries a wrong password, and returns the status and how many more may be
// tried.
func login(t *testing.T, g *cluster.Gateway, from string) (status, remaining int) {
	t.Helper()
	req, err := http.NewRequestWithContext(soon(t), http.MethodPost, g.HTTP+"/api/v1/auth/login",
		strings.NewReader(`{"identifier":"nobody","password":"wrong password"}`))
	must(t, err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Forwarded-For", from)
	resp, err := http.DefaultClient.Do(req)
	must(t, err)
	must(t, resp.Body.Close())
	remaining, err = strconv.Atoi(resp.Header.Get("X-RateLimit-Remaining"))
	must(t, err)
	return resp.StatusCode, remaining
}

// limited starts a system whose limit for logins is so many at once.
func limited(start func(context.Context, cluster.Options) (*cluster.System, error)) func(context.Context, cluster.Options) (*cluster.System, error) {
	return func(ctx context.Context, o cluster.Options) (*cluster.System, error) {
		o.Env = append(o.Env, "LAIR_LIMIT_AUTH=3", "LAIR_TRUSTED_PROXIES=127.0.0.0/8")
		return start(ctx, o)
	}
}

func TestLoginsAreLimitedAcrossGateways(t *testing.T) {
	for _, kind := range starters {
		t.Run(kind.name, func(t *testing.T) {
			s := begin(t, limited(kind.start))
			for i := range 3 {
				if status, left := login(t, s.first(), "192.0.2.1"); status != http.StatusUnauthorized || left != 2-i {
					t.Errorf("login %d: status %d, %d left", i, status, left)
				}
			}
			if status, _ := login(t, s.first(), "192.0.2.1"); status != http.StatusTooManyRequests {
				t.Errorf("status %d", status)
			}
			// The other gateway learns of it when it counts for itself.
			tries := 0
			for end := time.After(30 * time.Second); ; tries++ {
				if status, _ := login(t, s.last(), "192.0.2.1"); status == http.StatusTooManyRequests {
					break
				}
				select {
				case <-end:
					t.Fatal("the other gateway never refused")
				case <-time.After(100 * time.Millisecond):
				}
			}
			if tries > 3 {
				t.Errorf("the other gateway let %d through", tries)
			}
			if status, left := login(t, s.last(), "192.0.2.2"); status != http.StatusUnauthorized || left != 2 {
				t.Errorf("another address: status %d, %d left", status, left)
			}
		})
	}
}
