package httpapi_test

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/limit"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/authn"
	"github.com/lair-chat/lair/services/gateway/internal/httpapi"
	"github.com/lair-chat/lair/services/gateway/internal/quota"
)

// limited is a world with limits, in which time stands still.
func limited(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	now := time.Unix(1_800_000_000, 0)
	w.needs.Quota = quota.New(limit.NewMemory(func() time.Time { return now }), quota.Rules{
		Auth: limit.Rule{Name: "auth", PerMinute: 6, Burst: 2}, Messages: limit.Rule{Name: "messages", PerMinute: 30, Burst: 1},
		Address: limit.Rule{Name: "address", PerMinute: 3}, User: limit.Rule{Name: "user", PerMinute: 5},
	})
	w.needs.Registry = nil
	w.api = httpapi.New(w.needs)
	w.send = func(context.Context, authn.Identity, httpapi.Draft) (m clientv1.Message, err error) { return m, nil }
	w.sync = func(context.Context, authn.Identity, clientv1.SyncBody) (r clientv1.SyncResult, err error) {
		return r, nil
	}
	return w
}

// over checks a whole refusal.
func over(t *testing.T, rec *httptest.ResponseRecorder, size, after, reset string) {
	t.Helper()
	want(t, rec, 429, `{"error":{"code":"rate_limited","message":"this was too often, try again later","details":{"retry_after":`+after+`,"limit":`+size+`}}}`)
	left(t, rec, size, "0", reset)
	if got := rec.Header().Get("Retry-After"); got != after {
		t.Errorf("Retry-After is %q, want %s", got, after)
	}
}

func left(t *testing.T, rec *httptest.ResponseRecorder, size, remaining, reset string) {
	t.Helper()
	h := rec.Header()
	if h.Get("X-RateLimit-Limit") != size || h.Get("X-RateLimit-Remaining") != remaining || h.Get("X-RateLimit-Reset") != reset {
		t.Errorf("headers %v, want limit %s, remaining %s, reset %s", h, size, remaining, reset)
	}
}

func TestPasswordsAreTriedTenTimesAMinuteByAnAddress(t *testing.T) {
	w := limited(t)
	rec := w.do("POST", "/api/v1/auth/login", "{}")
	refused(t, rec, 422, "validation_failed")
	left(t, rec, "2", "1", "10")
	left(t, w.do("POST", "/api/v1/auth/refresh", "", "Authorization: Bearer bob"), "2", "0", "20")
	for _, route := range []string{"login", "register", "refresh", "change-password"} {
		over(t, w.do("POST", "/api/v1/auth/"+route, "{}"), "2", "10", "20")
	}
	if rec = w.do("POST", "/api/v1/sync", "{}"); rec.Code != 200 {
		t.Errorf("status %d", rec.Code)
	}
}

func TestMessagesAndOtherRequestsCountForTheUser(t *testing.T) {
	w := limited(t)
	w.made = true // the message that is sent is none
	body := `{"target":{"type":"room","room_id":"` + hall + `"},"content":"x"}`
	if rec := w.do("POST", "/api/v1/messages", body); rec.Code != 201 {
		t.Errorf("status %d", rec.Code)
	}
	over(t, w.do("POST", "/api/v1/messages", body), "1", "2", "2")
	for i := range 5 {
		rec := w.do("POST", "/api/v1/sync", "{}")
		if rec.Code != 200 {
			t.Errorf("request %d: status %d", i, rec.Code)
		}
	}
	over(t, w.do("POST", "/api/v1/sync", "{}"), "5", "12", "60")
}

func TestRequestsWithoutALoginCountForTheAddress(t *testing.T) {
	w := limited(t)
	refused(t, w.do("GET", "/api/v1/users", "", "Authorization: "), 401, "missing_token")
	refused(t, w.do("GET", "/api/v1/users", "", "Authorization: Bearer bob"), 401, "invalid_token")
	rec := w.do("GET", "/none", "")
	refused(t, rec, 404, "not_found")
	left(t, rec, "3", "0", "60")
	over(t, w.do("GET", "/none", ""), "3", "20", "60")
	over(t, w.do("GET", "/api/v1/users", "", "Authorization: Bearer bob"), "3", "20", "60")
	rec = w.do("POST", "/api/v1/sync", "{}")
	left(t, rec, "5", "4", "12")
	for range 10 {
		for _, probe := range []string{"/health", "/ready"} {
			rec := w.do("GET", probe, "")
			if rec.Code != 200 || rec.Header().Get("X-RateLimit-Limit") != "" {
				t.Errorf("%s: %d %v", probe, rec.Code, rec.Header())
			}
		}
	}
}
