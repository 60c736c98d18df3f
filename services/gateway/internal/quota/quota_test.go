package quota_test

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/limit"
	"github.com/lair-chat/lair/services/gateway/internal/quota"
)

var (
	ann  = quota.Caller{User: id.User{UUID: id.New()}, Address: netip.MustParseAddr("192.0.2.1")}
	bob  = quota.Caller{User: id.User{UUID: id.New()}, Address: netip.MustParseAddr("192.0.2.1")}
	here = quota.Caller{Address: netip.MustParseAddr("192.0.2.1")}
	away = quota.Caller{Address: netip.MustParseAddr("192.0.2.2")}
)

func open() *quota.Quota {
	now := time.Unix(1_800_000_000, 0)
	return quota.New(limit.NewMemory(func() time.Time { return now }), quota.Rules{
		Auth: limit.Rule{Name: "auth", PerMinute: 1}, Messages: limit.Rule{Name: "messages", PerMinute: 2},
		Address: limit.Rule{Name: "address", PerMinute: 3}, User: limit.Rule{Name: "user", PerMinute: 4},
	})
}

// given takes tokens until there are none.
func given(t *testing.T, q *quota.Quota, tier quota.Tier, who quota.Caller) (n int) {
	t.Helper()
	for ; n < 10; n++ {
		if _, err := q.Take(tier, who); err != nil {
			r, ok := errors.AsType[*quota.Refused](err)
			if !ok || fault.KindOf(err) != fault.Exhausted || fault.CodeOf(err) != "rate_limited" || n > 0 && r.Limit != n || r.RetryAfter() < 1 {
				t.Errorf("refused with %v", err)
			}
			return n
		}
	}
	return n
}

func TestTiersCountApart(t *testing.T) {
	q := open()
	for _, tt := range []struct {
		what string
		tier quota.Tier
		who  quota.Caller
		want int
	}{
		{"messages are counted for a user", quota.Messages, ann, 2},
		{"other requests are another rule", quota.Requests, ann, 4},
		{"another user has other buckets", quota.Messages, bob, 2},
		{"who is not logged in counts by address", quota.Requests, here, 3},
		{"another address has another bucket", quota.Requests, away, 3},
		{"passwords count by address", quota.Auth, here, 1},
		{"also those of who is logged in", quota.Auth, ann, 0},
		{"messages before login are other requests", quota.Messages, away, 0},
		{"some things are free", quota.Free, here, 10},
	} {
		if n := given(t, q, tt.tier, tt.who); n != tt.want {
			t.Errorf("%s: %d, want %d", tt.what, n, tt.want)
		}
	}
	if n := given(t, nil, quota.Auth, here); n != 10 {
		t.Error("no quota limits")
	}
}

func TestRoutesAndCommandsHaveTheirTiers(t *testing.T) {
	for pattern, want := range map[string]quota.Tier{
		"GET /health": quota.Free, "GET /ready": quota.Free, "POST /api/v1/auth/login": quota.Auth,
		"POST /api/v1/auth/logout": quota.Requests, "POST /api/v1/messages": quota.Messages,
		"GET /api/v1/messages": quota.Requests, "PATCH /api/v1/messages/{message_id}": quota.Messages,
		"GET /api/v1/messages/{message_id}": quota.Requests, "POST /api/v1/sync": quota.Requests, "": quota.Requests,
		"POST /api/v1/auth/reset-password": quota.Auth, "POST /api/v1/messages/read": quota.Requests,
	} {
		if got := quota.Route(pattern); got != want {
			t.Errorf("%q: tier %d, want %d", pattern, got, want)
		}
	}
	for kind, want := range map[string]quota.Tier{
		"ping": quota.Free, "typing": quota.Free, "login": quota.Auth, "send_message": quota.Messages,
		"edit_message": quota.Messages, "get_messages": quota.Requests, "authenticate": quota.Requests, "": quota.Requests,
	} {
		if got := quota.Command(kind); got != want {
			t.Errorf("%q: tier %d, want %d", kind, got, want)
		}
	}
}

func TestWhatIsNoAddressIsOneAddress(t *testing.T) {
	q := open()
	if quota.From("192.0.2.1") != here {
		t.Error("an address is not read")
	}
	if n := given(t, q, quota.Requests, quota.From("pipe")); n != 3 {
		t.Errorf("%d requests", n)
	}
}
